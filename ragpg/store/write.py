"""Documents are written and deleted, each time in one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgvector import HalfVector
from psycopg.types.json import Jsonb

from ragpg.errors import DatabaseError, ModelMismatchError
from ragpg.store.bm25 import count_terms, delete_terms, index_terms
from ragpg.store.table import document_id, list_document_ids
from ragpg.store.table_registry import find_table
from ragpg.types import TableName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.store.bm25 import TermCount
    from ragpg.store.table import Table
    from ragpg.types import Chunk, Document, Embedding

INSERT_DOCUMENT = """
INSERT INTO {document} (
    doc_id, source, origin, walked, digest, recipe, title, metadata, preamble, body_start, size,
    chunks
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

COPY_CHUNKS = """
COPY {chunk} (
    doc_id, ordinal, start_at, end_at, start_line, end_line, heading, body
) FROM STDIN (FORMAT binary)
"""
CHUNK_TYPES = ("int8", "int4", "int4", "int4", "int4", "int4", "text[]", "text")

COPY_VECTORS = """
COPY {embedding} (doc_id, ordinal, passage_digest, vector, words) FROM STDIN (FORMAT binary)
"""
VECTOR_TYPES = ("int8", "int4", "bytea", "halfvec", "bytea")


@dataclass(frozen=True, slots=True)
class DocumentRows:
    """A document as it is stored, with its chunks and their embeddings."""

    document: Document
    chunks: Sequence[Chunk]
    embeddings: Sequence[Embedding]
    chunking_fingerprint: bytes

    @property
    def doc_id(self) -> int:
        """The document's key."""
        return document_id(self.document.source)

    def check_vectors(self, table: Table) -> None:
        """Refuse vectors that the table cannot hold; raises ModelMismatchError."""
        dimension = len(self.embeddings[0].vector) if self.embeddings else table.model.dimension
        if dimension != table.model.dimension:
            raise ModelMismatchError(
                f"the embedding model gave vectors of {dimension} dimensions, "
                f'and the table "{table.name}" holds {table.model.dimension}',
                hint="configure the model that the table was made with, "
                "or run `ragpg ingest --rebuild`",
            )

    def is_stored(self, table: Table) -> bool:
        """Return whether the same content with the same chunking is stored already."""
        query = "SELECT FROM {document} WHERE (doc_id, digest, recipe) = (%s, %s, %s)"
        key = (self.doc_id, self.document.digest, self.chunking_fingerprint)
        return table.execute(query, key).rowcount == 1

    def insert(self, table: Table) -> None:
        """Insert all rows; `count_terms` counts the terms."""
        self.insert_document(table)
        table.copy_rows(COPY_CHUNKS, CHUNK_TYPES, self.chunk_rows())
        index_terms(table, self.doc_id, self.chunks)
        table.copy_rows(COPY_VECTORS, VECTOR_TYPES, self.vector_rows())

    def insert_document(self, table: Table) -> None:
        """Insert the document's row."""
        document = self.document
        row = (
            self.doc_id,
            document.source,
            document.origin,
            document.from_directory,
            document.digest,
            self.chunking_fingerprint,
            document.title,
            Jsonb(document.metadata),
            document.text[: self.chunks[0].start] if self.chunks else document.text,
            document.body_start,
            document.size,
            len(self.chunks),
        )
        table.execute(INSERT_DOCUMENT, row)

    def chunk_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows of COPY_CHUNKS."""
        key = self.doc_id
        for c in self.chunks:
            place = (c.start, c.end, c.start_line, c.end_line)
            yield (key, c.ordinal, *place, list(c.heading), c.text)

    def vector_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows of COPY_VECTORS."""
        key = self.doc_id
        for chunk, embedding in zip(self.chunks, self.embeddings, strict=True):
            vector = HalfVector(embedding.vector)
            yield key, chunk.ordinal, chunk.digest, vector, embedding.word_codes


def upsert(table: Table, rows: DocumentRows, *, previous_source: str | None) -> bool:
    """Insert or replace a document, and delete the one called `previous_source`.

    Returns False if it was stored already: another process may have written the same.
    """
    rows.check_vectors(table)
    sources = [rows.document.source, *([previous_source] if previous_source else [])]
    doc_ids = {key for source in sources for key in list_document_ids(source)}
    with write_transaction(table, doc_ids=doc_ids) as current:
        is_new = not rows.is_stored(current)
        outdated = {rows.document.source if is_new else None, previous_source}
        deleted = delete_rows(current, [source for source in outdated if source is not None])
        if is_new:
            rows.insert(current)
        current.lock_terms()
        count_terms(current, added=[rows.doc_id] if is_new else [], deleted=deleted)
    return is_new


def delete(table: Table, sources: Sequence[str]) -> None:
    """Delete documents and all that belongs to them."""
    with write_transaction(table) as current:
        count_terms(current, added=[], deleted=delete_rows(current, sources))


@contextmanager
def write_transaction(table: Table, *, doc_ids: Iterable[int] = ()) -> Iterator[Table]:
    """Run a transaction on the table as it is now, in which nobody else writes these documents.

    Without documents nobody else writes anything. Another process may have rebuilt the table since
    it was opened. Raises ModelMismatchError if it has another model now.
    """
    with table.writing():
        if doc_ids:
            table.lock_documents(doc_ids)
        else:
            table.lock()
        current = find_table(table.connection, TableName(table.schema, table.name))
        if current is None:
            raise DatabaseError(f'the table "{table}" is gone', hint="run the command again")
        current.check_model(table.model)
        yield current


def delete_rows(table: Table, sources: Sequence[str]) -> list[TermCount]:
    """Delete the rows of documents and return their terms for `count_terms`."""
    if not sources:
        return []
    doc_ids = [key for source in sources for key in list_document_ids(source)]
    deleted = delete_terms(table, doc_ids)
    table.execute("DELETE FROM {document} WHERE doc_id = ANY(%s)", [doc_ids])
    return deleted
