"""Markdown of any dialect as plain CommonMark with tables, for answers that are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragpg.markdown.kinds import SegmentKind
from ragpg.markdown.segments import split_segments
from ragpg.markdown.spans import is_dialect
from ragpg.markdown.table_cells import split_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.markdown.segments import MarkdownSegment
    from ragpg.markdown.spans import MarkupSpan, Span

_MAY_HAVE_DIALECTS = re.compile(
    r"[<{]|!\[|\[[\^\[\]!]|\]\[|^[ \t]*(?:>|!!!|\?\?\?|:|///|===|%%)|%%", re.MULTILINE
)
_QUOTE_MARKS = frozenset("> \t")
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
_CODE_TAG_LINE = re.compile(r"^[ \t]*\{[{%][^\r\n]*$", re.MULTILINE)
_MAY_HAVE_COMMENTS = re.compile(r"<!--|[{%][/%#]|\{%|\{\{|<s|import|export", re.IGNORECASE)
_COMMENT = re.compile(
    r"<!--|\{\{?/\*|\{\#\s|%%|\{%-?\s*+comment|\{\{[<%]\s*+comment|\{::comment"
    r"|<(?:script|style)|(?:im|ex)port\s",
    re.IGNORECASE,
)
_BLANK_LINES = re.compile(r"\n\s*\n")


def clean_markdown(text: str, *, shift: int = 0) -> str:
    """Return a text without what renderers show in different ways, or not at all.

    Comments, tags and shortcodes are left out, images are their alternative texts, titles of
    admonitions are bold, HTML tables are tables of Markdown, quotes are text. `shift` is the
    indentation of the admonition that a text is a part of.
    """
    text = _dedent(text, shift)
    if not _MAY_HAVE_DIALECTS.search(text):
        return text
    pieces = [_clean_segment(text, segment) for segment in split_segments(text)]
    cleaned = "".join(pieces)
    return text if cleaned == text else _BLANK_LINES.sub("\n\n", cleaned).strip()


def _dedent(text: str, columns: int) -> str:
    """Take up to so many blanks from the beginning of each line."""
    return re.sub(rf"(?m)^[ ]{{1,{columns}}}", "", text) if columns else text


def leave_out_comments(text: str, span: Span) -> list[Span]:
    """Return the parts of a span that a reader sees: those between comments and imports."""
    if not _MAY_HAVE_COMMENTS.search(text, *span):
        return [span]
    spans: list[Span] = []
    position = span[0]
    markup = [piece for segment in split_segments(text) for piece in segment.markup]
    comments = [
        piece[:2] for piece in markup if _COMMENT.match(text, piece[0]) and not piece[2].strip()
    ]
    for start, end in [*comments, (span[1], span[1])]:
        if position < min(start, span[1]):
            spans.append((position, min(start, span[1])))
        position = max(position, end)
    return [part for part in spans if clean_markdown(text[slice(*part)]).strip()]


def _clean_segment(text: str, segment: MarkdownSegment) -> str:
    if not segment.plain and segment.kind is not SegmentKind.TABLE_HEADER:
        return "\n" if text[segment.start : segment.end].endswith(("\n", "\r")) else ""
    if segment.kind is SegmentKind.TITLE:
        return f"\n\n**{segment.plain}**\n\n"
    if segment.is_html:
        return _clean_html(text, segment)
    return _clean_text(text, segment)


def _clean_html(text: str, segment: MarkdownSegment) -> str:
    match segment.kind:
        case SegmentKind.TABLE_HEADER | SegmentKind.TABLE_ROW:
            cells = [cell.replace("|", "\\|") for cell in split_cells(text, segment)]
            row = f"| {' | '.join(cells)} |\n"
            is_header = segment.kind is SegmentKind.TABLE_HEADER
            return row + ("|" + " --- |" * len(cells) + "\n" if is_header else "")
        case SegmentKind.LIST_ITEM:
            return f"- {segment.plain}\n"
        case SegmentKind.CODE:
            return f"```\n{segment.plain}\n```\n\n"
        case _:
            continues = text[segment.shown[1] : segment.end].isspace()
            is_tag = text[segment.shown[0]] == "<"
            begins = text[segment.start : segment.shown[0]].strip() != ""
            after = " " if continues and not is_tag else "\n\n"
            return ("\n" if begins else "") + segment.plain + after


def _find_targets(text: str, markup: Sequence[MarkupSpan]) -> set[int]:
    """Return the starts of the markup of links that are shown as their text.

    These are `[text][reference]`, whose target is elsewhere, images, and links without text.
    """
    found: set[int] = set()
    openers: list[tuple[int, int]] = []
    shown, position = 0, 0
    for start, end, words in markup:
        shown += bool(text[position:start].strip()) + bool(words.strip())
        position = end
        if text[start:end] in ("[", "!["):
            openers.append((start, shown))
        elif text.startswith(("][", "]("), start) and openers:
            opener, before = openers.pop()
            is_shown = text[start + 1] == "(" and text[opener] == "[" and shown > before
            found |= set() if is_shown else {opener, start}
    return found


def _clean_text(text: str, segment: MarkdownSegment) -> str:
    pieces: list[str] = []
    position = segment.start
    targets = _find_targets(text, segment.markup)
    for piece in segment.markup:
        start, end, words = piece
        is_quote = start < end and _QUOTE_MARKS.issuperset(text[start:end])
        if is_quote or start in targets or is_dialect(text, piece):
            ends_line = not text[end : end + 1].strip(" \t").strip()
            shown = "" if is_quote or (ends_line and not words.strip()) else words
            pieces += (text[position:start], shown)
            position = end
    pieces.append(text[position : segment.end])
    cleaned = "".join(pieces)
    if segment.kind is SegmentKind.CODE:
        cleaned = _CODE_TAG_LINE.sub("```", text[segment.start : segment.end])
    if segment.kind in (SegmentKind.SENTENCE, SegmentKind.FOOTNOTE):
        return _INDENTATION.sub("", cleaned)
    return _dedent(cleaned, segment.shift)
