"""pgvector in a database: installed, new enough, and known to the connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgvector.psycopg.halfvec import register_halfvec_info
from psycopg import errors
from psycopg.types import TypeInfo

from ragpg.errors import DatabaseError
from ragpg.store.error_messages import format_address, quote_identifier
from ragpg.store.statements import select

if TYPE_CHECKING:
    from ragpg.store.statements import Connection

OLDEST_PGVECTOR = (0, 7)

INSTALLED_EXTENSION = """
    SELECT extversion AS extension_version, nspname::text AS extension_schema,
        pg_catalog.has_schema_privilege(extnamespace, 'USAGE') AS is_usable,
        halfvec.oid AS halfvec, halfvec.typarray AS halfvec_array
    FROM pg_catalog.pg_extension
    JOIN pg_catalog.pg_namespace AS home ON home.oid = extnamespace
    LEFT JOIN pg_catalog.pg_type AS halfvec
        ON halfvec.typnamespace = home.oid AND halfvec.typname = 'halfvec'
    WHERE extname = 'vector'
"""


@dataclass(frozen=True, slots=True)
class Pgvector:
    """pgvector as it is installed in a database: `version` is (0, 8, 5)."""

    version: tuple[int, ...]
    schema: str

    @property
    def has_iterative_scan(self) -> bool:
        """Whether an index scan goes on until enough rows have passed the filter."""
        return self.version >= (0, 8)

    def __str__(self) -> str:
        return ".".join(map(str, self.version))


@dataclass(frozen=True, slots=True)
class InstalledExtension:
    """A row of INSTALLED_EXTENSION; `halfvec` and `halfvec_array` are the types' OIDs.

    `is_usable` tells whether the user may use the schema that pgvector is in.
    """

    extension_version: str | None
    extension_schema: str
    is_usable: bool
    halfvec: int
    halfvec_array: int


def install_pgvector(connection: Connection) -> Pgvector:
    """Find pgvector, or create the extension, in the schema that PostgreSQL chooses."""
    if not (installed := select(connection, InstalledExtension, INSTALLED_EXTENSION)):
        create_extension(connection)
        installed = select(connection, InstalledExtension, INSTALLED_EXTENSION)
    return load_pgvector(connection, installed[0])


def create_extension(connection: Connection) -> None:
    """Create the extension, or say what an administrator has to do."""
    info = connection.info
    at = f"{format_address(info.host, str(info.port))}, database {quote_identifier(info.dbname)}"
    line = f'psql -d {quote_identifier(info.dbname)} -c "CREATE EXTENSION vector;"'
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
        user = quote_identifier(info.user)
        raise DatabaseError(
            f"{at} lacks pgvector, and the user {user} may not create the extension",
            hint=f"an administrator runs: {line}",
        ) from error


def load_pgvector(connection: Connection, installed: InstalledExtension) -> Pgvector:
    """Check pgvector's version and register its type with the connection."""
    pgvector = check_version(
        installed.extension_version, installed.extension_schema, database=connection.info.dbname
    )
    if not installed.is_usable:
        schema, user = map(quote_identifier, (installed.extension_schema, connection.info.user))
        raise DatabaseError(
            f"pgvector is in the schema {schema}, which the user {user} may not use",
            hint=f"as its owner, run: GRANT USAGE ON SCHEMA {schema} TO {user};",
        )
    # Only once: psycopg keeps the classes that a registration creates for good.
    known = connection.adapters.types.get(installed.halfvec)
    if known is None or known.name != "halfvec":
        info = TypeInfo("halfvec", installed.halfvec, installed.halfvec_array)
        register_halfvec_info(connection, info)
    return pgvector


def check_version(version: str | None, schema: str, *, database: str) -> Pgvector:
    """Refuse a pgvector that is gone or too old."""
    if version is None:
        raise DatabaseError(
            f"the database {quote_identifier(database)} has lost the extension pgvector, and the "
            "vectors with it",
            hint="restore it from a backup, or drop the tables and ingest again",
        )
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    if numbers < OLDEST_PGVECTOR:
        raise DatabaseError(
            f"pgvector {version} in the database {quote_identifier(database)} is too old: "
            "ragpg needs 0.7 or newer",
            hint="an administrator installs a newer one and runs: ALTER EXTENSION vector UPDATE;",
        )
    return Pgvector(numbers, schema)
