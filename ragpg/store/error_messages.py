"""Messages for PostgreSQL's errors, and hints for the person who can correct them."""

from __future__ import annotations

import re
import shlex
from enum import Enum
from typing import TYPE_CHECKING

from psycopg import errors

from ragpg.errors import DatabaseError, LostConnectionError, MissingDatabaseError
from ragpg.store.lost_node import find_lost_node

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

# The text of libpq or the server, the message, the hint: libpq gives no codes where a connection
# failed. A host may have several addresses: what only one of them reports comes first.
CONFIRM_SERVER = (
    "if it may have it, set RAGPG_DB_HOST or RAGPG_DB_URL to the same value as in that file, "
    "or PGREQUIREAUTH to what the server may ask for"
)
NO_CONNECTION_LEFT = r"too many clients|remaining connection slots|too many connections for"
MISSING_DATABASE = r'database ".*" does not exist'
CONNECTION_ERRORS: tuple[tuple[str, str, str], ...] = (
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
        r"(failed to resolve host|could not translate host name) .*@",
        "dbUrl has more than one @, so that what follows the first one counts as the host",
        "write an @ in the user or the password as %40",
    ),
    (
        r"failed to resolve host|could not translate host name",
        'the host "{host}" is unknown',
        "correct dbHost",
    ),
    (
        r"requirement .* failed: server requested a cleartext password",
        "{at} wants the password in clear, and only a Config.toml that nobody named leads there",
        CONFIRM_SERVER,
    ),
    (
        r"requirement .* failed: server requested a hashed password",
        "{at} wants the password as MD5, and only a Config.toml that nobody named leads there",
        CONFIRM_SERVER,
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
        NO_CONNECTION_LEFT,
        "{at} has no connection left: {reason}",
        "close other programs that use the server, or raise its max_connections",
    ),
    (
        r"the database system is (starting up|shutting down|in recovery mode|not .*accepting)",
        "{at} takes no connections at the moment: {reason}",
        "wait until the server is ready, then run the command again",
    ),
    (
        r"timeout expired",
        "{at} did not answer within {connect_timeout} seconds",
        "check dbHost and dbPort, or raise dbConnectTimeout",
    ),
)


def connection_error(
    error: psycopg.Error, *, place: Mapping[str, str], embedded_data: str | None = None
) -> DatabaseError:
    """Explain why a connection failed.

    `place` is what `Target.resolve` returns, `embedded_data` the directory of an embedded server.
    """
    text = str(error)
    if embedded_data and re.search(r"password authentication failed", text):
        return DatabaseError(
            f"the embedded PostgreSQL in '{embedded_data}' refuses the password that is kept there",
            hint="restore the file with the password; or move the directory away, and ingest again",
        )
    for pattern, message, hint in CONNECTION_ERRORS:
        if match := re.search(pattern, text):
            words = {**place, **match.groupdict(), "createdb": createdb_command(place)}
            words["reason"] = quote_reason(text)
            kind = MissingDatabaseError if pattern is MISSING_DATABASE else DatabaseError
            return kind(message.format(**words), hint=hint.format(**words))
    return DatabaseError(f"{place['at']}: {quote_reason(text)}")


def quote_reason(text: str) -> str:
    """Return what the server says, without libpq's introduction."""
    return re.sub(r"^.* failed: (?:FATAL:\s+)?", "", text.splitlines()[0])


def createdb_command(place: Mapping[str, str]) -> str:
    """Return the command that creates the missing database."""
    words = ("createdb", "-h", place["host"], "-p", place["port"], "-U", place["user"])
    return shlex.join((*words, place["dbname"]))


class Access(Enum):
    """What statements do, and the rights that this takes on a table and on its schema."""

    READ = ("SELECT", "USAGE")
    WRITE = ("SELECT, INSERT, UPDATE, DELETE", "USAGE")
    CREATE = ("SELECT, INSERT, UPDATE, DELETE", "USAGE, CREATE")
    KEEP_FAILURES = ("INSERT", "USAGE")
    READ_FAILURES = ("SELECT, DELETE", "USAGE")

    def rights_on(self, kind: str) -> str:
        """Return the rights for a table, a schema or a database."""
        return {"table": self.value[0], "schema": self.value[1], "database": "CREATE"}[kind]


def statement_error(
    error: psycopg.Error, *, connection: psycopg.Connection, access: Access
) -> DatabaseError:
    """Explain why a statement failed; `access` is what it was to do."""
    text = (error.diag.message_primary or str(error)).partition("\n")[0]
    at = format_address(connection.info.host, str(connection.info.port))
    if connection.closed:
        return LostConnectionError(
            f"the connection to {at} was lost",
            hint="once the server is back, run the command again",
        )
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return read_only_error(connection.info, at=at)
    if isinstance(error, errors.DiskFull):
        return full_error(text, at=at)
    if node := find_lost_node(error):
        return DatabaseError(
            f"the node {node} of the cluster at {at} does not answer",
            hint="start it, then run the command again",
        )
    message = f"{at}, database {quote_identifier(connection.info.dbname)}: {text}"
    hint = statement_hint(error, user=connection.info.user, access=access)
    return DatabaseError(message, hint=hint)


def read_only_error(info: psycopg.ConnectionInfo, *, at: str) -> DatabaseError:
    """Explain why nothing can be written; what the server reports of itself tells the reason."""
    if info.parameter_status("in_hot_standby") == "on":
        return DatabaseError(
            f"{at} is a standby: nothing can be written there",
            hint="name its primary in dbHost",
        )
    database, user = quote_identifier(info.dbname), quote_identifier(info.user)
    return DatabaseError(
        f"{at}, database {database}: the user {user} may only read there, "
        "since default_transaction_read_only is on",
        hint="turn that off for the user, the database or the server, or in PGOPTIONS",
    )


def full_error(text: str, *, at: str) -> DatabaseError:
    """Explain what is full: the disk, or a container's shared memory, which has the same code."""
    if "shared memory" in text:
        return DatabaseError(
            f"the shared memory of the PostgreSQL at {at} is full: {text}",
            hint="give its container more: docker run --shm-size=1g",
        )
    return DatabaseError(
        f"the disk of the PostgreSQL at {at} is full: {text}",
        hint="free some space there, then run the command again: what is in the table is kept",
    )


def statement_hint(error: psycopg.Error, *, user: str, access: Access) -> str | None:
    """Return what to do about a statement that failed."""
    match error:
        case errors.InsufficientPrivilege():
            return grant_hint(error.diag.message_primary or "", user=user, access=access)
        case errors.UndefinedTable() | errors.UndefinedColumn():
            return "a part of the table is missing: `ragpg status --check` says which"
        case errors.OutOfMemory():
            return "make room on the database server, then run the command again"
        case _:
            return None


def grant_hint(message: str, *, user: str, access: Access) -> str:
    """Return the statement that grants a user the missing privilege."""
    if match := re.search(r"permission denied for (schema|table|database) (.+)", message):
        kind, name = match.groups()
        target, role = quote_identifier(name), quote_identifier(user)
        line = f"GRANT {access.rights_on(kind)} ON {kind.upper()} {target} TO {role};"
        if kind != "table" or access in (Access.KEEP_FAILURES, Access.READ_FAILURES):
            return f"as its owner, run: {line}"
        option = " --read-only" if access is Access.READ else ""
        command = f"`ragpg init --grant {shlex.quote(user)}{option}` prints all that is needed"
        return f"as its owner, run: {line} ({command})"
    return (
        f"the owner of the table or an administrator has to do this, not {quote_identifier(user)}"
    )


def format_address(host: str, port: str) -> str:
    """Return a server's host and port, or the path of its socket."""
    if host.startswith("/"):
        return f"{host}/.s.PGSQL.{port}"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def quote_identifier(name: str) -> str:
    """Quote a name as SQL does."""
    return '"' + name.replace('"', '""') + '"'
