"""The blocks of a Markdown text that hold text themselves: headings, paragraphs, rows, code."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

NESTING = 20
"""Lists and quotes that lie deeper are read as plain text."""


class Kind(StrEnum):
    """What a block, or a part of it, is."""

    HEADING = "heading"
    SENTENCE = "sentence"
    ITEM = "item"
    TABLE_HEAD = "table head"
    ROW = "row"
    CODE = "code"
    OTHER = "other"


class Block(NamedTuple):
    """The text from `start` to `end`, blank lines behind it included.

    `level` is that of a heading which opens a section, 0 for anything else; `ordinal` counts the
    outermost blocks; `nested` says that the block lies in a list or quote, `quoted` in a quote.
    """

    kind: Kind
    start: int
    end: int
    level: int
    ordinal: int
    nested: bool
    quoted: bool


class _Lines(NamedTuple):
    """A block as lines from `first` to before `last`."""

    kind: Kind
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
    "heading_open": Kind.HEADING,
    "paragraph_open": Kind.SENTENCE,
    "fence": Kind.CODE,
    "code_block": Kind.CODE,
    "html_block": Kind.OTHER,
    "hr": Kind.OTHER,
    "thead_open": Kind.TABLE_HEAD,
    "tr_open": Kind.ROW,
}


def line_starts(text: str) -> list[int]:
    """Where each line begins; lines end with LF, CRLF or CR."""
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a text; from the first to the text's end there is no gap."""
    starts = [*line_starts(text), len(text)]
    texts = [text[start:end] for start, end in pairwise(starts)]
    found = [lines for lines in _complete(_leaves(text), texts) if _holds_text(lines, texts)]
    for index, lines in enumerate(found):
        end = starts[found[index + 1].first] if index + 1 < len(found) else len(text)
        yield Block(lines.kind, starts[lines.first], end, *lines[3:])


def _tokens(text: str) -> list[Token]:
    """The blocks as markdown-it sees them, which replaces CRLF and CR but keeps the lines."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": NESTING}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser.parse(_SHORTCODE_END.sub(r"\1x}}", text))


def _leaves(text: str) -> Iterator[_Lines]:
    """Yield the blocks without blocks inside; a list item's first one begins with the item."""
    item: int | None = None
    ordinal = quotes = 0
    for token in _tokens(text):
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
        level = int(token.tag[1]) if kind is Kind.HEADING and token.level == 0 else 0
        if item is not None:
            first = item
            kind = Kind.ITEM if kind is Kind.SENTENCE else kind
            item = None
        delimiter = kind is Kind.TABLE_HEAD
        yield _Lines(kind, first, last + delimiter, level, ordinal, token.level > 0, quotes > 0)


def _complete(leaves: Iterator[_Lines], texts: list[str]) -> Iterator[_Lines]:
    """Yield the blocks in order and, as `OTHER`, the lines that belong to none of them.

    These are link definitions, empty items, and what lies too deep.
    """
    done = _Lines(Kind.OTHER, 0, 0, 0, 0, nested=False, quoted=False)
    for leaf in leaves:
        if leaf.last <= done.last:
            continue
        lines = leaf._replace(first=max(done.last, leaf.first))
        yield from _between(done, lines.first, texts)
        yield from _rows(lines, texts)
        done = lines
    yield from _between(done, len(texts), texts)


def _between(before: _Lines, last: int, texts: list[str]) -> Iterator[_Lines]:
    """Yield the lines that follow a block, unless they are blank."""
    first = before.last
    blank = " \t\r\n>" if before.quoted else None
    while first < last and not texts[first].strip(blank):
        first += 1
    if first < last:
        yield _Lines(Kind.OTHER, first, last, 0, before.ordinal, nested=True, quoted=True)


def _rows(lines: _Lines, texts: list[str]) -> Iterator[_Lines]:
    """Yield a paragraph of rows (of a table that begins elsewhere) row by row."""
    if lines.kind is not Kind.SENTENCE or not texts[lines.first].lstrip(" \t>").startswith("|"):
        yield lines
        return
    for line in range(lines.first, min(lines.last, len(texts))):
        yield lines._replace(kind=Kind.ROW, first=line, last=line + 1)


def _holds_text(lines: _Lines, texts: list[str]) -> bool:
    return any(text.strip() for text in texts[lines.first : lines.last])
