"""Connections to PostgreSQL."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import conninfo, errors, pq, sql

from ragpg.errors import ConfigurationError, DatabaseError
from ragpg.patience import POLL_INTERVAL
from ragpg.store.error_messages import (
    connection_error,
    format_address,
    quote_identifier,
)
from ragpg.store.retrying import connect_patiently
from ragpg.store.statements import translate_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.store.statements import Connection

OLDEST_SERVER = 14
"""The oldest supported major version of PostgreSQL."""
ONLY_ON_DEMAND = 2**31 - 1
"""Executions after which psycopg prepares a statement that is not said to be `prepared`."""
OLDEST_WITHHOLDING_LIBRARY = 16
"""The oldest major version of libpq that can keep a password from a server."""

FIND_SESSION = "SELECT FROM pg_catalog.pg_stat_activity WHERE pid = %s"
END_TIMEOUT = 2.0
"""Seconds that an interrupted command waits for the end of its session; chosen by hand."""

# psycopg logs the roll-back that a lost connection makes impossible; the error is enough.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Target:
    """A database to connect to.

    `parameters` are psycopg's keyword arguments, and only what the user gave: `{"conninfo": url}`
    or `{"host": …, "port": …}`. libpq's variables and files fill in the rest. They are kept out of
    every message, as a password may be among them. `is_direct` is whether the server is reached
    without a pooler: only then a prepared statement is still there in the next transaction.
    `embedded_data` is the directory of the embedded PostgreSQL, if it is that.
    """

    parameters: Mapping[str, str | int] = field(repr=False)
    is_direct: bool = False
    embedded_data: str | None = None

    def resolve(self) -> dict[str, str]:
        """Return libpq's parameters with their defaults, and `at`, the address for messages."""
        defaults = {
            option.keyword.decode(): option.val.decode()
            for option in pq.Conninfo.get_defaults()
            if option.val
        }
        own = {name: str(value) for name, value in merge_parameters(self.parameters).items()}
        # psycopg's values where libpq defaults to a socket and to no timeout.
        fallbacks = {"host": "localhost", "connect_timeout": "130"}
        place = {**fallbacks, **defaults, **own}
        place.setdefault("dbname", place["user"])
        return {**place, "at": format_address(place["host"], place["port"])}

    def __str__(self) -> str:
        place = self.resolve()
        return f"{place['at']}, database {quote_identifier(place['dbname'])}"


def merge_parameters(parameters: Mapping[str, str | int]) -> dict[str, Any]:
    """Split a URL and add the other parameters; raises ConfigurationError."""
    arguments: dict[str, Any] = dict(parameters)
    try:
        return conninfo.conninfo_to_dict(**arguments)
    except psycopg.ProgrammingError:
        # Its text may quote the password, and must not be shown, not even as the cause.
        raise ConfigurationError(
            "the connection's URL or parameters are not what PostgreSQL understands",
            hint="dbUrl is postgresql://user@host:5432/database, special characters as %20",
        ) from None


def connect(target: Target) -> Connection:
    """Connect to a database; raises DatabaseError."""
    check_library(target)
    parameters = {"fallback_application_name": "ragpg", **merge_parameters(target.parameters)}

    def open_connection() -> Connection:
        return psycopg.connect(
            **{**parameters, "client_encoding": "utf8"},
            autocommit=True,
            # A generic plan would ignore the settings of a later search, and behind pgbouncer the
            # next transaction may run on another connection.
            prepare_threshold=ONLY_ON_DEMAND if target.is_direct else None,
        )

    try:
        connection = connect_patiently(open_connection)
        use_iso_dates(connection)
    except psycopg.Error as error:
        place = resolve_reached(error, target)
        raise connection_error(error, place=place, embedded_data=target.embedded_data) from error
    # Whoever waits for a lock has to see what was written meanwhile, whatever the role's default.
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    try:
        check_server(connection)
    except DatabaseError:
        connection.close()
        raise
    return connection


def check_library(target: Target) -> None:
    """Refuse to connect where libpq is too old to keep the password from the server."""
    if "require_auth" in target.parameters and pq.version() < OLDEST_WITHHOLDING_LIBRARY * 10_000:
        raise DatabaseError(
            f"{target} must not ask for a password in clear, and libpq "
            f"{pq.version() // 10_000} cannot keep one from it",
            hint='pip install "psycopg[binary]"; or, if only a Config.toml that nobody named leads '
            "there, set RAGPG_DB_HOST to the same host",
        )


def use_iso_dates(connection: Connection) -> None:
    """Let the server write times as psycopg reads them, whatever it or the user has set."""
    # The server reports this setting of its own accord, so that asking costs nothing.
    if not (connection.info.parameter_status("DateStyle") or "").startswith("ISO"):
        connection.execute("SET datestyle = 'ISO'")


def duplicate(connection: Connection) -> Connection:
    """Open a second connection to the same database as the same user."""
    info = connection.info
    return psycopg.connect(
        info.dsn, password=info.password or None, autocommit=True, prepare_threshold=None
    )


def end_session(connection: Connection, observer: Connection) -> None:
    """Close a connection, and wait until the server has ended what it was doing there."""
    pid = connection.info.backend_pid
    with suppress(psycopg.Error):
        connection.cancel_safe(timeout=END_TIMEOUT)
    connection.close()
    deadline = time.monotonic() + END_TIMEOUT
    # Behind pgbouncer this is no process of the server's.
    while observer.execute(FIND_SESSION, [pid]).rowcount and time.monotonic() < deadline:
        time.sleep(POLL_INTERVAL)


def resolve_reached(error: psycopg.Error, target: Target) -> dict[str, str]:
    """Return what `Target.resolve` does, with the place that a service file led to."""
    place = target.resolve()
    if error.pgconn is not None and error.pgconn.host:
        host, port = error.pgconn.host.decode(), error.pgconn.port.decode()
        place |= {"host": host, "port": port, "at": format_address(host, port)}
        place |= {"user": error.pgconn.user.decode(), "dbname": error.pgconn.db.decode()}
    return place


def check_server(connection: Connection) -> None:
    """Refuse a server that is too old, and a database that cannot hold every character."""
    info = connection.info
    at = format_address(info.host, str(info.port))
    check_version(info.server_version, at=at)
    encoding = info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DatabaseError(
            f"the database {quote_identifier(info.dbname)} at {at} "
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
    """Create a UTF-8 database if there is none of that name; needs PostgreSQL 17 or newer.

    Its locale is built into the server, so that letter case is folded alike on every machine.
    """
    with connect(target) as connection, translate_errors(connection):
        if database_exists(connection, name):
            return
        statement = sql.SQL(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
            " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
        ).format(sql.Identifier(name))
        # Another process may create it at the same time.
        with suppress(errors.DuplicateDatabase, errors.UniqueViolation):
            connection.execute(statement)


def database_exists(connection: Connection, name: str) -> bool:
    """Return whether the server has a database of that name."""
    query = "SELECT FROM pg_catalog.pg_database WHERE datname = %s"
    return connection.execute(query, [name]).rowcount == 1
