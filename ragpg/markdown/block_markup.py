"""Markup of whole blocks: hashes, bullets, quote marks, pipes, fences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragpg.markdown.kinds import SegmentKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.markdown.blocks import Block
    from ragpg.markdown.spans import MarkupSpan, Span

_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\n|\r)?+")
_CONTAINERS = re.compile(
    r"(?:[ \t]*+(?:>|[-*+:](?=\s|$)|\d{1,9}[.)](?=\s|$)|\[[ xX]\](?=\s)))*+[ \t]*+"
)
_QUOTE = re.compile(r"(?:[ \t]*+>)*+[ \t]?")
_HASHES = re.compile(r"[ \t]*+#{1,6}(?=\s|$)")
_CLOSING_HASHES = re.compile(r"(?<=[ \t])#++\s*+$")
_UNDERLINE = re.compile(r"[ \t]*+(?:=++|-++)\s*+$")
_FENCE = re.compile(r"[ \t]*+(?:`{3,}|~{3,})")
_PIPE = re.compile(r"(?<!\\)\|")
_DEFINITION = re.compile(r"[ \t]*+\[(?!\^)[^\[\]]++\]:[ \t]*+\S")
_RULE = frozenset("-*_ \t\r\n")
_TEXT_KINDS = (SegmentKind.SENTENCE, SegmentKind.LIST_ITEM, SegmentKind.FOOTNOTE)
_CODE_TAG = re.compile(r"[ \t]*+\{[{%]")
_DEFINITION_MARK = re.compile(r"[\r\n][ \t]{0,3}:[ \t]++")


def find_block_markup(text: str, block: Block) -> list[MarkupSpan]:
    """Return the markup of a block line by line; that inside its text is `inline_markup`."""
    if block.words is not None:
        end = block.start + len(text[block.start : block.end].rstrip())
        return [(block.start, end, block.words)]
    kind = SegmentKind.OTHER if block.is_html else block.kind
    lines = _find_lines(text, block)
    markup: list[MarkupSpan] = []
    for index, (start, end) in enumerate(lines):
        content = start
        if block.quoted or (block.nested and index == 0):
            pattern = _CONTAINERS if block.nested and index == 0 else _QUOTE
            containers = pattern.match(text, start, end)
            content = containers.end() if containers else start
            if content > start:
                markup.append((start, content, ""))
        position = "first" if index == 0 else "last" if index == len(lines) - 1 else "middle"
        markup += _find_line_markup(text, kind, (content, end), position=position)
    return markup


def _find_lines(text: str, block: Block) -> list[Span]:
    """Return the lines of a block that may have markup, blank ones left out."""
    is_text = block.kind in _TEXT_KINDS and not block.quoted
    if is_text and not block.nested:
        return []
    body = text[block.start : block.end].rstrip()
    end = block.start + len(body)
    if is_text or ("\n" not in body and "\r" not in body):
        return [(block.start, end)] if body else []
    spans = (match.span() for match in _LINE.finditer(text, block.start, end))
    return [span for span in spans if text[slice(*span)].strip()]


def _find_line_markup(
    text: str, kind: SegmentKind, line: Span, *, position: str
) -> Iterator[MarkupSpan]:
    match kind:
        case SegmentKind.HEADING:
            yield from _find_heading_markup(text, line, position=position)
        case SegmentKind.CODE if position != "middle" and (
            _FENCE.match(text, *line) or _CODE_TAG.match(text, *line)
        ):
            yield *line, ""
        case SegmentKind.LIST_ITEM if mark := _DEFINITION_MARK.search(text, *line):
            term = text[line[0] : mark.start()].rstrip()
            yield line[0] + len(term), mark.end(), ": "
        case SegmentKind.TABLE_HEADER if position == "last":
            yield *line, ""
        case SegmentKind.TABLE_HEADER | SegmentKind.TABLE_ROW:
            for pipe in _PIPE.finditer(text, *line):
                yield *pipe.span(), " | "
        case SegmentKind.OTHER if _DEFINITION.match(text, *line) or _RULE.issuperset(
            text[slice(*line)]
        ):
            yield *line, ""


def _find_heading_markup(text: str, line: Span, *, position: str) -> Iterator[MarkupSpan]:
    hashes = _HASHES.match(text, *line) if position == "first" else None
    if hashes:
        yield *hashes.span(), ""
    closing = _CLOSING_HASHES.search(text, *line) if hashes else None
    underline = _UNDERLINE.match(text, *line) if position == "last" else None
    for match in (closing, underline):
        if match and match.end() > match.start():
            yield *match.span(), ""
