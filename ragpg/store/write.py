"""Documents into the database and out of it, each time in one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pgvector import HalfVector
from psycopg.types.json import Jsonb

from ragpg.errors import DatabaseError, ModelMismatchError
from ragpg.store.connection import transaction
from ragpg.store.keywords import count_terms, forget_words, index_words
from ragpg.store.names import Name, document_id
from ragpg.store.registry import check_model, find, lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.store.connection import Connection
    from ragpg.store.keywords import Counts
    from ragpg.store.names import Table
    from ragpg.types import Chunk, Document, Embedding

PUT_DOCUMENT = """
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


def put(
    connection: Connection,
    table: Table,
    document: Document,
    chunks: Sequence[Chunk],
    embeddings: Sequence[Embedding],
    *,
    chunking_fingerprint: bytes,
    previous_source: str | None,
) -> bool:
    """Replace a document, unless it is there as it should be; `previous_source` goes.

    Whether it was replaced: another process may have put the very same.
    """
    check_vectors(embeddings, table=table)
    with writing(connection, table) as present:
        fresh = not is_stored(
            connection, present, document, chunking_fingerprint=chunking_fingerprint
        )
        outdated = {document.source if fresh else None, previous_source}
        gone = erase(connection, present, [source for source in outdated if source is not None])
        if fresh:
            put_rows(
                connection,
                present,
                document,
                chunks,
                embeddings,
                chunking_fingerprint=chunking_fingerprint,
            )
        added = [document_id(document.source)] if fresh else []
        count_terms(connection, present, added=added, gone=gone)
    return fresh


def remove(connection: Connection, table: Table, sources: Sequence[str]) -> None:
    """Remove documents and all that belongs to them."""
    with writing(connection, table) as present:
        gone = erase(connection, present, sources)
        count_terms(connection, present, added=[], gone=gone)


def adopt(
    connection: Connection, table: Table, source: str, *, origin: str | None, from_directory: bool
) -> None:
    """Note where a document is read from now."""
    update = "UPDATE {document} SET origin = %s, walked = %s WHERE doc_id = %s"
    with writing(connection, table) as present:
        connection.execute(present.statement(update), [origin, from_directory, document_id(source)])


@contextmanager
def writing(connection: Connection, table: Table) -> Iterator[Table]:
    """Write in a transaction of its own, while nobody else writes; gives the table as it is now.

    Another process may have rebuilt it since it was opened: raises ModelMismatchError if it has
    another model by now.
    """
    with transaction(connection, table.path):
        lock(connection, str(table))
        found = find(connection, Name(table.schema, table.name))
        if found is None:
            raise DatabaseError(f'the table "{table}" is gone', hint="run the command again")
        check_model(found.table, table.model)
        yield found.table


def check_vectors(embeddings: Sequence[Embedding], *, table: Table) -> None:
    """Refuse vectors that the table cannot hold."""
    if embeddings and len(embeddings[0].vector) != table.model.dimension:
        raise ModelMismatchError(
            f"the embedding model gave vectors of {len(embeddings[0].vector)} dimensions, "
            f'and the table "{table.name}" holds {table.model.dimension}',
            hint="configure the model that the table was made with, "
            "or run `ragpg ingest --rebuild`",
        )


def is_stored(
    connection: Connection, table: Table, document: Document, *, chunking_fingerprint: bytes
) -> bool:
    """Whether the document is there already, made from the same content by the same recipe."""
    query = "SELECT FROM {document} WHERE (doc_id, digest, recipe) = (%s, %s, %s)"
    key = (document_id(document.source), document.digest, chunking_fingerprint)
    return connection.execute(table.statement(query), key).rowcount == 1


def erase(connection: Connection, table: Table, sources: Sequence[str]) -> Counts:
    """Delete the rows of documents and return what their words counted for."""
    if not sources:
        return []
    documents = [document_id(source) for source in sources]
    gone = forget_words(connection, table, documents)
    delete = "DELETE FROM {document} WHERE doc_id = ANY(%s)"
    connection.execute(table.statement(delete), [documents])
    return gone


def put_rows(
    connection: Connection,
    table: Table,
    document: Document,
    chunks: Sequence[Chunk],
    embeddings: Sequence[Embedding],
    *,
    chunking_fingerprint: bytes,
) -> None:
    """Insert a document's rows; its terms are counted apart."""
    put_document(connection, table, document, chunks, chunking_fingerprint=chunking_fingerprint)
    index_words(connection, table, document_id(document.source), chunks)
    put_vectors(connection, table, document, chunks, embeddings)


def put_document(
    connection: Connection,
    table: Table,
    document: Document,
    chunks: Sequence[Chunk],
    *,
    chunking_fingerprint: bytes,
) -> None:
    """Insert a document's row and its chunks' rows."""
    key = document_id(document.source)
    row = (
        key,
        document.source,
        document.origin,
        document.from_directory,
        document.digest,
        chunking_fingerprint,
        document.title,
        Jsonb(document.metadata),
        document.text[: chunks[0].start] if chunks else document.text,
        document.body_start,
        document.size,
        len(chunks),
    )
    connection.execute(table.statement(PUT_DOCUMENT), row)
    with connection.cursor().copy(table.statement(COPY_CHUNKS)) as copy:
        copy.set_types(CHUNK_TYPES)
        for c in chunks:
            place = (c.start, c.end, c.start_line, c.end_line)
            copy.write_row((key, c.ordinal, *place, list(c.heading), c.text))


def put_vectors(
    connection: Connection,
    table: Table,
    document: Document,
    chunks: Sequence[Chunk],
    embeddings: Sequence[Embedding],
) -> None:
    """Insert the vectors of a document's chunks."""
    key = document_id(document.source)
    with connection.cursor().copy(table.statement(COPY_VECTORS)) as copy:
        copy.set_types(VECTOR_TYPES)
        for chunk, one in zip(chunks, embeddings, strict=True):
            vector = HalfVector(one.vector)
            copy.write_row((key, chunk.ordinal, chunk.digest, vector, one.word_codes))
