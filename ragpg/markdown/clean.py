"""Markdown of any dialect as plain CommonMark with tables, for answers that are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragpg.markdown.kinds import SegmentKind
from ragpg.markdown.segments import split_cells, split_segments
from ragpg.markdown.spans import is_dialect

if TYPE_CHECKING:
    from ragpg.markdown.segments import MarkdownSegment

_MAY_HAVE_DIALECTS = re.compile(
    r"[<{]|\[[\^\[!]|^[ \t]*(?:>|!!!|\?\?\?|:|///|===|%%)|%%", re.MULTILINE
)
_QUOTE_MARKS = frozenset("> \t")
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
_BODY_INDENTATION = re.compile(r"^(?:\t|[ ]{1,4})", re.MULTILINE)
_CODE_TAG_LINE = re.compile(r"^[ \t]*\{[{%][^\r\n]*$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n\s*\n")


def clean_markdown(text: str) -> str:
    """Return a text without what renderers show in different ways, or not at all.

    Comments, tags and shortcodes are left out, titles of admonitions are bold, HTML tables are
    tables of Markdown, quotes are text.
    """
    if not _MAY_HAVE_DIALECTS.search(text):
        return text
    pieces = [_clean_segment(text, segment) for segment in split_segments(text)]
    cleaned = "".join(pieces)
    return text if cleaned == text else _BLANK_LINES.sub("\n\n", cleaned).strip()


def _clean_segment(text: str, segment: MarkdownSegment) -> str:
    if not segment.plain:
        return ""
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
            blank = "\n\n" if "<" in text[segment.shown[1] : segment.end] else " "
            return segment.plain + blank


def _clean_text(text: str, segment: MarkdownSegment) -> str:
    pieces: list[str] = []
    position = segment.start
    for piece in segment.markup:
        start, end, words = piece
        is_quote = start < end and _QUOTE_MARKS.issuperset(text[start:end])
        if is_quote or is_dialect(text, piece):
            pieces += (text[position:start], "" if is_quote else words)
            position = end
    pieces.append(text[position : segment.end])
    cleaned = "".join(pieces)
    if segment.kind is SegmentKind.CODE:
        cleaned = _CODE_TAG_LINE.sub("```", text[segment.start : segment.end])
    if segment.kind in (SegmentKind.SENTENCE, SegmentKind.FOOTNOTE):
        return _INDENTATION.sub("", cleaned)
    return _BODY_INDENTATION.sub("", cleaned) if segment.block < 0 else cleaned
