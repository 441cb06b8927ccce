"""The store of documents in PostgreSQL.

What one command needs and another doesn't is imported by the method that uses it.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from psycopg import sql

from ragpg.store.statements import translate_errors
from ragpg.store.table import (
    AVERAGE_LENGTH,
    FIELDS_SINCE,
    LAYOUT_VERSION,
    TableSettings,
    document_id,
    list_document_ids,
)
from ragpg.store.table_registry import find_language, find_table, open_table
from ragpg.types import Document, PlaceMap, StoredDocument, TableName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ragpg.filters import Expression
    from ragpg.store.snapshot import Snapshot
    from ragpg.store.statements import Connection
    from ragpg.store.table import Table
    from ragpg.types import (
        Candidates,
        Corpus,
        EmbeddedDocument,
        Embedding,
        EmbeddingModel,
        HealthCheck,
        SearchRequest,
        StoreStatus,
    )

LIST_DOCUMENTS = """
SELECT source, origin, digest, recipe AS chunking_fingerprint, title, chunks, size, ingested,
    walked AS from_directory, metadata ? 'ragpg:places' AS converted, {modified} AS modified,
    CASE WHEN origin IS NULL THEN metadata ->> 'commit' END AS commit
FROM {document} ORDER BY source
"""

FIND_DOCUMENTS = "SELECT source FROM {document} AS document WHERE {condition} ORDER BY source"

READ_PLACES = """
SELECT source, metadata -> 'ragpg:places' FROM {document}
WHERE doc_id = ANY(%s) AND metadata ? 'ragpg:places'
"""

READ_DOCUMENT = """
SELECT source, origin, digest, size, title, metadata, body_start,
    walked AS from_directory, {modified} AS modified, {whole_text} AS text
FROM {document} AS document WHERE doc_id = ANY(%s)
"""

COUNT_ROWS = """
SELECT document.doc_id, ARRAY[
    chunks,
    (SELECT count(*) FROM {chunk} AS chunk WHERE chunk.doc_id = document.doc_id),
    (SELECT count(*) FROM {lexical} AS lexical WHERE lexical.doc_id = document.doc_id),
    (SELECT count(*) FROM {embedding} AS embedding WHERE embedding.doc_id = document.doc_id)
] AS counts
FROM {document} AS document WHERE doc_id = ANY(%s)
"""

UPDATE_ORIGIN = """
UPDATE {document} SET origin = %s, walked = %s, metadata = coalesce(%s::jsonb, metadata)
WHERE doc_id = ANY(%s)
"""
SET_MODIFIED = """
UPDATE {document} SET modified = %s WHERE doc_id = ANY(%s) AND modified IS NULL
"""


@dataclass(slots=True)
class PostgresStore:
    """A `ChunkIndex` and `DocumentStore` in PostgreSQL; whoever opened the connection closes it."""

    table: Table

    @classmethod
    def open(
        cls,
        connection: Connection,
        table: str,
        *,
        lock_timeout: float | None = None,
        distributed: bool = False,
    ) -> PostgresStore:
        """Open a table that is there; raises NothingIngestedError where there is none.

        `lock_timeout` and `distributed` are the table's.
        """
        opened = open_table(connection, TableName.parse(table))
        return cls(replace(opened, lock_timeout=lock_timeout, distributed=distributed))

    @classmethod
    def create(
        cls,
        connection: Connection,
        table: str,
        *,
        model: EmbeddingModel,
        language: str,
        average_length: float = AVERAGE_LENGTH,
        lock_timeout: float | None = None,
        distributed: bool = False,
    ) -> PostgresStore:
        """Open a table to write, and create it where there is none.

        `lock_timeout` and `distributed` are the table's.

        Raises ModelMismatchError if it holds another model's vectors.
        """
        name, settings = TableName.parse(table), TableSettings(model, language, average_length)
        with translate_errors(connection):
            opened = find_table(connection, name)
        if opened is None or opened.layout_version < LAYOUT_VERSION:
            from ragpg.store.create import create_or_migrate

            opened = create_or_migrate(
                connection, name, settings, lock_timeout=lock_timeout, distributed=distributed
            )
        opened.check_model(model)
        return cls(replace(opened, lock_timeout=lock_timeout, distributed=distributed))

    @property
    def model(self) -> EmbeddingModel:
        """The embedding model that the table was created with."""
        return self.table.model

    def uses_language(self, language: str) -> bool:
        """Return whether its keywords are parsed in a language; raises ConfigurationError."""
        with translate_errors(self.table.connection):
            return self.table.language == find_language(self.table.connection, language)

    def check_model(self, model: EmbeddingModel) -> None:
        """Raise ModelMismatchError unless the table holds this model's vectors."""
        self.table.check_model(model)

    def search(self, request: SearchRequest) -> Candidates:
        """Return the best chunks of each retriever."""
        from ragpg.store.retrievers import search

        return search(self.table, request)

    def read_corpus(self, request: SearchRequest) -> Corpus:
        """Return the documents that pass globs and filter, with the vectors of their chunks."""
        from ragpg.store.corpus import read_corpus

        return read_corpus(self.table, request)

    def list_documents(self) -> list[StoredDocument]:
        """Return all documents, ordered by source."""
        with translate_errors(self.table.connection):
            return self.table.select(
                StoredDocument, LIST_DOCUMENTS, modified=modified_column(self.table)
            )

    def find_documents(self, expression: Expression) -> list[str]:
        """Return the sources of the documents that a filter holds for, sorted."""
        from ragpg.store.filter_sql import filter_condition

        parameters: dict[str, Any] = {}
        condition = filter_condition(self.table, expression, parameters)
        with translate_errors(self.table.connection):
            rows = self.table.execute(FIND_DOCUMENTS, parameters, condition=condition).fetchall()
        return [source for (source,) in rows]

    def read_document(self, source: str) -> Document | None:
        """Return a document with its text, verbatim; None where there is none."""
        with translate_errors(self.table.connection):
            documents = self.table.select(
                Document,
                READ_DOCUMENT,
                [list_document_ids(source)],
                modified=modified_column(self.table),
            )
        return documents[0] if documents else None

    @contextmanager
    def take_snapshot(self) -> Iterator[Snapshot]:
        """Yield all that the table holds at this moment."""
        from ragpg.store.snapshot import take_snapshot

        with take_snapshot(self.table) as snapshot:
            yield snapshot

    def read_places(self, sources: Iterable[str]) -> dict[str, PlaceMap]:
        """Return the places of those documents that were converted, by source."""
        doc_ids = [key for source in sources for key in list_document_ids(source)]
        with translate_errors(self.table.connection):
            rows = self.table.execute(READ_PLACES, [doc_ids]).fetchall()
        return {source: PlaceMap.from_json(marks) for source, marks in rows}

    def find_embeddings(self, digests: Iterable[bytes]) -> Mapping[bytes, Embedding]:
        """Return the stored embeddings of texts, by `Chunk.digest`."""
        from ragpg.store.embeddings import find_embeddings

        return find_embeddings(self.table, digests)

    def find_incomplete(self, chunks: Mapping[str, int]) -> list[str]:
        """Return the sources whose chunks, vectors or keywords are not as many as expected."""
        keys = {source: document_id(source) for source in chunks}
        with translate_errors(self.table.connection):
            rows = self.table.execute(COUNT_ROWS, [list(keys.values())]).fetchall()
        counts = {doc_id: set(counted) for doc_id, counted in rows}
        return sorted(s for s, key in keys.items() if counts.get(key) != {chunks[s]})

    def upsert(self, documents: Sequence[EmbeddedDocument]) -> list[bool]:
        """Insert or replace documents of different sources, all in one transaction."""
        from ragpg.store.write import upsert

        return upsert(self.table, documents)

    def find_written(self, documents: Sequence[EmbeddedDocument]) -> list[bool]:
        """Return for each document whether it is stored, after an interrupted `upsert`."""
        from ragpg.store.write import find_written

        return find_written(self.table, documents)

    def update_origin(
        self,
        source: str,
        *,
        origin: str | None,
        from_directory: bool,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Record where an unchanged document is read from now, and its metadata, if given."""
        from psycopg.types.json import Jsonb

        from ragpg.store.write import write_transaction

        new = None if metadata is None else Jsonb(metadata)
        doc_ids = list_document_ids(source)
        with write_transaction(self.table, doc_ids=doc_ids) as table:
            table.execute(UPDATE_ORIGIN, [origin, from_directory, new, doc_ids])

    def record_modified(self, times: Mapping[str, datetime]) -> None:
        """Record when the files of documents were last modified, where that is not known yet."""
        from ragpg.store.write import write_transaction

        rows = [(time, list_document_ids(source)) for source, time in times.items()]
        with write_transaction(self.table) as table, table.connection.cursor() as cursor:
            cursor.executemany(table.statement(SET_MODIFIED), rows)

    def remove(self, sources: Sequence[str]) -> None:
        """Remove documents, all in one transaction; unknown sources are ignored."""
        from ragpg.store.write import delete

        delete(self.table, sources)

    @contextmanager
    def prepare_replacement(
        self, *, model: EmbeddingModel, language: str, average_length: float = AVERAGE_LENGTH
    ) -> Iterator[PostgresStore]:
        """Yield a store to fill beside this one; one that was left unfinished is gone on with."""
        from ragpg.store.rebuild import prepare_replacement

        settings = TableSettings(model, language, average_length)
        with prepare_replacement(self.table, settings) as new:
            yield PostgresStore(new)

    @contextmanager
    def replace_by(self, new: PostgresStore) -> Iterator[None]:
        """Let writers wait, and put the new store in the place of this one in one transaction."""
        from ragpg.store.rebuild import replacing

        with replacing(self.table, new.table):
            yield
        self.reopen()

    def reopen(self) -> None:
        """Read again what the table is: it, or its index over vectors, was replaced."""
        opened = open_table(self.table.connection, TableName(self.table.schema, self.table.name))
        self.table = replace(
            opened, lock_timeout=self.table.lock_timeout, distributed=self.table.distributed
        )

    def build_vector_index(self, *, added: float = math.inf) -> Iterator[float]:
        """Build the vector index where it is needed; yields the share that is built."""
        from ragpg.store.vector_index import needs_index, rebuild_index

        if needs_index(self.table, added=added):
            yield from rebuild_index(self.table)
            self.reopen()

    def drop(self) -> None:
        """Drop the table, on a connection of its own: the store's may be in any state."""
        from ragpg.store.rebuild import drop_at_once

        drop_at_once(self.table)

    def vacuum(self) -> None:
        """Remove dead rows and update the planner's statistics."""
        self.table.vacuum()

    def grant(self, role: str, *, read_only: bool, apply: bool) -> list[str]:
        """Return the statements that let a role use the table; with `apply`, execute them too."""
        from ragpg.store.grants import execute_all, make_grants

        statements = make_grants(self.table, role, read_only=read_only)
        if apply:
            execute_all(self.table, statements)
        return [statement.as_string(self.table.connection) for statement in statements]

    def status(self) -> StoreStatus:
        """Return counts and sizes, and the results of all health checks."""
        from ragpg.store.health import status

        return status(self.table)

    def measure(self) -> list[HealthCheck]:
        """Return the results of the checks that search and compare; takes seconds."""
        from ragpg.store.measuring import measure

        return measure(self.table)

    def repair(self, checks: Sequence[HealthCheck]) -> Iterator[str]:
        """Do what the results of checks advise, and yield what was done."""
        from ragpg.store.repair import repair

        yield from repair(self.table, checks)
        self.reopen()


def modified_column(table: Table) -> sql.SQL:
    """Return the column that says when a file was modified; older layouts have none."""
    has_column = table.layout_version >= FIELDS_SINCE
    return sql.SQL("modified") if has_column else sql.SQL("NULL::timestamptz")
