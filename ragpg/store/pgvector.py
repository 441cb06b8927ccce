"""pgvector in a database: installed, new enough, and known to the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pgvector.psycopg.halfvec import register_halfvec_info
from psycopg import errors
from psycopg.types import TypeInfo

from ragpg.errors import DatabaseError
from ragpg.store.error_messages import address, quoted
from ragpg.store.names import Extension

if TYPE_CHECKING:
    from ragpg.store.connection import Connection

OLDEST_PGVECTOR = (0, 7)

INSTALLED = """
    SELECT extversion, nspname, halfvec.oid AS type, halfvec.typarray AS array_type
    FROM pg_catalog.pg_extension
    JOIN pg_catalog.pg_namespace AS home ON home.oid = extnamespace
    LEFT JOIN pg_catalog.pg_type AS halfvec
        ON halfvec.typnamespace = home.oid AND halfvec.typname = 'halfvec'
    WHERE extname = 'vector'
"""


def install_extension(connection: Connection) -> Extension:
    """Find pgvector, or create the extension, in the schema that PostgreSQL chooses."""
    row: Any = connection.execute(INSTALLED).fetchone()
    if row is None:
        create_extension(connection)
        row = connection.execute(INSTALLED).fetchone()
    return use_extension(connection, *row)


def create_extension(connection: Connection) -> None:
    """Create the extension, or say what an administrator has to do."""
    info = connection.info
    at = f"{address(info.host, str(info.port))}, database {quoted(info.dbname)}"
    line = f'psql -d {quoted(info.dbname)} -c "CREATE EXTENSION vector;"'
    try:
        connection.execute("CREATE EXTENSION vector")
    except (errors.FeatureNotSupported, errors.UndefinedFile) as error:
        major = info.server_version // 10_000
        raise DatabaseError(
            f"pgvector is not installed on the server of {at}",
            hint=f"an administrator installs it (Debian, Ubuntu: postgresql-{major}-pgvector; "
            f"Red Hat: pgvector_{major}) and runs: {line}",
        ) from error
    except errors.InsufficientPrivilege as error:
        raise DatabaseError(
            f"{at} lacks pgvector, and the user {quoted(info.user)} may not create the extension",
            hint=f"an administrator runs: {line}",
        ) from error


def use_extension(
    connection: Connection, version: str | None, schema: str, oid: int, array_oid: int
) -> Extension:
    """Check pgvector and teach the connection its type."""
    extension = check_extension(version, schema, database=connection.info.dbname)
    # Only once: psycopg keeps the classes that this makes for good.
    known = connection.adapters.types.get(oid)
    if known is None or known.name != "halfvec":
        register_halfvec_info(connection, TypeInfo("halfvec", oid, array_oid))
    return extension


def check_extension(version: str | None, schema: str, *, database: str) -> Extension:
    """Refuse a pgvector that is gone or too old."""
    if version is None:
        raise DatabaseError(
            f"the database {quoted(database)} has lost the extension pgvector, and the vectors "
            "with it",
            hint="restore it from a backup, or drop the tables and ingest again",
        )
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    if numbers < OLDEST_PGVECTOR:
        raise DatabaseError(
            f"pgvector {version} in the database {quoted(database)} is too old: "
            "ragpg needs 0.7 or newer",
            hint="an administrator installs a newer one and runs: ALTER EXTENSION vector UPDATE;",
        )
    return Extension(numbers, schema)
