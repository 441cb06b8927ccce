"""A table is filled from an export, in one transaction, without embedding or parsing anything.

The rows go into new relations without indexes, which take the place of the old ones when all is
there and indexed: to fill an index row by row takes several times as long.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from ragpg.errors import ArchiveError, DatabaseError
from ragpg.store.binary_format import pack_halfvec
from ragpg.store.create import create_or_migrate
from ragpg.store.ddl import create_indexes, create_relations
from ragpg.store.distribution import is_distributed
from ragpg.store.error_messages import Access
from ragpg.store.grants import copy_privileges
from ragpg.store.locks import limit_waits
from ragpg.store.rebuild import NO_IDLE_TIMEOUT, prepare_replacement, replacing, swap
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
)
from ragpg.store.statements import transaction, translate_errors
from ragpg.store.table import LAYOUT_VERSION, TableSettings
from ragpg.store.table_registry import find_language, find_table
from ragpg.store.terms import COUNT_ALL_TERMS, FORGET_TERMS, copy_terms, count_terms
from ragpg.store.vector_index import build
from ragpg.types import TableName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.store.statements import Connection
    from ragpg.store.table import Table
    from ragpg.types import IndexedDocument, TableContents, TermWeights

TEMPORARY = "ragpg_import_"
"""With this begins the name of the table that an import fills; nobody else ever sees it."""

DELETE_DOCUMENTS = "DELETE FROM {document}"
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
    documents = 0
    for group in groups:
        insert(new, group)
        documents += len(group)
        yield sum(len(item.chunks) for item in group)
    new.execute(COUNT_ALL_TERMS)
    create_indexes(new)
    build(new, chunks=contents.chunks)
    confirm(new, documents=documents, chunks=contents.chunks)
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
            new.execute(FORGET_TERMS)
        documents = 0
        for group in groups:
            with new.writing():
                insert(new, group)
                count_terms(new, added=list_terms(group), deleted=[])
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
    copy_terms(table, chunk_keys(items), list_terms(items))
    table.copy_rows(
        COPY_VECTORS, VECTOR_TYPES, (row for item in items for row in vector_rows(item))
    )


def list_terms(items: Sequence[IndexedDocument]) -> list[TermWeights]:
    """Return the terms of the chunks of documents."""
    return [terms for item in items for terms in item.terms]


def vector_rows(item: IndexedDocument) -> Iterator[tuple[object, ...]]:
    """Yield the rows of COPY_VECTORS."""
    key = key_of(item)
    for chunk, digest, vector, codes in zip(
        item.chunks, item.digests, item.vectors, item.word_codes, strict=True
    ):
        yield key, chunk.ordinal, digest, pack_halfvec(vector), codes
