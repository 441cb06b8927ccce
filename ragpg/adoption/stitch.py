"""Rows that were cut out of one document, put together again.

Splitters repeat the end of a chunk at the beginning of the next one, and drop blanks between them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MIN_OVERLAP = 20
"""Characters: fewer may be the same by chance."""
MAX_OVERLAP = 4_000
"""Characters that are looked through for a repetition."""
PARAGRAPH = "\n\n"

OFFSET_KEYS = ("start_index", "split_idx_start", "start_char_idx")
"""Of LangChain, Haystack and LlamaIndex: where a chunk begins in its document, or on its page."""
PAGE_KEYS = ("page", "page_number", "page_label")
NUMBER_KEYS = ("chunk_index", "chunkIndex", "chunk_no", "split_id", "seq_num", "index", "part")
NODE = "_node_content"
"""LlamaIndex keeps a node there, as JSON in a string."""


class Position(NamedTuple):
    """Where a chunk was: its page, its offset there, its number among the chunks."""

    page: int | None = None
    offset: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of a row, and where it was."""

    text: str
    position: Position


def find_position(metadata: Mapping[str, Any]) -> Position:
    """Return what metadata say of the place of a chunk."""
    node = parse_node(metadata.get(NODE))
    lines = metadata.get("loc")
    span = lines.get("lines") if isinstance(lines, dict) else None
    line = span.get("from") if isinstance(span, dict) else None
    return Position(
        first_number(metadata, PAGE_KEYS),
        first_number({**node, **metadata}, OFFSET_KEYS),
        first_number({**metadata, "line": line}, (*NUMBER_KEYS, "line")),
    )


def parse_node(value: object) -> Mapping[str, Any]:
    """Return LlamaIndex's node; nothing where there is none."""
    try:
        node = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return {}
    return node if isinstance(node, dict) else {}


def first_number(metadata: Mapping[str, Any], keys: Iterable[str]) -> int | None:
    """Return the first number that is under one of some keys."""
    for key in keys:
        value = metadata.get(key)
        if type(value) is int:
            return value
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
    return None


def sort_pieces(pieces: Sequence[Piece]) -> list[Piece]:
    """Order pieces as they were in the document, as far as that is known of all of them."""
    positions = [piece.position for piece in pieces]
    known = [
        field
        for field in ("page", "offset", "number")
        if all(getattr(position, field) is not None for position in positions)
    ]
    return sorted(pieces, key=lambda p: [getattr(p.position, field) for field in known])


def stitch(pieces: Sequence[Piece]) -> str:
    """Return the text that pieces were cut out of, in which nothing is repeated."""
    parts: list[str] = []
    previous: Piece | None = None
    for piece in sort_pieces(pieces):
        if previous is None:
            parts.append(piece.text)
        else:
            parts.append(continue_text(previous, piece))
        previous = piece
    return "".join(parts)


def continue_text(previous: Piece, piece: Piece) -> str:
    """Return what a piece adds to the one before it, with what stands between them."""
    gap = measure_gap(previous, piece)
    if gap is not None and gap <= 0 and previous.text.endswith(piece.text[: abs(gap)]):
        return piece.text[abs(gap) :]
    overlap = find_overlap(previous.text, piece.text)
    if overlap:
        return piece.text[overlap:]
    return ("\n" if gap == 1 else PARAGRAPH) + piece.text


def measure_gap(previous: Piece, piece: Piece) -> int | None:
    """Return the characters between two pieces, negative where they overlap; None if unknown."""
    before, after = previous.position, piece.position
    if before.offset is None or after.offset is None or before.page != after.page:
        return None
    return after.offset - before.offset - len(previous.text)


def find_overlap(first: str, second: str) -> int:
    """Return how many characters the end of a text and the beginning of another one share."""
    tail, beginning = first[-MAX_OVERLAP:], second[:MIN_OVERLAP]
    if len(beginning) < MIN_OVERLAP:
        return 0
    start = tail.find(beginning)
    while start >= 0:
        if second.startswith(tail[start:]):
            return len(tail) - start
        start = tail.find(beginning, start + 1)
    return 0
