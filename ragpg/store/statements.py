"""Transactions, and queries whose rows are values."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString, TypeAlias, TypeVar

import psycopg
from psycopg import sql
from psycopg.rows import args_row, kwargs_row

from ragpg.store.error_messages import Access, statement_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Query: TypeAlias = LiteralString | sql.SQL | sql.Composed

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"
T = TypeVar("T")

ONE_SNAPSHOT = sql.SQL("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
"""The isolation of a transaction all of whose statements see the same rows, and write none."""


@contextmanager
def translate_errors(connection: Connection, *, access: Access = Access.READ) -> Iterator[None]:
    """Turn psycopg's errors into DatabaseError."""
    try:
        yield
    except psycopg.Error as error:
        raise statement_error(error, connection=connection, access=access) from error


@contextmanager
def transaction(
    connection: Connection, *settings: Query, access: Access = Access.READ
) -> Iterator[None]:
    """Run a transaction (inside another one: a savepoint) that begins with `settings`.

    All of them travel in one round trip, each as a statement of its own: Citus sends a string with
    several statements to all nodes. Each transaction makes its own, since behind pgbouncer two
    transactions may run on different connections.
    """
    with translate_errors(connection, access=access), connection.transaction():
        if settings:
            with in_one_trip(connection):
                for setting in settings:
                    connection.execute(setting)
        yield


@contextmanager
def in_one_trip(connection: Connection) -> Iterator[None]:
    """Send the statements of the body without waiting for the answer to each."""
    if not psycopg.Pipeline.is_supported():  # a libpq before 14
        yield
        return
    with connection.pipeline():
        yield


def select(
    connection: Connection,
    make: Callable[..., T],
    query: Query,
    parameters: Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    binary: bool = False,
    prepared: bool = False,
) -> list[T]:
    """Return the rows of a query; `make` is called with the columns by their names.

    Long rows are read faster in the `binary` format. A query is `prepared` where the connection
    allows it, and its plan must not depend on the parameters.
    """
    cursor = connection.cursor(row_factory=kwargs_row(make))
    return cursor.execute(query, parameters, binary=binary, prepare=prepared or None).fetchall()


def select_column(
    connection: Connection,
    make: Callable[[Any], T],
    query: Query,
    parameters: Sequence[Any] | Mapping[str, Any] | None = None,
) -> list[T]:
    """Return the values of a query with one column."""
    cursor = connection.cursor(row_factory=args_row(make))
    return cursor.execute(query, parameters).fetchall()
