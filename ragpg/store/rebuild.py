"""A table is replaced as a whole: with another model or another language.

The new one is filled beside the old one, document by document, so that what is done survives a
kill. At the end it takes the old one's place in one transaction.
"""

from __future__ import annotations

import hashlib
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, LiteralString

from psycopg import sql

from ragpg.errors import DatabaseError
from ragpg.store.connection import duplicate, end_session
from ragpg.store.ddl import create_indexes, create_relations
from ragpg.store.distribution import is_distributed
from ragpg.store.error_messages import Access
from ragpg.store.grants import copy_privileges
from ragpg.store.locks import acquire_lock, limit_waits
from ragpg.store.statements import translate_errors
from ragpg.store.table import INDEXES, LAYOUT_VERSION, RELATIONS, REPLACEMENT
from ragpg.store.table_registry import find_language, find_table
from ragpg.store.vector_index import needs_index, replace_index
from ragpg.store.waits import announce_waits
from ragpg.types import HealthCheck, Level, TableName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.store.table import Table, TableSettings

NO_IDLE_TIMEOUT = sql.SQL("SET LOCAL idle_in_transaction_session_timeout = 0")
"""Documents are embedded while the transaction is open."""

LOCK = "LOCK TABLE {document}, {chunk}, {lexical}, {term}, {embedding} IN ACCESS EXCLUSIVE MODE"
DROP = "DROP TABLE IF EXISTS {embedding}, {term}, {lexical}, {chunk}, {document}"
FIND_UNFINISHED = """
SELECT model ->> 'name' FROM {registry} WHERE name = %s AND to_regclass(%s) IS NOT NULL
"""
UNREGISTER = "DELETE FROM {registry} WHERE name = %s"
RENAME_REGISTRATION = "UPDATE {registry} SET name = %s WHERE name = %s"

# Its name has a number at the end where the table that is replaced was filled like this one.
FIND_KEY = """
SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = %s::regclass AND indisprimary AND to_regclass(%s) IS NULL
"""


@contextmanager
def prepare_replacement(table: Table, settings: TableSettings) -> Iterator[Table]:
    """Yield a table to fill beside this one, while no other process does the same.

    It has what an earlier run with the same settings wrote, which was killed; what was for others
    is dropped. Readers and writers use this table meanwhile.
    """
    with hold_rebuild(table):
        with table.writing(access=Access.CREATE):
            refuse_rebuilt(table)
            new = replace(
                table,
                name=replacement_name(table),
                model=settings.model,
                language=find_language(table.connection, settings.language),
                average_length=settings.average_length,
                layout_version=LAYOUT_VERSION,
                distributed=table.distributed or is_distributed(table),
            )
            left = find_replacement(table)
            if left != new or not is_whole(new) or is_distributed(new) != new.distributed:
                if left:
                    drop(left)
                create_relations(new)
                create_indexes(new)
        yield new


@contextmanager
def hold_rebuild(table: Table) -> Iterator[None]:
    """Keep other processes from a rebuild of the table.

    The lock is that of a transaction on a second connection: behind pgbouncer no other lock
    outlives a transaction.
    """
    limit = table.lock_timeout
    with translate_errors(table.connection):
        guard = duplicate(table.connection)
    with closing(guard):
        guard.autocommit = False
        with announce_waits(guard, limit=limit), translate_errors(guard):
            guard.execute(NO_IDLE_TIMEOUT)
            for setting in limit_waits(limit):
                guard.execute(setting)
            acquire_lock(guard, f"{table} rebuild")
        yield


def refuse_rebuilt(table: Table) -> None:
    """Raise DatabaseError if the table has another model or language than when it was opened."""
    current = find_table(table.connection, TableName(table.schema, table.name))
    if current is None or (current.model, current.language) != (table.model, table.language):
        raise DatabaseError(
            f'another process has rebuilt the table "{table}"',
            hint="run the command again",
        )


@contextmanager
def replacing(old: Table, new: Table) -> Iterator[None]:
    """Let writers wait, and put the new table in the old one's place at the end."""
    with old.transaction(NO_IDLE_TIMEOUT, *limit_waits(old.lock_timeout), access=Access.CREATE):
        old.lock()
        yield
        replace_index(new, needs_index)
        copy_privileges(old, new)
        swap(new, old)


def replacement_name(table: Table) -> str:
    """Return the name of the table that is filled beside this one."""
    return REPLACEMENT + hashlib.sha256(table.name.encode()).hexdigest()[:16]


def find_replacement(table: Table) -> Table | None:
    """Return the table that an unfinished rebuild has left."""
    return find_table(table.connection, TableName(table.schema, replacement_name(table)))


def is_whole(table: Table) -> bool:
    """Return whether nobody has dropped a part of a table."""
    query = "SELECT count(to_regclass(name)) FROM unnest(%s::text[]) AS name"
    return table.select_column(int, query, [table.regclasses]) == [len(RELATIONS)]


def check_unfinished(table: Table) -> list[HealthCheck]:
    """Warn of a rebuild that was ended early, or is at work."""
    new = replace(table, name=replacement_name(table))
    models = table.select_column(str, FIND_UNFINISHED, [new.name, new.regclass("document")])
    return [
        HealthCheck(
            "rebuild",
            Level.WARNING,
            f'a rebuild with the model "{model}" was ended early, or is at work',
            f"`ragpg ingest --rebuild` finishes it; to give it up: "
            f"DROP TABLE {', '.join(new.regclasses)};",
        )
        for model in models
    ]


def drop(table: Table) -> None:
    """Drop a table, as far as it is there."""
    table.execute(DROP)
    table.execute(UNREGISTER, [table.name])


def drop_at_once(table: Table) -> None:
    """Drop a table on a second connection, and end what the first one is doing."""
    with translate_errors(table.connection):
        other = duplicate(table.connection)
    with closing(other), translate_errors(other):
        end_session(table.connection, other)
        mine = replace(table, connection=other)
        with mine.writing():
            drop(mine)


def swap(new: Table, old: Table) -> None:
    """Drop the old table and give its names to the new one."""
    old.execute(LOCK)
    drop(old)
    old.execute(RENAME_REGISTRATION, [old.name, new.name])
    for kind, suffixes in (("TABLE", RELATIONS), ("INDEX", INDEXES)):
        for suffix in suffixes.values():
            rename(old, kind, new.name + suffix, old.name + suffix)
    for suffix in RELATIONS.values():
        key = old.identifier(f"{suffix}_pkey").as_string()
        for name in old.select_column(str, FIND_KEY, [old.identifier(suffix).as_string(), key]):
            rename(old, "INDEX", name, f"{old.name}{suffix}_pkey")


def rename(table: Table, kind: LiteralString, name: str, new_name: str) -> None:
    """Rename a relation of this kind in the table's schema, if it is there."""
    statement = sql.SQL("ALTER {} IF EXISTS {} RENAME TO {}").format(
        sql.SQL(kind), sql.Identifier(table.schema, name), sql.Identifier(new_name)
    )
    table.connection.execute(statement)
