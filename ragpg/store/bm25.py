"""BM25 as an inner product of sparse vectors, with pgvector as the only extension.

A chunk's vector holds the weight of each of its terms, the query's vector each term's inverse
document frequency; their inner product is the BM25 score. A term's dimension comes from its hash,
here and in SQL alike, and stands for it in `terms` and `{term}`. Dimension 0 of `{term}` counts the
chunks.

Robertson & Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009, with the
inverse document frequency of Apache Lucene, which is never negative.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

K1 = 1.2
B = 0.75
"""The usual values, as in Lucene; not fitted."""

DIMENSIONS = 2**28
"""Of a sparse vector: two terms of a query collide with a probability of 1 in 268 million."""


def inverse_document_frequency(frequency: int, *, chunks: int) -> float:
    """Return the weight of a term that is in `frequency` of `chunks` chunks."""
    chunks = max(chunks, frequency)
    return math.log1p((chunks - frequency + 0.5) / (frequency + 0.5))


def to_dimension(term: str) -> int:
    """Return the dimension of a term in a sparse vector, from 1."""
    return hash_lexeme(term.encode())


def hash_lexeme(lexeme: bytes) -> int:
    """Return the dimension of a term that is given in UTF-8: 28 bits of its MD5."""
    digest = hashlib.md5(lexeme, usedforsecurity=False).digest()
    return (int.from_bytes(digest[:4]) >> 4) + 1


def to_dimensions(terms: Iterable[str]) -> list[int]:
    """Return the dimensions of terms."""
    return [to_dimension(term) for term in terms]


def to_sparsevec(weights: Mapping[str, float]) -> str:
    """Write the weights of terms as a sparsevec; those of colliding terms are added."""
    summed: dict[int, float] = {}
    for term, weight in weights.items():
        dimension = to_dimension(term)
        summed[dimension] = summed.get(dimension, 0.0) + weight
    entries = ",".join(f"{dimension}:{weight!r}" for dimension, weight in sorted(summed.items()))
    return f"{{{entries}}}/{DIMENSIONS}"
