"""A table is filled from an export, in one transaction, without embedding or parsing anything.

The rows go into new relations without indexes, which take the place of the old ones when all is
there and indexed: to fill an index row by row takes several times as long.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ragpg.errors import ArchiveError, DatabaseError
from ragpg.store import bm25
from ragpg.store.create import create_or_migrate
from ragpg.store.ddl import create_indexes, create_relations
from ragpg.store.distribution import is_distributed
from ragpg.store.error_messages import Access
from ragpg.store.grants import copy_privileges
from ragpg.store.locks import limit_waits
from ragpg.store.rebuild import NO_IDLE_TIMEOUT, prepare_replacement, replacing, swap
from ragpg.store.statements import transaction, translate_errors
from ragpg.store.table import LAYOUT_VERSION, TableSettings
from ragpg.store.table_registry import find_language, find_table
from ragpg.store.vector_index import build
from ragpg.store.write import (
    CHUNK_TYPES,
    COPY_CHUNKS,
    COPY_DOCUMENTS,
    COPY_VECTORS,
    DOCUMENT_TYPES,
    chunk_rows,
    document_row,
    key_of,
)
from ragpg.types import TableName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.store.statements import Connection
    from ragpg.store.table import Table
    from ragpg.types import IndexedDocument, TableContents, TermWeights

TEMPORARY = "ragpg_import_"
"""With this begins the name of the table that an import fills; nobody else ever sees it."""

COPY_TERMS = "COPY {lexical} (doc_id, ordinal, terms, weights) FROM STDIN (FORMAT binary)"

# Vectors and terms come in PostgreSQL's own binary format, which psycopg has to leave as it is:
# that is what it does with bytes.
VECTOR_TYPES = ("int8", "int4", "bytea", "bytea", "bytea")
TERM_TYPES = ("int8", "int4", "bytea", "bytea")

VECTOR_HEAD = struct.Struct(">HH")
SPARSE_HEAD = struct.Struct(">iii")
ARRAY_HEAD = struct.Struct(">iiiii")
EMPTY_ARRAY = struct.pack(">iii", 0, 0, 23)
INT4 = 23
"""The OID of the type."""

DELETE_DOCUMENTS = "DELETE FROM {document}"
DELETE_TERMS = "DELETE FROM {term}"
COUNT_DOCUMENTS = "SELECT count(*) FROM {document}"
# One by one, since a cluster counts each on all nodes.
COUNT_ROWS = (
    COUNT_DOCUMENTS,
    "SELECT count(*) FROM {chunk}",
    "SELECT count(*) FROM {lexical}",
    "SELECT count(*) FROM {embedding}",
)


def load(
    connection: Connection,
    name: TableName,
    contents: TableContents,
    groups: Iterable[Sequence[IndexedDocument]],
    *,
    replaces: bool,
    lock_timeout: float | None = None,
    distributed: bool = False,
) -> Iterator[int]:
    """Fill a table with the documents of groups; yield the chunks of each that is written.

    The table is created where there is none. One that has documents is replaced if `replaces`, and
    refused with ArchiveError otherwise. All is done in one transaction; on a cluster, only what
    makes it visible.
    """
    settings = TableSettings(contents.model, contents.language, contents.average_length)
    with translate_errors(connection):
        found = find_table(connection, name)
    if distributed or (found and is_distributed(found)):
        old = open_or_create(connection, name, settings, found, distributed=distributed)
        old = replace(old, lock_timeout=lock_timeout, distributed=distributed)
        yield from load_distributed(old, settings, contents, groups, replaces=replaces)
        return
    waits = limit_waits(lock_timeout)
    with transaction(connection, NO_IDLE_TIMEOUT, *waits, access=Access.CREATE):
        old = open_or_create(connection, name, settings, found)
        yield from load_at_once(old, settings, contents, groups, replaces=replaces)


def load_at_once(
    old: Table,
    settings: TableSettings,
    contents: TableContents,
    groups: Iterable[Sequence[IndexedDocument]],
    *,
    replaces: bool,
) -> Iterator[int]:
    """Do what `load` does inside the caller's transaction."""
    old.lock()
    refuse_documents(old, replaces=replaces)
    new = make_replacement(old, settings)
    create_relations(new)
    doc_ids: list[int] = []
    for group in groups:
        insert(new, group)
        doc_ids += map(key_of, group)
        yield sum(len(item.chunks) for item in group)
    bm25.count_terms(new, added=doc_ids, deleted=[])
    create_indexes(new)
    build(new, chunks=contents.chunks)
    confirm(new, documents=len(doc_ids), chunks=contents.chunks)
    copy_privileges(old, new)
    swap(new, old)


def load_distributed(
    old: Table,
    settings: TableSettings,
    contents: TableContents,
    groups: Iterable[Sequence[IndexedDocument]],
    *,
    replaces: bool,
) -> Iterator[int]:
    """Do what `load` does with a table on a cluster, where relations are made and filled apart."""
    refuse_documents(old, replaces=replaces)
    with prepare_replacement(old, settings) as new:
        with new.writing():
            new.execute(DELETE_DOCUMENTS)
            new.execute(DELETE_TERMS)
        documents = 0
        for group in groups:
            with new.writing():
                insert(new, group)
                bm25.count_terms(new, added=[key_of(item) for item in group], deleted=[])
            documents += len(group)
            yield sum(len(item.chunks) for item in group)
        confirm(new, documents=documents, chunks=contents.chunks)
        with replacing(old, new):
            refuse_documents(old, replaces=replaces)


def open_or_create(
    connection: Connection,
    name: TableName,
    settings: TableSettings,
    found: Table | None,
    *,
    distributed: bool = False,
) -> Table:
    """Return the table that was found, as it is now, or an empty one that is made here."""
    if found and found.layout_version == LAYOUT_VERSION:
        current = find_table(connection, TableName(found.schema, found.name))
        if current:
            return current
    return create_or_migrate(connection, name, settings, distributed=distributed)


def refuse_documents(table: Table, *, replaces: bool) -> None:
    """Raise ArchiveError if the table has documents that must not be replaced."""
    documents = sum(table.select_column(int, COUNT_DOCUMENTS))
    if documents and not replaces:
        raise ArchiveError(
            f'the table "{table.name}" has {documents} documents already',
            hint="--replace puts the file's in their place; --table names another table",
        )


def make_replacement(old: Table, settings: TableSettings) -> Table:
    """Return the table that is to take the place of another one."""
    return replace(
        old,
        name=TEMPORARY + hashlib.sha256(old.name.encode()).hexdigest()[:16],
        model=settings.model,
        language=find_language(old.connection, settings.language),
        average_length=settings.average_length,
        layout_version=LAYOUT_VERSION,
    )


def confirm(table: Table, *, documents: int, chunks: int) -> None:
    """Raise DatabaseError unless all rows are there."""
    counts = [count for query in COUNT_ROWS for count in table.select_column(int, query)]
    if counts != [documents, chunks, chunks, chunks]:
        raise DatabaseError("the table does not have what was written", hint="import it again")


def insert(table: Table, items: Sequence[IndexedDocument]) -> None:
    """Insert all rows of documents."""
    table.copy_rows(COPY_DOCUMENTS, DOCUMENT_TYPES, map(document_row, items))
    table.copy_rows(COPY_CHUNKS, CHUNK_TYPES, (row for item in items for row in chunk_rows(item)))
    table.copy_rows(COPY_TERMS, TERM_TYPES, (row for item in items for row in term_rows(item)))
    table.copy_rows(
        COPY_VECTORS, VECTOR_TYPES, (row for item in items for row in vector_rows(item))
    )


def term_rows(item: IndexedDocument) -> Iterator[tuple[object, ...]]:
    """Yield the rows of COPY_TERMS."""
    key = key_of(item)
    for chunk, terms in zip(item.chunks, item.terms, strict=True):
        yield key, chunk.ordinal, pack_array(terms), pack_sparsevec(terms)


def vector_rows(item: IndexedDocument) -> Iterator[tuple[object, ...]]:
    """Yield the rows of COPY_VECTORS."""
    key = key_of(item)
    head = VECTOR_HEAD.pack(item.vectors.shape[1], 0) if len(item.vectors) else b""
    vectors = item.vectors.astype(">f2")
    for chunk, digest, vector, codes in zip(
        item.chunks, item.digests, vectors, item.word_codes, strict=True
    ):
        yield key, chunk.ordinal, digest, head + vector.tobytes(), codes


def pack_array(terms: TermWeights) -> bytes:
    """Write terms as an integer[] in the binary format: each number after its size."""
    count = len(terms.dimensions)
    if not count:
        return EMPTY_ARRAY
    values = np.full((count, 2), 4, ">i4")
    values[:, 1] = terms.dimensions
    return ARRAY_HEAD.pack(1, 0, INT4, count, 1) + values.tobytes()


def pack_sparsevec(terms: TermWeights) -> bytes:
    """Write terms as a sparsevec in the binary format; see `snapshot.unpack_terms`."""
    head = SPARSE_HEAD.pack(bm25.DIMENSIONS, len(terms.dimensions), 0)
    indices = (terms.dimensions - 1).astype(">i4").tobytes()
    return head + indices + terms.weights.astype(">f4").tobytes()
