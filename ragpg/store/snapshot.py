"""Everything that a table holds, at one moment."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from psycopg import sql

from ragpg.errors import DatabaseError
from ragpg.store.binary_format import unpack_sparsevec
from ragpg.store.statements import ONE_SNAPSHOT, select
from ragpg.store.table import FIELDS_SINCE
from ragpg.types import Chunk, Document, IndexedDocument, TableContents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pgvector import HalfVector

    from ragpg.store.table import Table

GROUP_CHUNKS = 2_000
"""Chunks that are read with one query: about 10 MB."""

COUNT = "SELECT count(*) AS documents, coalesce(sum(chunks), 0)::bigint AS chunks FROM {document}"
LIST_KEYS = "SELECT doc_id, chunks FROM {document} ORDER BY source"
READ_DOCUMENTS = """
SELECT doc_id, source, origin, walked, digest, recipe, title, metadata, preamble, body_start, size,
    {modified} AS modified, chunks
FROM {document} WHERE doc_id = ANY(%s) ORDER BY source
"""
READ_CHUNKS = """
SELECT chunk.doc_id, chunk.ordinal, start_at, end_at, start_line, end_line, heading,
    {languages} AS languages, body, passage_digest, vector, words, weights
FROM {chunk} AS chunk
LEFT JOIN {lexical} AS lexical
    ON lexical.doc_id = chunk.doc_id AND lexical.ordinal = chunk.ordinal
LEFT JOIN {embedding} AS embedding
    ON embedding.doc_id = chunk.doc_id AND embedding.ordinal = chunk.ordinal
WHERE chunk.doc_id = ANY(%s) ORDER BY chunk.doc_id, chunk.ordinal
"""


class Key(NamedTuple):
    """A row of LIST_KEYS."""

    doc_id: int
    chunks: int


class DocumentRow(NamedTuple):
    """A row of READ_DOCUMENTS."""

    doc_id: int
    source: str
    origin: str | None
    walked: bool
    digest: bytes
    recipe: bytes
    title: str
    metadata: dict[str, Any]
    preamble: str
    body_start: int
    size: int
    modified: datetime | None
    chunks: int


class ChunkRow(NamedTuple):
    """A row of READ_CHUNKS; `weights` as PostgreSQL sends a sparsevec."""

    doc_id: int
    ordinal: int
    start_at: int
    end_at: int
    start_line: int
    end_line: int
    heading: list[str]
    languages: list[str]
    body: str
    passage_digest: bytes | None
    vector: HalfVector | None
    words: bytes | None
    weights: bytes | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A table in a transaction that sees one moment of it."""

    table: Table
    contents: TableContents

    def read_documents(self) -> Iterator[IndexedDocument]:
        """Yield all documents, ordered by source; raises DatabaseError if one is incomplete."""
        for group in divide(self.table.select(Key, LIST_KEYS)):
            keys = [group]
            chunks = select(
                self.table.connection,
                ChunkRow,
                self.table.statement(READ_CHUNKS, **fields(self.table)),
                keys,
                binary=True,
            )
            by_document = {
                doc_id: list(rows) for doc_id, rows in groupby(chunks, key=attrgetter("doc_id"))
            }
            for row in self.table.select(DocumentRow, READ_DOCUMENTS, keys, **fields(self.table)):
                yield make_document(row, by_document.get(row.doc_id, []))


@contextmanager
def take_snapshot(table: Table) -> Iterator[Snapshot]:
    """Yield what the table holds now; others may write meanwhile."""
    with table.transaction(isolation=ONE_SNAPSHOT):
        [counts] = table.execute(COUNT).fetchall()
        constants = (table.layout_version, table.model, table.language, table.average_length)
        yield Snapshot(table, TableContents(*constants, *counts))


def divide(keys: Sequence[Key]) -> Iterator[list[int]]:
    """Divide documents into groups of about GROUP_CHUNKS chunks."""
    group: list[int] = []
    chunks = 0
    for key in keys:
        group.append(key.doc_id)
        chunks += key.chunks + 1
        if chunks >= GROUP_CHUNKS:
            yield group
            group, chunks = [], 0
    if group:
        yield group


def make_document(row: DocumentRow, rows: Sequence[ChunkRow]) -> IndexedDocument:
    """Put a document together from its rows."""
    is_whole = len(rows) == row.chunks and all(
        None not in (chunk.passage_digest, chunk.vector, chunk.words, chunk.weights)
        for chunk in rows
    )
    if not is_whole:
        raise DatabaseError(
            f"{row.source!r} is not whole in the table: it lacks chunks, vectors or terms",
            hint="`ragpg status --check` says what to do",
        )
    document = Document(
        source=row.source,
        origin=row.origin,
        text=row.preamble + "".join(chunk.body for chunk in rows),
        digest=row.digest,
        size=row.size,
        title=row.title,
        metadata=row.metadata,
        body_start=row.body_start,
        from_directory=row.walked,
        modified=row.modified,
    )
    vectors = [chunk.vector.to_numpy() for chunk in rows if chunk.vector]
    return IndexedDocument(
        document,
        [make_chunk(chunk) for chunk in rows],
        row.recipe,
        np.array(vectors, np.float16),
        [chunk.words or b"" for chunk in rows],
        [chunk.passage_digest or b"" for chunk in rows],
        [unpack_sparsevec(chunk.weights or b"") for chunk in rows],
    )


def make_chunk(row: ChunkRow) -> Chunk:
    """Make a chunk of its row."""
    return Chunk(
        row.ordinal,
        tuple(row.heading),
        row.body,
        row.start_at,
        row.end_at,
        row.start_line,
        row.end_line,
        languages=tuple(row.languages),
    )


def fields(table: Table) -> dict[str, sql.SQL]:
    """Return the columns that older layouts do not have, or what stands for them."""
    if table.layout_version >= FIELDS_SINCE:
        return {"modified": sql.SQL("modified"), "languages": sql.SQL("languages")}
    return {"modified": sql.SQL("NULL::timestamptz"), "languages": sql.SQL("'{}'::text[]")}
