"""Whole tables: what one is made with, and all that it holds of each document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from ragpg.types.documents import Chunk, Document
    from ragpg.types.embeddings import EmbeddingModel

HalfVectors: TypeAlias = "npt.NDArray[np.float16]"
"""Embeddings as they are stored, shape (count, dimension), each row of unit length."""


@dataclass(frozen=True, slots=True)
class TableContents:
    """What a table is made with, and how much is in it.

    `layout` is the version of its relations, `language` the qualified name of the text search
    configuration that made its terms, `average_length` the constant of BM25.
    """

    layout: int
    model: EmbeddingModel
    language: str
    average_length: float
    documents: int
    chunks: int


class TermWeights(NamedTuple):
    """The terms of a chunk by their dimension, ascending from 1, and their weights in BM25."""

    dimensions: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document with all that a table holds of it.

    There are as many `vectors`, `word_codes`, `digests` and `terms` as chunks. The digests are
    those of `Chunk.digest`: a chunk out of a table cannot compute its own.
    """

    document: Document
    chunks: Sequence[Chunk]
    chunking_fingerprint: bytes
    vectors: HalfVectors
    word_codes: Sequence[bytes]
    digests: Sequence[bytes]
    terms: Sequence[TermWeights]
