"""Markup that makes a block what it is: hashes, bullets, pipes, fences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragpg.markdown.blocks import Block, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.markdown.inline import Mark, Span

_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\n|\r)?+")
_CONTAINERS = re.compile(
    r"(?:[ \t]*+(?:>|[-*+](?=\s|$)|\d{1,9}[.)](?=\s|$)|\[[ xX]\](?=\s)))*+[ \t]*+"
)
_QUOTE = re.compile(r"(?:[ \t]*+>)*+[ \t]?")
_HASHES = re.compile(r"[ \t]*+#{1,6}(?=\s|$)")
_CLOSING_HASHES = re.compile(r"(?<=[ \t])#++\s*+$")
_UNDERLINE = re.compile(r"[ \t]*+(?:=++|-++)\s*+$")
_FENCE = re.compile(r"[ \t]*+(?:`{3,}|~{3,})")
_PIPE = re.compile(r"(?<!\\)\|")
_DEFINITION = re.compile(r"[ \t]*+\[(?!\^)[^\[\]]++\]:[ \t]*+\S")
_RULE = frozenset("-*_ \t\r\n")


def structure(text: str, block: Block) -> Iterator[Mark]:
    """Yield the block's own markup, line by line."""
    lines = _lines(text, block)
    for index, (start, end) in enumerate(lines):
        pattern = _CONTAINERS if block.nested and index == 0 else _QUOTE
        containers = pattern.match(text, start, end) if block.nested or block.quoted else None
        begin = containers.end() if containers and (block.quoted or index == 0) else start
        if begin > start:
            yield start, begin, ""
        place = "first" if index == 0 else "last" if index == len(lines) - 1 else "middle"
        yield from _marks(text, block.kind, (begin, end), place=place)


def _lines(text: str, block: Block) -> list[Span]:
    """The block's lines without blank ones before and behind."""
    body = text[block.start : block.end]
    end = block.start + len(body.rstrip())
    if block.kind in (Kind.SENTENCE, Kind.ITEM) and not block.quoted:
        return [(block.start, end)] if block.nested else []
    spans = (match.span() for match in _LINE.finditer(text, block.start, end))
    return [span for span in spans if text[slice(*span)].strip()]


def _marks(text: str, kind: Kind, line: Span, *, place: str) -> Iterator[Mark]:
    match kind:
        case Kind.HEADING:
            yield from _heading_marks(text, line, place=place)
        case Kind.CODE if place != "middle" and _FENCE.match(text, *line):
            yield *line, ""
        case Kind.TABLE_HEAD if place == "last":
            yield *line, ""
        case Kind.TABLE_HEAD | Kind.ROW:
            for pipe in _PIPE.finditer(text, *line):
                yield *pipe.span(), " | "
        case Kind.OTHER if _DEFINITION.match(text, *line) or _RULE.issuperset(text[slice(*line)]):
            yield *line, ""


def _heading_marks(text: str, line: Span, *, place: str) -> Iterator[Mark]:
    hashes = _HASHES.match(text, *line) if place == "first" else None
    if hashes:
        yield *hashes.span(), ""
    closing = _CLOSING_HASHES.search(text, *line) if hashes else None
    underline = _UNDERLINE.match(text, *line) if place == "last" else None
    for mark in (closing, underline):
        if mark and mark.end() > mark.start():
            yield *mark.span(), ""
