"""Documents are written and deleted, each time in one transaction."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import chain, compress
from typing import TYPE_CHECKING, NamedTuple

from psycopg.types.json import Jsonb

from ragpg.errors import DatabaseError, ModelMismatchError
from ragpg.store.binary_format import pack_halfvec
from ragpg.store.connection import duplicate, end_session
from ragpg.store.statements import translate_errors
from ragpg.store.table import document_id, list_document_ids
from ragpg.store.table_registry import find_table
from ragpg.store.terms import copy_terms, count_terms, delete_terms, weigh_terms
from ragpg.types import TableName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.store.table import Table
    from ragpg.store.terms import TermCount
    from ragpg.types import EmbeddedDocument, IndexedDocument, TermWeights

COPY_DOCUMENTS = """
COPY {document} (
    doc_id, source, origin, walked, digest, recipe, title, metadata, preamble, body_start, size,
    modified, chunks
) FROM STDIN (FORMAT binary)
"""
DOCUMENT_TYPES = (
    *("int8", "text", "text", "bool", "bytea", "bytea", "text", "jsonb", "text"),
    *("int4", "int8", "timestamptz", "int4"),
)

COPY_CHUNKS = """
COPY {chunk} (
    doc_id, ordinal, start_at, end_at, start_line, end_line, heading, languages,
    body
) FROM STDIN (FORMAT binary)
"""
CHUNK_TYPES = ("int8", "int4", "int4", "int4", "int4", "int4", "text[]", "text[]", "text")

COPY_VECTORS = """
COPY {embedding} (doc_id, ordinal, passage_digest, vector, words) FROM STDIN (FORMAT binary)
"""
VECTOR_TYPES = ("int8", "int4", "bytea", "bytea", "bytea")

FIND_STORED = """
SELECT doc_id, digest, recipe, metadata ? 'ragpg:places' AS converted
FROM {document} WHERE doc_id = ANY(%s)
"""


class StoredContent(NamedTuple):
    """A row of FIND_STORED: a document's key, and what its content and its chunks depend on."""

    doc_id: int
    digest: bytes
    recipe: bytes
    converted: bool


def upsert(table: Table, documents: Sequence[EmbeddedDocument]) -> list[bool]:
    """Insert or replace documents, and delete those that they were before they were renamed.

    Returns for each whether it was written: another process may have written the same.
    """
    check_vectors(table, documents)
    previous = {d.previous_source for d in documents if d.previous_source is not None}
    doc_ids = list_all_ids({d.document.source for d in documents} | previous)
    with write_transaction(table, doc_ids=doc_ids) as current:
        stored = find_stored(current, doc_ids)
        is_new = [content(d) not in stored for d in documents]
        new = list(compress(documents, is_new))
        outdated = list_all_ids({d.document.source for d in new} | previous)
        known = {row.doc_id for row in stored}
        deleted = delete_rows(current, [key for key in outdated if key in known])
        added = insert(current, new) if new else []
        current.lock_terms()
        count_terms(current, added=added, deleted=deleted)
    return is_new


def find_written(table: Table, documents: Sequence[EmbeddedDocument]) -> list[bool]:
    """Return for each document whether it is stored; the table's connection is closed.

    Whoever was interrupted while a transaction ended cannot know whether it was committed.
    """
    doc_ids = list_all_ids(d.document.source for d in documents)
    with translate_errors(table.connection):
        observer = duplicate(table.connection)
    with closing(observer), translate_errors(observer):
        end_session(table.connection, observer)
        stored = find_stored(replace(table, connection=observer), doc_ids)
    return [content(d) in stored for d in documents]


def find_stored(table: Table, doc_ids: Sequence[int]) -> set[StoredContent]:
    """Return what is stored under these keys."""
    return set(table.select(StoredContent, FIND_STORED, [doc_ids]))


def check_vectors(table: Table, documents: Sequence[EmbeddedDocument]) -> None:
    """Refuse vectors that the table cannot hold; raises ModelMismatchError."""
    dimensions = {len(embedding.vector) for d in documents for embedding in d.embeddings}
    for dimension in dimensions - {table.model.dimension}:
        raise ModelMismatchError(
            f"the embedding model gave vectors of {dimension} dimensions, "
            f'and the table "{table.name}" holds {table.model.dimension}',
            hint="configure the model that the table was made with, "
            "or run `ragpg ingest --rebuild`",
        )


def key_of(embedded: EmbeddedDocument | IndexedDocument) -> int:
    """Return the document's key."""
    return document_id(embedded.document.source)


def content(embedded: EmbeddedDocument) -> StoredContent:
    """Return the row of FIND_STORED that the document will have."""
    document = embedded.document
    recipe = embedded.chunking_fingerprint
    return StoredContent(key_of(embedded), document.digest, recipe, document.converted)


def list_all_ids(sources: Iterable[str]) -> list[int]:
    """Return the keys that the documents may have."""
    return [key for source in sources for key in list_document_ids(source)]


def insert(table: Table, documents: Sequence[EmbeddedDocument]) -> list[TermWeights]:
    """Insert all rows of documents, and return the terms of their chunks for `count_terms`."""
    terms = weigh_terms(table, (d.chunks for d in documents))
    table.copy_rows(COPY_DOCUMENTS, DOCUMENT_TYPES, map(document_row, documents))
    table.copy_rows(COPY_CHUNKS, CHUNK_TYPES, chain.from_iterable(map(chunk_rows, documents)))
    copy_terms(table, chunk_keys(documents), terms)
    table.copy_rows(COPY_VECTORS, VECTOR_TYPES, chain.from_iterable(map(vector_rows, documents)))
    return terms


def chunk_keys(documents: Iterable[EmbeddedDocument | IndexedDocument]) -> list[tuple[int, int]]:
    """Return the keys of the chunks of documents."""
    return [(key_of(d), chunk.ordinal) for d in documents for chunk in d.chunks]


def document_row(embedded: EmbeddedDocument | IndexedDocument) -> tuple[object, ...]:
    """Make the row of COPY_DOCUMENTS."""
    document, chunks = embedded.document, embedded.chunks
    return (
        key_of(embedded),
        document.source,
        document.origin,
        document.from_directory,
        document.digest,
        embedded.chunking_fingerprint,
        document.title,
        Jsonb(document.metadata),
        document.text[: chunks[0].start] if chunks else document.text,
        document.body_start,
        document.size,
        document.modified,
        len(chunks),
    )


def chunk_rows(embedded: EmbeddedDocument | IndexedDocument) -> Iterator[tuple[object, ...]]:
    """Yield the rows of COPY_CHUNKS."""
    key = key_of(embedded)
    for c in embedded.chunks:
        place = (c.start, c.end, c.start_line, c.end_line)
        yield (key, c.ordinal, *place, list(c.heading), list(c.languages), c.text)


def vector_rows(embedded: EmbeddedDocument) -> Iterator[tuple[object, ...]]:
    """Yield the rows of COPY_VECTORS."""
    key = key_of(embedded)
    for chunk, embedding in zip(embedded.chunks, embedded.embeddings, strict=True):
        vector = pack_halfvec(embedding.vector)
        yield key, chunk.ordinal, chunk.digest, vector, embedding.word_codes


def delete(table: Table, sources: Sequence[str]) -> None:
    """Delete documents and all that belongs to them."""
    with write_transaction(table) as current:
        count_terms(current, added=[], deleted=delete_rows(current, list_all_ids(sources)))


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


def delete_rows(table: Table, doc_ids: Sequence[int]) -> list[TermCount]:
    """Delete the rows of documents and return their terms for `count_terms`."""
    if not doc_ids:
        return []
    deleted = delete_terms(table, doc_ids)
    table.execute("DELETE FROM {document} WHERE doc_id = ANY(%s)", [doc_ids])
    return deleted
