"""BM25 as an inner product of sparse vectors. Pure.

A chunk's vector holds each term's weight, the question's vector each term's inverse document
frequency; their inner product is the BM25 score. A term's dimension comes from its hash.
Robertson & Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009, with the
inverse document frequency of Apache Lucene, which is never negative.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

K1 = 1.2
B = 0.75

DIMENSIONS = 2**28
"""Of a sparse vector: two terms of a question share one by chance once in 268 million."""

COMMON_SHARE = 0.02
COMMON_ROWS = 2000
"""A term in more chunks than this share, and this number, is ranked by but not looked up."""


def inverse_frequency(frequency: int, *, chunks: int) -> float:
    """How much a term says that is in `frequency` of so many chunks."""
    chunks = max(chunks, frequency)
    return math.log1p((chunks - frequency + 0.5) / (frequency + 0.5))


def dimension(term: str) -> int:
    """The place of a term in a sparse vector, from 1; the server computes the same."""
    digest = hashlib.md5(term.encode(), usedforsecurity=False).hexdigest()
    return int(digest[:7], 16) + 1


def sparse(weights: Mapping[str, float]) -> str:
    """Write weights of terms as pgvector's sparsevec."""
    summed: dict[int, float] = {}
    for term, weight in weights.items():
        place = dimension(term)
        summed[place] = summed.get(place, 0.0) + weight
    entries = ",".join(f"{place}:{weight!r}" for place, weight in sorted(summed.items()))
    return f"{{{entries}}}/{DIMENSIONS}"


def selective(frequencies: Mapping[str, int], *, chunks: int, limit: int) -> list[str]:
    """Choose the terms, rarest first, that find candidates; all terms have a say in their rank.

    A common term is taken only while the rarer ones are fewer than two, or in fewer chunks than
    are wanted.
    """
    common = max(chunks * COMMON_SHARE, COMMON_ROWS)
    chosen: list[str] = []
    reached = 0
    present = ((count, term) for term, count in frequencies.items() if count > 0)
    for count, term in sorted(present):
        if count > common and len(chosen) >= 2 and reached >= limit:
            break
        chosen.append(term)
        reached += count
    return chosen
