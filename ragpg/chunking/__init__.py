"""A document as chunks: aligned with its sections, of even length, never over the model's window.

The division is the one of least cost among all ways to group the document's atoms (sentences,
list items, table rows, groups of lines of code), found by dynamic programming.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from ragpg.chunking.counting import count
from ragpg.chunking.dividing import divide
from ragpg.chunking.measuring import Limits, Measured, measure
from ragpg.markdown import find_line_starts, join_segments, split_segments
from ragpg.types import Chunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.protocols import Tokenizer
    from ragpg.types import Document

__all__ = ["RECIPE_VERSION", "Limits", "chunk"]

RECIPE_VERSION = 1
"""Grows whenever the chunks of an unchanged text would change."""


def chunk(document: Document, *, tokenizer: Tokenizer, limits: Limits) -> list[Chunk]:
    """Divide a document into chunks that follow each other from its `body_start` to its end.

    No passage has more tokens than the tokenizer's window, and no chunk more than 2,000
    characters. A blank document has no chunks.
    """
    body = document.text[document.body_start :]
    if not body.strip():
        return []
    found, window = split_segments(body), tokenizer.window
    while True:
        measured = measure(
            body, found, title=document.title, tokenizer=tokenizer, limits=limits, window=window
        )
        chunks = list(_chunks(document, measured, divide(measured, limits=limits, window=window)))
        excess = max(count(tokenizer, [one.embedded_text for one in chunks])) - tokenizer.window
        if excess <= 0 or window <= 1:
            return chunks
        # A whole can have more tokens than its parts together: leave some room.
        window = max(1, window - max(excess, window // 16))


def _chunks(document: Document, measured: Measured, places: list[int]) -> Iterator[Chunk]:
    """Build the chunks that begin with the atoms at `places`, the last of which is the end."""
    lines = find_line_starts(document.text)
    body = document.text[document.body_start :]
    for ordinal, (first, last) in enumerate(pairwise(places)):
        parts = measured.atoms[first:last]
        start = document.body_start + parts[0].start
        end = document.body_start + parts[-1].end
        text = document.text[start:end]
        solid = start + len(text) - len(text.lstrip()), start + len(text.rstrip())
        heading = measured.heading(first, last)
        head = measured.heads[first]
        content = join_segments(body, parts)
        yield Chunk(
            ordinal=ordinal,
            heading=heading,
            text=text,
            start=start,
            end=end,
            start_line=bisect_right(lines, solid[0]),
            end_line=bisect_right(lines, solid[1] - 1),
            context=measured.contexts[heading].text,
            content=content if head is None else f"{measured.atoms[head].plain}\n{content}",
        )
