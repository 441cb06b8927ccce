"""Documents to put into a store: cut anywhere, with vectors of chance."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from ragpg import retrieval
from ragpg.types import Candidate, Chunk, Document, Embedding, EmbeddingModel, Mode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ragpg.types import Candidates, QueryEmbedding, Vector, Vectors
    from tests.support.command_line import Project

DIMENSION = 16
MODEL = EmbeddingModel("tiny", DIMENSION, b"tiny-1")
FINGERPRINT = b"fingerprint"


def document(
    source: str,
    *bodies: str,
    preamble: str = "",
    title: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> Document:
    """Make a document whose text is the preamble and the bodies in a row."""
    text = preamble + "".join(bodies)
    content = text.encode()
    return Document(
        source=source,
        origin=f"/home/someone/{source}",
        text=text,
        digest=hashlib.sha256(content).digest(),
        size=len(content),
        title=title,
        metadata=metadata or {},
        body_start=len(preamble),
    )


def chunks(*bodies: str, start: int = 0, heading: Sequence[str] = ()) -> list[Chunk]:
    """Make a chunk of each body, one behind the other from `start`."""
    made: list[Chunk] = []
    for ordinal, body in enumerate(bodies):
        end = start + len(body)
        context = " > ".join(heading)
        made.append(Chunk(ordinal, tuple(heading), body, start, end, 1, 1, context, body.strip()))
        start = end
    return made


def vectors(count: int, *, seed: int = 0, dimension: int = DIMENSION) -> Vectors:
    """Make vectors of unit length that point anywhere."""
    drawn = np.random.default_rng(seed).standard_normal((count, dimension))
    made: Vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return made


def embeddings(count: int, *, seed: int = 0, dimension: int = DIMENSION) -> list[Embedding]:
    """Make embeddings that point anywhere, without words."""
    return [Embedding(vector) for vector in vectors(count, seed=seed, dimension=dimension)]


def axis(number: int) -> Vector:
    """Make a vector along an axis."""
    made: Vector = np.eye(DIMENSION, dtype=np.float32)[number]
    return made


def candidate(
    chunk: Chunk,
    *,
    similarity: float | None = None,
    bm25: float | None = None,
    source: str = "a.md",
    words: bytes = b"",
    neighbours: float | None = None,
) -> Candidate:
    """Make a candidate of the retrievers for which there is a score."""
    return Candidate(
        source,
        "A",
        chunk,
        in_dense_results=similarity is not None,
        in_keyword_results=bm25 is not None,
        cosine=similarity,
        bm25=bm25,
        word_codes=words,
        neighbour_cosine=neighbours,
    )


def rank(
    pool: Candidates, *, question: QueryEmbedding | None, mode: Mode, limit: int
) -> list[retrieval.MergedPassage]:
    """Rank candidates and make passages of them, as a search does."""
    ranked = retrieval.rank(pool, query_embedding=question, mode=mode)
    merge = retrieval.merge_adjacent if mode is Mode.HYBRID else retrieval.keep_single
    return merge(ranked, limit=limit)


def ingested(made: Project, files: Mapping[str, str] | Mapping[str, bytes]) -> Project:
    """A project with these files in the table."""
    for name, text in files.items():
        made.write(name, text)
    made.ok("ingest", ".")
    return made
