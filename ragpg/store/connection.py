"""Connections and transactions."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from psycopg import conninfo, errors, pq, sql

from ragpg.errors import ConfigurationError, DatabaseError
from ragpg.store import error_messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

OLDEST_SERVER = 14
"""PostgreSQL's oldest major version that works."""

# psycopg logs a roll-back that a lost connection made impossible; the error itself says it all.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Target:
    """A database to connect to.

    `parameters` are psycopg's keyword arguments, and only what the user gave: `{"conninfo": url}`
    or `{"host": …, "port": …}`. libpq's variables and files fill in the rest. They are kept out of
    every text, as a password may be among them.
    """

    parameters: Mapping[str, str | int] = field(repr=False)

    def place(self) -> dict[str, str]:
        """What libpq makes of the parameters, and `at`, the server's address, for people."""
        defaults = {
            option.keyword.decode(): option.val.decode()
            for option in pq.Conninfo.get_defaults()
            if option.val
        }
        given = {name: str(value) for name, value in merged(self.parameters).items()}
        # What psycopg does where libpq's own default is a socket, or patience without end.
        fallbacks = {"host": "localhost", "connect_timeout": "130"}
        place = {**fallbacks, **defaults, **given}
        place.setdefault("dbname", place["user"])
        return {**place, "at": error_messages.address(place["host"], place["port"])}

    def __str__(self) -> str:
        place = self.place()
        return f"{place['at']}, database {error_messages.quoted(place['dbname'])}"


def merged(parameters: Mapping[str, str | int]) -> dict[str, Any]:
    """A URL's parts and the other parameters in one; raises ConfigurationError."""
    given: dict[str, Any] = dict(parameters)
    try:
        return conninfo.conninfo_to_dict(**given)
    except psycopg.ProgrammingError:
        # Its text may quote the password: nothing of it may be seen, not even as the cause.
        raise ConfigurationError(
            "the connection's URL or parameters are not what PostgreSQL understands",
            hint="dbUrl is postgresql://user@host:5432/database, special characters as %20",
        ) from None


def connect(target: Target) -> Connection:
    """Connect, or say in one line why that is not possible; raises DatabaseError."""
    parameters = {"fallback_application_name": "ragpg", **merged(target.parameters)}
    try:
        connection = psycopg.connect(
            **{**parameters, "client_encoding": "utf8"},
            autocommit=True,
            # A generic plan would outlive the settings that a search makes, and behind pgbouncer
            # the next transaction may run on another connection.
            prepare_threshold=None,
        )
    except psycopg.Error as error:
        raise error_messages.refused(error, place=reached(error, target)) from error
    try:
        check_server(connection)
    except DatabaseError:
        connection.close()
        raise
    return connection


def another(connection: Connection) -> Connection:
    """Connect once more to the same database as the same user."""
    info = connection.info
    return psycopg.connect(
        info.dsn, password=info.password or None, autocommit=True, prepare_threshold=None
    )


def reached(error: psycopg.Error, target: Target) -> dict[str, str]:
    """The place that an attempt really went to, where libpq knows it (a service file names it)."""
    place = target.place()
    if error.pgconn is not None and error.pgconn.host:
        host, port = error.pgconn.host.decode(), error.pgconn.port.decode()
        place |= {"host": host, "port": port, "at": error_messages.address(host, port)}
        place |= {"user": error.pgconn.user.decode(), "dbname": error.pgconn.db.decode()}
    return place


def check_server(connection: Connection) -> None:
    """Refuse a server that is too old, and a database that cannot hold every character."""
    info = connection.info
    at = error_messages.address(info.host, str(info.port))
    check_version(info.server_version, at=at)
    encoding = info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DatabaseError(
            f"the database {error_messages.quoted(info.dbname)} at {at} "
            f"has the encoding {encoding}, not UTF8",
            hint="create one for ragpg: createdb -T template0 -E UTF8 NAME, and set dbName",
        )


def check_version(version: int, *, at: str) -> None:
    """Refuse a server that is too old; `version` as libpq gives it: 140011 is 14.11."""
    if version < OLDEST_SERVER * 10_000:
        raise DatabaseError(
            f"{at} runs PostgreSQL {version // 10_000}, which is too old",
            hint=f"ragpg needs PostgreSQL {OLDEST_SERVER} or newer",
        )


def ensure_database(target: Target, name: str) -> None:
    """Create a database for UTF-8 text, if there is none of that name; PostgreSQL 17 or newer.

    Its locale is built into the server, so that words fold alike on every machine.
    """
    with connect(target) as connection, reported(connection):
        if database_exists(connection, name):
            return
        statement = sql.SQL(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
            " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
        ).format(sql.Identifier(name))
        # Another process may do the same at this moment.
        with suppress(errors.DuplicateDatabase, errors.UniqueViolation):
            connection.execute(statement)


def database_exists(connection: Connection, name: str) -> bool:
    """Whether the server has a database of that name."""
    query = "SELECT FROM pg_catalog.pg_database WHERE datname = %s"
    return connection.execute(query, [name]).rowcount == 1


@contextmanager
def reported(connection: Connection) -> Iterator[None]:
    """Turn psycopg's errors into DatabaseError."""
    try:
        yield
    except psycopg.Error as error:
        raise error_messages.failed(error, connection=connection) from error


@contextmanager
def transaction(connection: Connection, *settings: sql.Composable) -> Iterator[None]:
    """Run a transaction (within another one: a savepoint) that begins with `settings`.

    All of them travel in one round trip. They are made in each transaction, since behind pgbouncer
    no two transactions need to be on the same connection.
    """
    with reported(connection), connection.transaction():
        if settings:
            connection.execute(sql.SQL("; ").join(settings))
        yield
