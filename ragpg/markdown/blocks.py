"""Markdown to leaf blocks: headings, paragraphs, list items, table rows, code."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

MAX_NESTING = 20
"""Lists and quotes that are nested deeper are read as plain text."""


class SegmentKind(StrEnum):
    """The kind of a segment, and of the block that it belongs to."""

    HEADING = "heading"
    SENTENCE = "sentence"
    LIST_ITEM = "list item"
    TABLE_HEADER = "table header"
    TABLE_ROW = "table row"
    CODE = "code"
    OTHER = "other"


class Block(NamedTuple):
    """A leaf block: `text[start:end]`, blank lines after it included.

    `level` is 1…6 for a heading that opens a section, else 0. `ordinal` counts the outermost
    blocks. `nested` says that the block is in a list or quote, `quoted` that it is in a quote.
    """

    kind: SegmentKind
    start: int
    end: int
    level: int
    ordinal: int
    nested: bool
    quoted: bool


class _Lines(NamedTuple):
    """A block as a range of lines; `last` is exclusive."""

    kind: SegmentKind
    first: int
    last: int
    level: int
    ordinal: int
    nested: bool
    quoted: bool


_LINE_END = re.compile(r"\r\n|\n|\r")
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
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


def parse_blocks(text: str) -> Iterator[Block]:
    """Yield the leaf blocks of a text; there is no gap between the first and the text's end."""
    starts = [*find_line_starts(text), len(text)]
    lines = [text[start:end] for start, end in pairwise(starts)]
    leaves = [leaf for leaf in _fill_gaps(_find_leaves(text), lines) if _has_text(leaf, lines)]
    for index, leaf in enumerate(leaves):
        end = starts[leaves[index + 1].first] if index + 1 < len(leaves) else len(text)
        yield Block(leaf.kind, starts[leaf.first], end, *leaf[3:])


def _parse_tokens(text: str) -> list[Token]:
    """Parse blocks with markdown-it; it replaces CRLF and CR, but line numbers stay the same."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser.parse(_SHORTCODE_END.sub(r"\1x}}", text))


def _find_leaves(text: str) -> Iterator[_Lines]:
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
            kind = SegmentKind.LIST_ITEM if kind is SegmentKind.SENTENCE else kind
            item = None
        delimiter_row = kind is SegmentKind.TABLE_HEADER
        yield _Lines(kind, first, last + delimiter_row, level, ordinal, token.level > 0, quotes > 0)


def _fill_gaps(leaves: Iterator[_Lines], lines: list[str]) -> Iterator[_Lines]:
    """Yield the blocks in order and, as `OTHER`, the lines that belong to none of them.

    These are link definitions, empty list items, and what is nested too deep.
    """
    previous = _Lines(SegmentKind.OTHER, 0, 0, 0, 0, nested=False, quoted=False)
    for leaf in leaves:
        if leaf.last <= previous.last:
            continue
        block = leaf._replace(first=max(previous.last, leaf.first))
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


def _has_text(block: _Lines, lines: list[str]) -> bool:
    return any(line.strip() for line in lines[block.first : block.last])
