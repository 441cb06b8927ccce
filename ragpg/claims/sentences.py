"""A Markdown text as sentences, items and rows, also while it is still being written. Pure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.citation_parser import MARKER, blank
from ragpg.markdown.blocks import Block, SegmentKind, parse_blocks
from ragpg.markdown.inline_markup import parse_inline
from ragpg.markdown.sentences import find_sentence_starts
from ragpg.text.scripts import SENTENCE_ENDS

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n")
_POSSIBLE_END = re.compile(rf"[.!?…{SENTENCE_ENDS}\r\n]")
_BEGUN = re.compile(r"\s*(?!(?:\[[\w\s,;^\u2013-]*|\u3010[^\u3011\r\n]*)$)\S+\s")
"""The beginning of a sentence that has a whole word, and no marker that is still open."""
_LAST_BLANK = re.compile(r"\s\S*+\Z")
_MARKERS_AFTER_STOP = (
    re.compile(  # a stop, markers, and then no word that goes on with the sentence
        rf"""(?<![.!?…])([.!?…]++["'”\u2019)*_]*+)((?:\s{{0,2}}{MARKER.pattern})+)(?!\s+[a-z])"""
    )
)
_STOP_WITHOUT_SPACE = re.compile(rf"{MARKER.pattern}[.!?](?=[^\W\d_a-z])")
_YES = re.compile(r"(?im)((?:^|(?<=[.!?\]]\s))[^\w\r\n]{0,9}(?:yes|no))[.!](?=[ \t]+\S)")
_BULLET = re.compile(r"(?:\s*(?:[-*+•>]|\d{1,9}[.)])\s+)*")


class Sentence(NamedTuple):
    """The text from `start` to `end`, including the blanks after it."""

    kind: SegmentKind
    start: int
    end: int


def split_sentences(text: str) -> list[Sentence]:
    """Divide a Markdown text; sentences follow each other without a gap from 0 to its end.

    A marker after a full stop belongs to the sentence before it.
    """
    masked = _mask(text)
    sentences = [
        sentence for block in parse_blocks(masked) for sentence in _split_block(masked, block)
    ]
    if not sentences:
        return [Sentence(SegmentKind.OTHER, 0, len(text))] if text else []
    return [sentences[0]._replace(start=0), *sentences[1:]]


def split_finished(buffer: str) -> tuple[list[str], str]:
    """Divide the beginning of a text into its finished sentences and the rest.

    A sentence is finished when the next one has begun with a whole word, so that neither a marker
    nor an abbreviation nor the second line of a table's header can still change it.
    """
    if not _POSSIBLE_END.search(buffer):
        return [], buffer
    last_line = buffer[buffer.rfind("\n") + 1 :]
    settled = buffer[: -len(last_line)] if last_line.lstrip().startswith("|") else buffer
    last = _LAST_BLANK.search(settled)
    sentences = [s for s in split_sentences(settled) if last and s.start < last.start()]
    while sentences and not _BEGUN.match(settled, sentences[-1].start):
        sentences.pop()
    starts = [sentence.start for sentence in sentences]
    finished = [buffer[start:end] for start, end in pairwise(starts)]
    return finished, buffer[starts[-1] if starts else 0 :]


def find_open_table_header(text: str) -> str:
    """Return the header of the table that a text ends in, as what follows may be a row of it."""
    header = ""
    for sentence in split_sentences(text):
        if sentence.kind is SegmentKind.TABLE_HEADER:
            header = text[sentence.start : sentence.end]
        elif sentence.kind is not SegmentKind.TABLE_ROW:
            header = ""
    return "" if _BLANK_LINE.search(text, len(text.rstrip(" \t\r\n"))) else header


def split_cells(row: str) -> tuple[str, ...]:
    """Return the cells of a table's row."""
    inner = row.strip().removeprefix("|").removesuffix("|")
    return tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", inner))


def trim(text: str, sentence: Sentence) -> tuple[int, int]:
    """Return the span of a sentence without bullet, quotation mark of a block, and blanks."""
    bullet = _BULLET.match(text, sentence.start, sentence.end)
    start = bullet.end() if bullet else sentence.start
    start += len(text[start : sentence.end]) - len(text[start : sentence.end].lstrip())
    return start, start + len(text[start : sentence.end].rstrip())


def _mask(text: str) -> str:
    """Move markers before the stop and write "Yes," for "Yes."; the length stays the same."""
    text = _MARKERS_AFTER_STOP.sub(lambda match: blank(match[2]) + match[1], text)
    return _YES.sub(r"\1,", text)


def _split_block(text: str, block: Block) -> Iterator[Sentence]:
    """Yield the sentences of a block."""
    starts = [block.start]
    if block.kind in (SegmentKind.SENTENCE, SegmentKind.LIST_ITEM):
        unbreakable = parse_inline(text, block.start, block.end).unbreakable
        bullet = _BULLET.match(text, block.start, block.end)
        first = bullet.end() if bullet else block.start
        starts += list(find_sentence_starts(text, first, block.end, unbreakable))[1:]
        unspaced = (match.end() for match in _STOP_WITHOUT_SPACE.finditer(text, first, block.end))
        starts = sorted({*starts, *unspaced})
    for start, end in pairwise([*starts, block.end]):
        yield Sentence(block.kind, start, end)
