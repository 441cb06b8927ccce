"""A table is replaced as a whole: with another model or another language."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from psycopg import sql

from ragpg.store.bm25 import count_terms
from ragpg.store.connection import transaction, translate_errors
from ragpg.store.ddl import create_indexes, create_relations
from ragpg.store.error_messages import Access
from ragpg.store.grants import copy_privileges
from ragpg.store.locks import limit_waits
from ragpg.store.table import INDEXES, RELATIONS
from ragpg.store.table_registry import find_language
from ragpg.store.vector_index import build
from ragpg.store.write import DocumentRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.store.table import Table, TableSettings
    from ragpg.types import Chunk, Document, Embedding

NO_IDLE_TIMEOUT = sql.SQL("SET LOCAL idle_in_transaction_session_timeout = 0")
"""Documents are embedded while the transaction is open."""

LOCK = "LOCK TABLE {document}, {chunk}, {lexical}, {term}, {embedding} IN ACCESS EXCLUSIVE MODE"
DROP = "DROP TABLE {embedding}, {term}, {lexical}, {chunk}, {document}"
UNREGISTER = "DELETE FROM {registry} WHERE name = %s"
RENAME_REGISTRATION = "UPDATE {registry} SET name = %s WHERE name = %s"


@dataclass(frozen=True, slots=True)
class NewTable:
    """A `DocumentWriter` for a new table: it inserts, so each document is written once."""

    table: Table

    def upsert(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        embeddings: Sequence[Embedding],
        *,
        chunking_fingerprint: bytes,
        previous_source: str | None = None,  # noqa: ARG002  # the new table has no older rows
    ) -> bool:
        """Insert a document; its terms are counted at the end, together with all others."""
        rows = DocumentRows(document, chunks, embeddings, chunking_fingerprint)
        rows.check_vectors(self.table)
        with translate_errors(self.table.connection):
            rows.insert(self.table)
        return True


@contextmanager
def rebuild(table: Table, settings: TableSettings) -> Iterator[NewTable]:
    """Yield a new table to fill, which replaces the old one at the end, in one transaction.

    Readers see the old rows until then; writers wait.
    """
    limits = limit_waits(table.lock_timeout)
    with transaction(table.connection, NO_IDLE_TIMEOUT, *limits, access=Access.CREATE):
        table.lock()
        new = replace(
            table,
            name="ragpg_rebuild_" + hashlib.sha256(table.name.encode()).hexdigest()[:16],
            model=settings.model,
            language=find_language(table.connection, settings.language),
            average_length=settings.average_length,
        )
        create_relations(new)
        yield NewTable(new)
        added = new.select_column(int, "SELECT doc_id FROM {document}")
        count_terms(new, added=added, deleted=[])
        create_indexes(new)
        build(new)
        copy_privileges(table, new)
        swap(new, table)


def swap(new: Table, old: Table) -> None:
    """Drop the old table and give its names to the new one."""
    old.execute(LOCK)
    old.execute(DROP)
    old.execute(UNREGISTER, [old.name])
    old.execute(RENAME_REGISTRATION, [old.name, new.name])
    for kind, suffixes in (("TABLE", RELATIONS), ("INDEX", INDEXES)):
        for suffix in suffixes.values():
            rename = sql.SQL("ALTER {} {} RENAME TO {}").format(
                sql.SQL(kind), new.identifier(suffix), sql.Identifier(old.name + suffix)
            )
            old.connection.execute(rename)
