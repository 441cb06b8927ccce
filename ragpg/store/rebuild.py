"""All documents anew: with another model or another language."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from psycopg import sql

from ragpg.store.connection import reported, transaction
from ragpg.store.ddl import make_indexes, make_tables
from ragpg.store.keywords import count_terms
from ragpg.store.names import INDEXES, TABLES
from ragpg.store.registry import check_dimension, find_language, lock
from ragpg.store.vector_index import build_quickly
from ragpg.store.write import check_vectors, put_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.store.connection import Connection
    from ragpg.store.names import Table
    from ragpg.types import Chunk, Document, Embedding, EmbeddingModel

PATIENT = sql.SQL("SET LOCAL idle_in_transaction_session_timeout = 0")
"""Documents are embedded while the transaction waits."""

LOCKED = "LOCK TABLE {document}, {chunk}, {lexical}, {term}, {embedding} IN ACCESS EXCLUSIVE MODE"
DROPPED = "DROP TABLE {embedding}, {term}, {lexical}, {chunk}, {document}"
FORGOTTEN = "DELETE FROM {registry} WHERE name = %s"
RENAMED = "UPDATE {registry} SET name = %s WHERE name = %s"


@dataclass(frozen=True, slots=True)
class NewTable:
    """A table that is being filled; fulfils `Writer` for documents that are put in once."""

    connection: Connection
    table: Table

    def upsert(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        embeddings: Sequence[Embedding],
        *,
        chunking_fingerprint: bytes,
        previous_source: str | None = None,  # noqa: ARG002  # there is nothing old in here
    ) -> bool:
        """Insert a document; its terms are counted at the end, together with all others."""
        check_vectors(embeddings, table=self.table)
        with reported(self.connection):
            put_rows(
                self.connection,
                self.table,
                document,
                chunks,
                embeddings,
                chunking_fingerprint=chunking_fingerprint,
            )
        return True


@contextmanager
def rebuilding(
    connection: Connection,
    table: Table,
    *,
    model: EmbeddingModel,
    language: str,
    average_length: float,
) -> Iterator[NewTable]:
    """Give a new table to fill, which takes the place of the old one at the end.

    Until then readers see the old rows; writers wait.
    """
    check_dimension(model)
    with transaction(connection, PATIENT):
        lock(connection, str(table))
        fresh = replace(
            table,
            name="ragpg_rebuild_" + hashlib.sha256(table.name.encode()).hexdigest()[:16],
            model=model,
            language=find_language(connection, language),
            average_length=average_length,
        )
        make_tables(connection, fresh)
        yield NewTable(connection, fresh)
        count_terms(connection, fresh, added=keys(connection, fresh), gone=[])
        make_indexes(connection, fresh)
        build_quickly(connection, fresh)
        swap(connection, fresh, table)


def keys(connection: Connection, table: Table) -> list[int]:
    """The keys of all documents."""
    return [key for (key,) in connection.execute(table.statement("SELECT doc_id FROM {document}"))]


def swap(connection: Connection, fresh: Table, old: Table) -> None:
    """Put a table in the place of another one."""
    connection.execute(old.statement(LOCKED))
    connection.execute(old.statement(DROPPED))
    connection.execute(old.statement(FORGOTTEN), [old.name])
    connection.execute(old.statement(RENAMED), [old.name, fresh.name])
    for kind, suffixes in (("TABLE", TABLES), ("INDEX", INDEXES)):
        for suffix in suffixes.values():
            rename = sql.SQL("ALTER {} {} RENAME TO {}").format(
                sql.SQL(kind), fresh.identifier(suffix), sql.Identifier(old.name + suffix)
            )
            connection.execute(rename)
