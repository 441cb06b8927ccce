"""Markdown to segments: sentences, list items, table rows, and groups of lines of code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ragpg.markdown.block_markup import find_block_markup
from ragpg.markdown.blocks import LINE_END, Block, find_line_starts, parse_blocks
from ragpg.markdown.inline_markup import parse_inline
from ragpg.markdown.kinds import SegmentKind
from ragpg.markdown.sentences import find_best_cut, find_sentence_starts
from ragpg.markdown.spans import NO_SPANS, SpanIndex, clip, drop_nested, trim_dialect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.markdown.spans import MarkupSpan, Span

# Both lengths were chosen by hand.
MAX_PLAIN_LENGTH = 350
"""Characters without markup; a longer sentence, list item or group of lines of code is cut."""
MAX_LENGTH = 700
"""Characters with markup; any longer segment is cut, also a table row."""
MAX_TITLE_LENGTH = 300
"""Characters; headings are truncated to this length in heading paths."""


class MarkdownSegment(NamedTuple):
    """The smallest part of a Markdown text: `text[start:end]`, blanks after it included.

    `heading` is the path of headings above the segment; a heading's own is its last. `block` counts
    the outermost blocks of the text. `plain` is the segment without markup,
    as a reader sees it. `titles` are those of the containers around it, such as tabs, `shown` is
    its span without the blanks and the tags around its text, `shift` the indentation of such a
    container's body.
    """

    kind: SegmentKind
    start: int
    end: int
    heading: tuple[str, ...]
    block: int
    plain: str
    markup: tuple[MarkupSpan, ...] = ()
    titles: tuple[str, ...] = ()
    is_html: bool = False
    shift: int = 0
    shown: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class _ParsedBlock:
    """A block, its markup, and the spans that are not cut if that can be avoided."""

    text: str
    block: Block
    markup: list[MarkupSpan]
    unbreakable: SpanIndex

    def make_segment(
        self, kind: SegmentKind, span: Span, heading: tuple[str, ...]
    ) -> MarkdownSegment:
        block = self.block
        markup = clip(self.markup, *span) if self.markup else ()
        plain = _render(self.text, kind, span, markup)
        return MarkdownSegment(
            kind,
            *span,
            heading,
            block.ordinal,
            plain,
            markup,
            block.titles,
            block.is_html,
            block.shift,
            _find_shown(self.text, block, kind, span, markup),
        )


_EMPTY_CELLS = re.compile(r"\|(?: \|)+")
_FIRST_LEVEL = re.compile(r"[\r\n][ \t]{0,3}(?:#[ \t]|=+[ \t]*(?:[\r\n]|$)|<[hH]1)")
# The kind of all but the first segment of a block.
_CONTINUATION = {
    SegmentKind.HEADING: SegmentKind.SENTENCE,
    SegmentKind.LIST_ITEM: SegmentKind.SENTENCE,
    SegmentKind.TABLE_HEADER: SegmentKind.TABLE_ROW,
    SegmentKind.FOOTNOTE: SegmentKind.SENTENCE,
}
_ROWS = (SegmentKind.TABLE_ROW, SegmentKind.TABLE_HEADER)
_ROW_TAG = re.compile(r"</?tr\b[^<>]*+>", re.IGNORECASE)


def split_segments(text: str) -> list[MarkdownSegment]:
    """Split a text into segments; they follow each other without a gap from 0 to its end."""
    if not text.strip():
        return [MarkdownSegment(SegmentKind.OTHER, 0, len(text), (), 0, "")] if text else []
    segments: list[MarkdownSegment] = []
    path: list[tuple[int, str]] = []
    for block in parse_blocks(text):
        parsed = _parse(text, block)
        if block.level:
            path = [(level, title) for level, title in path if level < block.level]
            path.append((block.level, _to_title(parsed)))
        segments += _split_block(parsed, tuple(title for _, title in path if title))
    return [segments[0]._replace(start=0), *segments[1:]]


def strip_markup(text: str) -> str:
    """Return a text without its markup, as a reader sees it."""
    return join_segments(text, split_segments(text))


def find_title(text: str) -> str | None:
    """Return the only heading of the first level without markup; None unless there is just one."""
    if not _FIRST_LEVEL.search(f"\n{text}"):
        return None
    headings = [block for block in parse_blocks(text) if block.level == 1]
    return _to_title(_parse(text, headings[0])) or None if len(headings) == 1 else None


def join_segments(text: str, segments: Sequence[MarkdownSegment]) -> str:
    """Return what a reader sees of consecutive segments of `text`."""
    pieces: list[str] = []
    previous: MarkdownSegment | None = None
    for segment in segments:
        if not segment.plain:
            continue
        if previous and not _is_within_word(text, previous, segment):
            pieces.append(" " if _continues(previous, segment) else "\n")
        pieces.append(segment.plain)
        previous = segment
    return "".join(pieces)


def _is_within_word(text: str, previous: MarkdownSegment, segment: MarkdownSegment) -> bool:
    """Return whether the cut before a segment divides a word, for want of a better place."""
    in_markup = bool(segment.markup) and segment.markup[0][0] == segment.start
    is_blank = text[segment.start - 1].isspace()
    return previous.end == segment.start and not is_blank and not in_markup


def _continues(previous: MarkdownSegment, segment: MarkdownSegment) -> bool:
    """Return whether a sentence continues the paragraph or the list item before it."""
    can_continue = previous.kind in (SegmentKind.SENTENCE, SegmentKind.LIST_ITEM)
    is_sentence = segment.kind is SegmentKind.SENTENCE
    return can_continue and is_sentence and segment.block == previous.block


def halve_segment(text: str, segment: MarkdownSegment) -> tuple[MarkdownSegment, ...]:
    """Cut a segment near its middle; one that cannot be cut is returned alone."""
    start, end = segment.start, segment.end
    length = len(text[start:end].rstrip())
    block = Block(
        segment.kind,
        start,
        end,
        0,
        segment.block,
        nested=False,
        quoted=False,
        titles=segment.titles,
        is_html=segment.is_html,
        shift=segment.shift,
    )
    unbreakable = SpanIndex((start, end) for start, end, _ in segment.markup)
    parsed = _ParsedBlock(text, block, list(segment.markup), unbreakable)
    limit = start + max(1, length * 2 // 3)
    cut = find_best_cut(text, start, limit, end=end, unbreakable=unbreakable)
    if cut >= end:
        return (segment,)
    continuation = _CONTINUATION.get(segment.kind, segment.kind)
    return (
        parsed.make_segment(segment.kind, (start, cut), segment.heading),
        parsed.make_segment(continuation, (cut, end), segment.heading),
    )


def _parse(text: str, block: Block) -> _ParsedBlock:
    markup = find_block_markup(text, block)
    if block.words is not None or (block.kind is SegmentKind.CODE and not block.is_html):
        return _ParsedBlock(text, block, markup, NO_SPANS)
    inline, unbreakable = parse_inline(text, block.start, block.end)
    if block.kind is SegmentKind.CODE:  # `<pre>`, where a backslash or an asterisk is one
        inline = [piece for piece in inline if text[piece[0]] in "<&"]
    return _ParsedBlock(text, block, drop_nested([*markup, *inline]), unbreakable)


def _to_title(heading: _ParsedBlock) -> str:
    span = heading.block.start, heading.block.end
    title = _render(heading.text, SegmentKind.HEADING, span, heading.markup)
    return title[:MAX_TITLE_LENGTH].rstrip()


def _find_shown(
    text: str, block: Block, kind: SegmentKind, span: Span, markup: Sequence[MarkupSpan]
) -> Span:
    """Return the span of a segment without blanks and tags at its ends; rows keep their own."""
    if kind not in _ROWS:
        return trim_dialect(text, span, () if kind is SegmentKind.CODE else markup)
    rows = [match.span() for match in _ROW_TAG.finditer(text, *span)] if block.is_html else []
    return trim_dialect(text, (rows[0][0], rows[-1][1]) if len(rows) > 1 else span, ())


def _render(text: str, kind: SegmentKind, span: Span, markup: Sequence[MarkupSpan]) -> str:
    """Return what a reader sees of a part of the text."""
    pieces: list[str] = []
    position, stop = span
    for start, end, words in markup:
        pieces += (text[position:start], words)
        position = end
    pieces.append(text[position:stop])
    plain = "".join(pieces)
    if kind is SegmentKind.CODE:
        return "\n".join(line.rstrip() for line in LINE_END.split(plain)).strip("\n")
    plain = " ".join(plain.split())
    if kind in _ROWS:
        return _EMPTY_CELLS.sub("|", plain).strip(" |")
    return plain


def _split_block(parsed: _ParsedBlock, heading: tuple[str, ...]) -> Iterator[MarkdownSegment]:
    kind, end = parsed.block.kind, parsed.block.end
    starts: list[int] = []
    parts = _find_parts(parsed)
    for start, following in zip(parts, [*parts[1:], end], strict=True):
        starts.append(start)
        if following - start > MAX_PLAIN_LENGTH:
            starts += _find_cuts(parsed, start, following)
    for span in zip(starts, [*starts[1:], end], strict=True):
        yield parsed.make_segment(kind, span, heading)
        kind = _CONTINUATION.get(kind, kind)


def _find_parts(parsed: _ParsedBlock) -> list[int]:
    """Return the starts of the natural parts of a block: sentences, or groups of lines."""
    text, block = parsed.text, parsed.block
    span = block.start, block.end
    is_long_item = block.kind is SegmentKind.LIST_ITEM and _is_long(parsed, *span)
    if block.kind in (SegmentKind.SENTENCE, SegmentKind.FOOTNOTE) or is_long_item:
        return list(find_sentence_starts(text, *span, parsed.unbreakable))
    if block.kind in (SegmentKind.CODE, SegmentKind.OTHER):
        return list(_group_lines(text, *span))
    return [block.start]


def _group_lines(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the start of each group of whole lines; groups part at empty lines where they can."""
    yield start
    lines = [start + offset for offset in find_line_starts(text[start:end])]
    group = paragraph = start
    for line, following in zip(lines, [*lines[1:], end], strict=True):
        if not text[line:following].strip():
            paragraph = following
        elif line > group and following - group > MAX_PLAIN_LENGTH:
            group = paragraph if paragraph > group else line
            yield group


def _is_long(parsed: _ParsedBlock, start: int, end: int) -> bool:
    if end - start > MAX_LENGTH:
        return True
    markup = clip(parsed.markup, start, end)
    plain = end - start + sum(len(words) - (stop - begin) for begin, stop, words in markup)
    return plain > MAX_PLAIN_LENGTH


def _find_cuts(parsed: _ParsedBlock, start: int, end: int) -> Iterator[int]:
    """Yield where a part is to be cut, so that no piece is too long."""
    text = parsed.text
    is_row = parsed.block.kind in _ROWS
    stop = start + len(text[start:end].rstrip())
    while True:
        limit = min(start + MAX_LENGTH, stop)
        shorter = min(start + MAX_PLAIN_LENGTH, stop)
        if shorter < limit and not is_row and _is_long(parsed, start, limit):
            limit = shorter
        if limit == stop:
            return
        start = find_best_cut(text, start, limit, end=end, unbreakable=parsed.unbreakable)
        yield start
