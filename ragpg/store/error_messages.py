"""What goes wrong with PostgreSQL, said for the person who can put it right."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from psycopg import errors

from ragpg.errors import DatabaseError, MissingDatabaseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

# What libpq and the server say, the message, the hint; libpq gives no codes for a connection that
# was not made. A host may have several addresses: what only one of them says comes first.
MISSING_DATABASE = r'database ".*" does not exist'
REFUSALS: tuple[tuple[str, str, str], ...] = (
    (
        r"no password supplied",
        '{at} wants a password for the user "{user}"',
        "set RAGPG_DB_PASSWORD, or dbPassword in Config.toml",
    ),
    (
        r"password authentication failed",
        '{at} refuses the password of the user "{user}"',
        "correct RAGPG_DB_PASSWORD, or dbPassword in Config.toml; or dbUser",
    ),
    (
        MISSING_DATABASE,
        'there is no database "{dbname}" at {at}',
        "correct dbName, or create it: {createdb}",
    ),
    (
        r"server does not support SSL, but SSL was required",
        '{at} has no TLS, but dbSslMode is "{sslmode}"',
        'turn TLS on at the server, or set dbSslMode to "prefer"',
    ),
    (
        r'root certificate file "(?P<file>[^"]*)" does not exist',
        'the root certificate "{file}" does not exist',
        "name the certificate of the server's authority in dbSslRootCert",
    ),
    (
        r"certificate verify failed",
        "the certificate of {at} is signed by no authority that is trusted here",
        "name the certificate of the server's authority in dbSslRootCert",
    ),
    (
        r'server certificate for "(?P<name>[^"]*)".* does not match host name',
        'the certificate of {at} was issued for "{name}", not for "{host}"',
        "set dbHost to a name that the certificate was issued for",
    ),
    (
        r"failed to resolve host|could not translate host name",
        'the host "{host}" is unknown',
        "correct dbHost",
    ),
    (
        r'on socket "(?P<socket>[^"]*)" failed: No such file',
        "there is no PostgreSQL socket {socket}",
        "start the server, or correct dbHost and dbPort",
    ),
    (
        r"Connection refused|No route to host|Network is unreachable",
        "no PostgreSQL server answers at {at}",
        "start the server, or correct dbHost and dbPort",
    ),
    (
        r"timeout expired",
        "{at} did not answer within {connect_timeout} seconds",
        "check dbHost and dbPort, or raise dbConnectTimeout",
    ),
)


def refused(error: psycopg.Error, *, place: Mapping[str, str]) -> DatabaseError:
    """Say why there is no connection; `place` holds libpq's parameters and `at`, all for people."""
    said = str(error)
    for pattern, message, hint in REFUSALS:
        if match := re.search(pattern, said):
            words = {**place, **match.groupdict(), "createdb": createdb(place)}
            kind = MissingDatabaseError if pattern is MISSING_DATABASE else DatabaseError
            return kind(message.format(**words), hint=hint.format(**words))
    line = re.sub(r"^.* failed: ", "", said.splitlines()[0])
    return DatabaseError(f"{place['at']}: {hidden(line, place)}")


def createdb(place: Mapping[str, str]) -> str:
    """The command that creates the missing database."""
    words = ("createdb", "-h", place["host"], "-p", place["port"], "-U", place["user"])
    return shlex.join((*words, place["dbname"]))


def hidden(text: str, place: Mapping[str, str]) -> str:
    """The text without the password."""
    password = place.get("password")
    return text.replace(password, "***") if password else text


def failed(error: psycopg.Error, *, connection: psycopg.Connection) -> DatabaseError:
    """Say what went wrong on a connection that had been made."""
    said = (error.diag.message_primary or str(error)).partition("\n")[0]
    at = address(connection.info.host, str(connection.info.port))
    if connection.closed:
        return DatabaseError(
            f"the connection to {at} was lost",
            hint="once the server is back, run the command again",
        )
    message = f"{at}, database {quoted(connection.info.dbname)}: {said}"
    return DatabaseError(message, hint=advice(error, user=connection.info.user))


def advice(error: psycopg.Error, *, user: str) -> str | None:
    """What to do about a statement that failed."""
    match error:
        case errors.InsufficientPrivilege():
            return grant(error.diag.message_primary or "", user=user)
        case errors.ReadOnlySqlTransaction():
            return "the server only answers reads, as a standby does: name its primary in dbHost"
        case errors.UndefinedTable() | errors.UndefinedColumn():
            return "a part of the table is missing: `ragpg status --check` says which"
        case errors.DiskFull() | errors.OutOfMemory():
            return "make room on the database server, then run the command again"
        case _:
            return None


def grant(said: str, *, user: str) -> str:
    """The line that gives a user what is missing."""
    if match := re.search(r"permission denied for (schema|table|database) (.+)", said):
        kind, name = match.groups()
        rights = {"schema": "USAGE, CREATE", "database": "CREATE"}.get(kind, "ALL")
        line = f"GRANT {rights} ON {kind.upper()} {quoted(name)} TO {quoted(user)};"
        return f"as its owner, run: {line}"
    return f"the owner of the table or an administrator has to do this, not {quoted(user)}"


def address(host: str, port: str) -> str:
    """Where a server listens, for people: host and port, or the path of its socket."""
    if host.startswith("/"):
        return f"{host}/.s.PGSQL.{port}"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def quoted(name: str) -> str:
    """A name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'
