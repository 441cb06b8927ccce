"""Documents are written and deleted, each time in one transaction."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import chain, compress
from typing import TYPE_CHECKING, LiteralString, NamedTuple, TypeAlias

from ragpg.errors import DatabaseError, ModelMismatchError
from ragpg.store.connection import duplicate, end_session
from ragpg.store.edits import apply_edits, find_edits
from ragpg.store.rows import (
    CHUNK_TYPES,
    COPY_CHUNKS,
    COPY_DOCUMENTS,
    COPY_VECTORS,
    DOCUMENT_TYPES,
    VECTOR_TYPES,
    chunk_keys,
    chunk_rows,
    document_row,
    key_of,
    vector_rows,
)
from ragpg.store.statements import translate_errors
from ragpg.store.table import list_document_ids
from ragpg.store.table_registry import find_table
from ragpg.store.terms import copy_terms, count_terms, delete_terms, weigh_terms
from ragpg.types import TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ragpg.store.edits import Edits
    from ragpg.store.table import Table
    from ragpg.store.terms import TermCount
    from ragpg.types import EmbeddedDocument, TermWeights

    RowMaker: TypeAlias = Callable[[EmbeddedDocument], Iterable[tuple[object, ...]]]

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
        recipes = {row.doc_id: row.recipe for row in stored}
        edits = find_edits(
            current, [d for d in new if recipes.get(key_of(d)) == d.chunking_fingerprint]
        )
        outdated = list_all_ids({d.document.source for d in new} | previous)
        deleted = delete_rows(current, sorted(recipes.keys() & set(outdated) - edits.doc_ids))
        deleted += apply_edits(current, edits)
        added = insert(current, new, edits) if new else []
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


def content(embedded: EmbeddedDocument) -> StoredContent:
    """Return the row of FIND_STORED that the document will have."""
    document = embedded.document
    recipe = embedded.chunking_fingerprint
    return StoredContent(key_of(embedded), document.digest, recipe, document.converted)


def list_all_ids(sources: Iterable[str]) -> list[int]:
    """Return the keys that the documents may have."""
    return [key for source in sources for key in list_document_ids(source)]


def insert(table: Table, documents: Sequence[EmbeddedDocument], edits: Edits) -> list[TermWeights]:
    """Insert the rows of documents but those that stay.

    Returns the terms of the new chunks for `count_terms`.
    """
    chunks = [[c for c in d.chunks if (key_of(d), c.ordinal) not in edits.kept] for d in documents]
    terms = weigh_terms(table, chunks)

    def copy(query: LiteralString, types: Sequence[str], make_rows: RowMaker) -> None:
        rows = chain.from_iterable(map(make_rows, documents))
        table.copy_rows(query, types, (row for row in rows if row[:2] not in edits.kept))

    added = [document_row(d) for d in documents if key_of(d) not in edits.doc_ids]
    table.copy_rows(COPY_DOCUMENTS, DOCUMENT_TYPES, added)
    copy(COPY_CHUNKS, CHUNK_TYPES, chunk_rows)
    copy_terms(table, [key for key in chunk_keys(documents) if key not in edits.kept], terms)
    copy(COPY_VECTORS, VECTOR_TYPES, vector_rows)
    return terms


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
