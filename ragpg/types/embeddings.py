"""What models make of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Vector: TypeAlias = "npt.NDArray[np.float32]"
"""One embedding, shape (dimension,), of unit length."""
Vectors: TypeAlias = "npt.NDArray[np.float32]"
"""Embeddings, shape (count, dimension), each row of unit length."""


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """The embedding model that vectors come from.

    Two models give comparable vectors if their fingerprints and dimensions are equal.
    """

    name: str
    dimension: int
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Embedding:
    """The embedding of a chunk: a vector of its text, and the codes of its words.

    `word_codes` is empty where the model gives no word vectors; see `retrieval.late_interaction`.
    """

    vector: Vector
    word_codes: bytes = b""


@dataclass(frozen=True, slots=True)
class QueryEmbedding:
    """The embedding of a query: a vector of its text, and vectors of its words.

    `word_vectors` has the shape (words, n), rows of unit length; None where the model gives none.
    `knows_script` is False where the model has learned little of the query's script: its vectors
    say little then.
    """

    vector: Vector
    words: tuple[str, ...] = ()
    word_vectors: Vectors | None = None
    knows_script: bool = True


class NliScores(NamedTuple):
    """Probabilities, each in 0…1, that a passage entails a claim, and that it contradicts it."""

    entailment: float
    contradiction: float
