"""Markdown to leaf blocks: headings, paragraphs, list items, table rows, code."""

from __future__ import annotations

import re
from functools import lru_cache
from heapq import merge
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ragpg.markdown.commonmark import LeafLines, find_leaves
from ragpg.markdown.dialects import read_dialects
from ragpg.markdown.kinds import SegmentKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ragpg.markdown.rewritten_lines import Mark

__all__ = ["Block", "SegmentKind", "find_line_starts", "parse_blocks"]

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


LINE_END = re.compile(r"\r\n|\n|\r")


def find_line_starts(text: str) -> list[int]:
    """Return the offset of each line; lines end with LF, CRLF or CR."""
    return [0, *(match.end() for match in LINE_END.finditer(text))]


@lru_cache(maxsize=1)
def parse_blocks(text: str) -> tuple[Block, ...]:
    """Return the leaf blocks of a text; there is no gap between the first and the text's end.

    Those of the last text are kept: its title is looked for before it is divided into segments.
    """
    return tuple(_parse_blocks(text))


def _parse_blocks(text: str) -> Iterator[Block]:
    starts = [*find_line_starts(text), len(text)]
    lines = [text[start:end] for start, end in pairwise(starts)]
    rewritten = read_dialects(text, lines)
    found = find_leaves("".join(rewritten.lines), rewritten)
    marked = map(_to_lines, rewritten.marks)
    merged = merge(found, marked, key=lambda leaf: leaf.first)
    filled = (leaf for leaf in _fill_gaps(merged, lines) if _has_text(leaf, lines))
    leaves = _join_leaves(filled, rewritten.definitions)
    for leaf, following in zip(leaves, [*leaves[1:], None], strict=False):  # there may be none
        end = starts[following.first] if following else len(text)
        is_title = leaf.kind is SegmentKind.TITLE
        ordinal = following.ordinal if following and is_title else leaf.ordinal
        block = Block(
            leaf.kind,
            starts[leaf.first],
            end,
            leaf.level,
            ordinal,
            leaf.nested,
            leaf.quoted,
            rewritten.titles[leaf.first],
            leaf.words,
            leaf.is_html,
            rewritten.shifts[leaf.first],
        )
        if leaf.is_html:
            yield from _split_html(text, block)
        else:
            yield block


def _to_lines(mark: Mark) -> LeafLines:
    """Make a block of lines that the parser did not see."""
    kind = SegmentKind.TITLE if mark.words else SegmentKind.OTHER
    is_table = mark.words is None
    ordinal = -1 - mark.first
    return LeafLines(
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


def _split_html(text: str, block: Block) -> Iterator[Block]:
    """Yield the parts of an HTML block."""
    from ragpg.markdown.html import split_html

    titles = block.titles
    for part in split_html(text, block.start, block.end):
        inner = (*titles, *(title for title in part.titles if title not in titles))
        level = 0 if block.nested or titles else part.level
        yield block._replace(
            kind=part.kind, start=part.start, end=part.end, level=level, titles=inner
        )


def _fill_gaps(leaves: Iterator[LeafLines], lines: list[str]) -> Iterator[LeafLines]:
    """Yield the blocks in order and, as `OTHER`, the lines that belong to none of them.

    These are link definitions, empty list items, and what is nested too deep.
    """
    previous = LeafLines(SegmentKind.OTHER, 0, 0, 0, 0, nested=False, quoted=False)
    for leaf in leaves:
        if leaf.last <= previous.last:
            continue
        block = leaf
        if leaf.first < previous.last:
            block = leaf._replace(first=previous.last)
        if block.words == "":
            block = block._replace(ordinal=previous.ordinal)
        if block.first > previous.last:
            yield from _find_gap(previous, block.first, lines)
        if block.kind is SegmentKind.SENTENCE and _begins_with_pipe(lines[block.first]):
            yield from _split_rows(block, lines)
        else:
            yield block
        previous = block
    yield from _find_gap(previous, len(lines), lines)


def _find_gap(previous: LeafLines, last: int, lines: list[str]) -> Iterator[LeafLines]:
    """Yield the lines from a block to before `last`, unless they are blank."""
    first = previous.last
    blank = " \t\r\n>" if previous.quoted else None
    while first < last and not lines[first].strip(blank):
        first += 1
    if first < last:
        yield LeafLines(
            SegmentKind.OTHER, first, last, 0, previous.ordinal, nested=True, quoted=True
        )


def _begins_with_pipe(line: str) -> bool:
    return line.lstrip(" \t>").startswith("|")


def _split_rows(block: LeafLines, lines: list[str]) -> Iterator[LeafLines]:
    """Yield the rows of a paragraph that is a table without a header."""
    for line in range(block.first, min(block.last, len(lines))):
        yield block._replace(kind=SegmentKind.TABLE_ROW, first=line, last=line + 1)


def _join_leaves(leaves: Iterable[LeafLines], definitions: frozenset[int]) -> list[LeafLines]:
    """Join a term with its definition, and the rows of a table's header."""
    joined: list[LeafLines] = []
    previous_item: LeafLines | None = None
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


def _has_text(block: LeafLines, lines: list[str]) -> bool:
    return any(map(str.strip, lines[block.first : block.last]))
