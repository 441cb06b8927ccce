"""A document to chunks: segments are measured, grouped at the least cost, and built."""

from __future__ import annotations

from bisect import bisect_right
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING

from ragpg.chunking.measure import measure_segments
from ragpg.chunking.optimal_split import split_optimally
from ragpg.chunking.size_limits import TokenBudget
from ragpg.markdown import find_line_starts, join_segments, split_segments
from ragpg.text.fenced_code import find_languages
from ragpg.types import Chunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.chunking.measure import MeasuredSegments
    from ragpg.chunking.size_limits import Limits
    from ragpg.protocols import Tokenizer
    from ragpg.types import Document

CHUNKER_VERSION = 3
"""Grows whenever the chunks of an unchanged text, or their terms, would change; part of the
fingerprint."""


def compute_fingerprint(limits: Limits, language: str) -> bytes:
    """Return a digest that differs for chunkers that may make different rows of one document.

    `language` is that of the keywords. It does not cover the tokenizer, which belongs to the model,
    as the table does.
    """
    parts = (CHUNKER_VERSION, limits, language)
    return sha256(repr(parts).encode()).digest()


def chunk_document(document: Document, *, tokenizer: Tokenizer, limits: Limits) -> list[Chunk]:
    """Divide a document into chunks that follow each other from its `body_start` to its end.

    No embedded text has more tokens than the tokenizer's window, and no chunk more than 2,000
    characters. A blank document has no chunks.
    """
    body = document.text[document.body_start :]
    if not body.strip():
        return []
    segments, window = split_segments(body), tokenizer.window
    while True:
        budget = TokenBudget(tokenizer, limits, window)
        measured = measure_segments(body, segments, title=document.title, budget=budget)
        starts = split_optimally(measured, budget=budget)
        chunks = list(_build_chunks(document, measured, starts))
        excess = max(budget.count([chunk.embedded_text for chunk in chunks])) - tokenizer.window
        if excess <= 0 or window <= 1:
            return chunks
        # A text can have more tokens than its parts together: leave some room.
        window = max(1, window - max(excess, window // 16))


def _build_chunks(
    document: Document, measured: MeasuredSegments, starts: list[int]
) -> Iterator[Chunk]:
    """Build chunks; `starts` has the index of each one's first segment, then the number of all."""
    lines = find_line_starts(document.text)
    body = document.text[document.body_start :]
    languages = find_languages(body, [measured.segments[first].start for first in starts[:-1]])
    for ordinal, (first, last) in enumerate(pairwise(starts)):
        segments = measured.segments[first:last]
        start = document.body_start + segments[0].start
        end = document.body_start + segments[-1].end
        text = document.text[start:end]
        first_character = start + len(text) - len(text.lstrip())
        last_character = start + len(text.rstrip()) - 1
        heading = measured.find_heading(first, last)
        header = measured.repeated_headers[first]
        content = join_segments(body, segments)
        if header is not None:
            content = f"{measured.segments[header].plain}\n{content}"
        yield Chunk(
            ordinal=ordinal,
            heading=heading,
            text=text,
            start=start,
            end=end,
            start_line=bisect_right(lines, first_character),
            end_line=bisect_right(lines, last_character),
            context=measured.contexts[heading].text,
            content=content,
            languages=languages[ordinal],
        )
