"""Advisory locks that a transaction holds, and how long it waits for those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from ragpg.store.statements import Connection


def limit_waits(seconds: float | None) -> list[sql.Composed]:
    """Return the setting of a transaction that ends a wait for others' locks; None is no limit."""
    if seconds is None:
        return []
    milliseconds = max(1, round(seconds * 1000))
    return [sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(milliseconds))]


def acquire_lock(connection: Connection, *names: str) -> None:
    """Wait for the advisory locks of these names, in order, and hold them for the transaction.

    Callers that take several take them in the same order, so that they do not deadlock.
    """
    query = """
        SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%s::text[]) AS name
    """
    connection.execute(query, [list(names)])


def share_lock(connection: Connection, name: str) -> None:
    """Wait for an advisory lock, and share it with others that do until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [name])
