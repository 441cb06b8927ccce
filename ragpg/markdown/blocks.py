"""Markdown to leaf blocks: headings, paragraphs, list items, table rows, code."""

from __future__ import annotations

import re
from heapq import merge
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ragpg.markdown.dialects import read_dialects
from ragpg.markdown.kinds import SegmentKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

    from ragpg.markdown.rewritten_lines import Mark, RewrittenLines

__all__ = ["Block", "SegmentKind", "find_line_starts", "parse_blocks"]

MAX_NESTING = 20
"""Lists and quotes that are nested deeper are read as plain text."""
MAX_TERMS = 3
"""Lines before a definition that are its terms; of a longer paragraph the last line is the term."""


class Block(NamedTuple):
    """A leaf block: `text[start:end]`, blank lines after it included.

    `level` is 1…6 for a heading that opens a section, else 0. `ordinal` counts the outermost
    blocks; a title has that of the block below it. `nested` says that the block is in a list or
    quote, `quoted` that it is in a quote. `titles` are those of the containers around it, such as
    tabs, `shift` is the indentation of their body. `words` are what a reader sees in place of the
    block, where that is not its own text.
    """

    kind: SegmentKind
    start: int
    end: int
    level: int
    ordinal: int
    nested: bool
    quoted: bool
    titles: tuple[str, ...] = ()
    words: str | None = None
    is_html: bool = False
    shift: int = 0


class _Lines(NamedTuple):
    """A block as a range of lines; `last` is exclusive. `words` as in `Block`."""

    kind: SegmentKind
    first: int
    last: int
    level: int
    ordinal: int
    nested: bool
    quoted: bool
    words: str | None = None
    is_html: bool = False


LINE_END = re.compile(r"\r\n|\n|\r")
# The last line of a Hugo shortcode looks like a quote.
_SHORTCODE_END = re.compile(r"((?:^|[\r\n])[ \t]*)>\}\}")
_KINDS = {
    "heading_open": SegmentKind.HEADING,
    "paragraph_open": SegmentKind.SENTENCE,
    "fence": SegmentKind.CODE,
    "code_block": SegmentKind.CODE,
    "html_block": SegmentKind.OTHER,
    "hr": SegmentKind.OTHER,
    "thead_open": SegmentKind.TABLE_HEADER,
    "tr_open": SegmentKind.TABLE_ROW,
}


def find_line_starts(text: str) -> list[int]:
    """Return the offset of each line; lines end with LF, CRLF or CR."""
    return [0, *(match.end() for match in LINE_END.finditer(text))]


def parse_blocks(text: str) -> Iterator[Block]:
    """Yield the leaf blocks of a text; there is no gap between the first and the text's end."""
    starts = [*find_line_starts(text), len(text)]
    lines = [text[start:end] for start, end in pairwise(starts)]
    rewritten = read_dialects(text, lines)
    found = _find_leaves("".join(rewritten.lines), rewritten)
    marked = map(_to_lines, rewritten.marks)
    merged = merge(found, marked, key=lambda leaf: leaf.first)
    filled = (leaf for leaf in _fill_gaps(merged, lines) if _has_text(leaf, lines))
    leaves = _join_leaves(filled, rewritten.definitions)
    for index, leaf in enumerate(leaves):
        following = leaves[index + 1] if index + 1 < len(leaves) else None
        end = starts[following.first] if following else len(text)
        is_title = leaf.kind is SegmentKind.TITLE and following
        ordinal = following.ordinal if is_title and following else leaf.ordinal
        block = leaf._replace(ordinal=ordinal)
        yield from _to_blocks(text, block, (starts[leaf.first], end), rewritten)


def _to_lines(mark: Mark) -> _Lines:
    """Make a block of lines that the parser did not see."""
    kind = SegmentKind.TITLE if mark.words else SegmentKind.OTHER
    is_table = mark.words is None
    ordinal = -1 - mark.first
    return _Lines(
        kind,
        mark.first,
        mark.last,
        0,
        ordinal,
        nested=is_table,
        quoted=False,
        words=mark.words,
        is_html=is_table,
    )


def _to_blocks(
    text: str, leaf: _Lines, span: tuple[int, int], rewritten: RewrittenLines
) -> Iterator[Block]:
    """Yield a block with its offsets; an HTML block is divided."""
    titles = rewritten.titles[leaf.first]
    block = Block(
        leaf.kind,
        *span,
        leaf.level,
        leaf.ordinal,
        leaf.nested,
        leaf.quoted,
        titles,
        leaf.words,
        leaf.is_html,
        rewritten.shifts[leaf.first],
    )
    if not leaf.is_html:
        yield block
        return
    from ragpg.markdown.html import split_html

    for part in split_html(text, *span):
        inner = (*titles, *(title for title in part.titles if title not in titles))
        level = 0 if leaf.nested or titles else part.level
        yield block._replace(
            kind=part.kind, start=part.start, end=part.end, level=level, titles=inner
        )


def _parse_tokens(text: str) -> list[Token]:
    """Parse blocks with markdown-it; it replaces CRLF and CR, but line numbers stay the same."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser.parse(_SHORTCODE_END.sub(r"\1x}}", text))


def _find_leaves(text: str, rewritten: RewrittenLines) -> Iterator[_Lines]:
    """Yield the blocks without blocks inside; the first one in a list item begins with the item."""
    item: int | None = None
    ordinal = quotes = 0
    for token in _parse_tokens(text):
        ordinal += token.level == 0 and token.nesting >= 0
        quotes += token.nesting if token.type.startswith("blockquote") else 0
        if token.type == "list_item_close":
            item = None
        if token.map is None:
            continue
        if token.type == "list_item_open" and item is None:
            item = token.map[0]
        kind = _KINDS.get(token.type)
        if kind is None:
            continue
        first, last = token.map
        level = int(token.tag[1]) if kind is SegmentKind.HEADING and token.level == 0 else 0
        if item is not None:
            first = item
            if kind is SegmentKind.SENTENCE:
                is_note = first in rewritten.footnotes
                kind = SegmentKind.FOOTNOTE if is_note else SegmentKind.LIST_ITEM
            item = None
        last += kind is SegmentKind.TABLE_HEADER  # the delimiter row
        is_html = token.type == "html_block"
        flags = token.level > 0, quotes > 0, None, is_html
        yield _Lines(kind, first, last, level, ordinal, *flags)


def _fill_gaps(leaves: Iterator[_Lines], lines: list[str]) -> Iterator[_Lines]:
    """Yield the blocks in order and, as `OTHER`, the lines that belong to none of them.

    These are link definitions, empty list items, and what is nested too deep.
    """
    previous = _Lines(SegmentKind.OTHER, 0, 0, 0, 0, nested=False, quoted=False)
    for leaf in leaves:
        if leaf.last <= previous.last:
            continue
        block = leaf._replace(first=max(previous.last, leaf.first))
        if block.words == "":
            block = block._replace(ordinal=previous.ordinal)
        yield from _find_gap(previous, block.first, lines)
        yield from _split_rows(block, lines)
        previous = block
    yield from _find_gap(previous, len(lines), lines)


def _find_gap(previous: _Lines, last: int, lines: list[str]) -> Iterator[_Lines]:
    """Yield the lines from a block to before `last`, unless they are blank."""
    first = previous.last
    blank = " \t\r\n>" if previous.quoted else None
    while first < last and not lines[first].strip(blank):
        first += 1
    if first < last:
        yield _Lines(SegmentKind.OTHER, first, last, 0, previous.ordinal, nested=True, quoted=True)


def _split_rows(block: _Lines, lines: list[str]) -> Iterator[_Lines]:
    """Yield a block; a paragraph of table rows without their header is yielded row by row."""
    if block.kind is not SegmentKind.SENTENCE or not lines[block.first].lstrip(" \t>").startswith(
        "|"
    ):
        yield block
        return
    for line in range(block.first, min(block.last, len(lines))):
        yield block._replace(kind=SegmentKind.TABLE_ROW, first=line, last=line + 1)


def _join_leaves(leaves: Iterable[_Lines], definitions: frozenset[int]) -> list[_Lines]:
    """Join a term with its definition, and the rows of a table's header."""
    joined: list[_Lines] = []
    previous_item: _Lines | None = None
    for leaf in leaves:
        before = joined[-1] if joined else None
        is_definition = leaf.first in definitions and leaf.kind is SegmentKind.LIST_ITEM
        if before and is_definition and before.kind is SegmentKind.SENTENCE and not before.nested:
            first = before.first if before.last - before.first <= MAX_TERMS else before.last - 1
            if first == before.first:
                joined.pop()
            follows = previous_item is not None and previous_item.last >= before.first - 1
            ordinal = previous_item.ordinal if previous_item and follows else leaf.ordinal
            previous_item = leaf._replace(first=first, ordinal=ordinal)
            joined.append(previous_item)
        elif (
            before
            and leaf.kind is SegmentKind.TABLE_HEADER
            and before.kind is SegmentKind.TABLE_ROW
            and before.last == leaf.first
        ):
            joined[-1] = leaf._replace(first=before.first)
        else:
            joined.append(leaf)
    return joined


def _has_text(block: _Lines, lines: list[str]) -> bool:
    return any(line.strip() for line in lines[block.first : block.last])
