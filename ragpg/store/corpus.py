"""Whole documents with the vectors of their chunks, to compare all with all."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ragpg.store.query_terms import find_frequencies
from ragpg.store.restriction import restrict
from ragpg.store.statements import ONE_SNAPSHOT
from ragpg.types import ChunkedText, ChunkSpan, Corpus, PlaceMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pgvector import HalfVector

    from ragpg.store.table import Table
    from ragpg.types import SearchRequest

READ_CHUNKS = """
SELECT chunk.doc_id, start_at AS start, end_at AS "end", vector
FROM (SELECT doc_id, ordinal, vector FROM {embedding} WHERE {condition}) AS found
JOIN {chunk} AS chunk ON chunk.doc_id = found.doc_id AND chunk.ordinal = found.ordinal
JOIN {document} AS document ON document.doc_id = chunk.doc_id
ORDER BY source, chunk.ordinal LIMIT %(limit)s
"""
COUNT_CHUNKS = "SELECT count(*) FROM {embedding} WHERE {condition}"
READ_TEXTS = """
SELECT doc_id, source, title, body_start, metadata -> 'ragpg:places' AS places,
    {whole_text} AS text
FROM {document} AS document WHERE doc_id = ANY(%s)
"""


class ChunkRow(NamedTuple):
    """A row of READ_CHUNKS."""

    doc_id: int
    start: int
    end: int
    vector: HalfVector


class TextRow(NamedTuple):
    """A row of READ_TEXTS."""

    doc_id: int
    source: str
    title: str
    body_start: int
    places: list[tuple[int, str, str]] | None
    text: str


def read_corpus(table: Table, request: SearchRequest) -> Corpus:
    """Return the documents that pass globs and filter, with at most `request.limit` chunks."""
    with table.transaction(isolation=ONE_SNAPSHOT):
        total = find_frequencies(table, "").get("", 0)
        restriction = restrict(table, request, total_chunks=total)
        parameters = {**restriction.parameters, "limit": request.limit}
        condition = restriction.condition
        chunks = table.select(ChunkRow, READ_CHUNKS, parameters, condition=condition)
        [matching] = table.select_column(int, COUNT_CHUNKS, parameters, condition=condition)
        doc_ids = list(dict.fromkeys(chunk.doc_id for chunk in chunks))
        texts = {row.doc_id: row for row in table.select(TextRow, READ_TEXTS, [doc_ids])}
    vectors = np.zeros((len(chunks), table.model.dimension), np.float32)
    for row, chunk in zip(vectors, chunks, strict=True):
        row[:] = chunk.vector.to_numpy()
    return Corpus(tuple(_join(chunks, texts)), vectors, matching - len(chunks))


def _join(chunks: Sequence[ChunkRow], texts: Mapping[int, TextRow]) -> Iterator[ChunkedText]:
    """Yield each document with its chunks, which are numbered in their order."""
    numbered = enumerate(chunks)
    for doc_id, group in groupby(numbered, key=lambda each: each[1].doc_id):
        row = texts[doc_id]
        spans = tuple(ChunkSpan(number, chunk.start, chunk.end) for number, chunk in group)
        yield ChunkedText(
            row.source,
            row.title,
            row.text,
            row.body_start,
            spans,
            converted=row.places is not None,
            places=PlaceMap.from_json(row.places),
        )
