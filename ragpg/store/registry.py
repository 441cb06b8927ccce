"""Tables: found, told from other people's, made when they are first needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import errors, sql

from ragpg.errors import (
    ConfigurationError,
    DatabaseError,
    ModelMismatchError,
    NothingIngestedError,
)
from ragpg.store.connection import reported, transaction
from ragpg.store.ddl import (
    VERSION,
    make_indexes,
    make_registry,
    make_tables,
    make_vector_index,
    migrate,
)
from ragpg.store.error_messages import quoted
from ragpg.store.names import REGISTRY, Name, Table
from ragpg.store.pgvector import INSTALLED, install_extension, use_extension
from ragpg.types import EmbeddingModel

if TYPE_CHECKING:
    from ragpg.store.connection import Connection

MOST_DIMENSIONS = 4000
"""What an HNSW index over halfvec takes."""

LOOKUP = """
SELECT schema.nspname, version, fingerprint, dimension, model, language, average_length, pgvector.*
FROM {registry} AS registry
JOIN pg_catalog.pg_class AS relation ON relation.oid = registry.tableoid
JOIN pg_catalog.pg_namespace AS schema ON schema.oid = relation.relnamespace
LEFT JOIN ({installed}) AS pgvector ON true
WHERE registry.name = %s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A table and the version of its layout."""

    table: Table
    version: int


def open_table(connection: Connection, name: Name) -> Table:
    """Find a table to read from; raises NothingIngestedError where there is none."""
    with reported(connection):
        found = find(connection, name)
        if found is None:
            refuse_foreign(connection, name)
            raise NothingIngestedError(str(name))
    if found.version < VERSION:
        raise DatabaseError(
            f'the table "{name}" was made by an older ragpg',
            hint="run `ragpg ingest` to bring it up to date",
        )
    return found.table


def create_table(
    connection: Connection,
    name: Name,
    *,
    model: EmbeddingModel,
    language: str,
    average_length: float,
) -> Table:
    """Find a table to write to, or make it; raises ModelMismatchError if it is another model's."""
    check_dimension(model)
    with reported(connection):
        found = find(connection, name)
    if found is None or found.version < VERSION:
        with transaction(connection):
            # Extension, schema and registry belong to several tables: IF NOT EXISTS alone races.
            lock(connection, "ragpg")
            table = make(
                connection, name, model=model, language=language, average_length=average_length
            )
    else:
        table = found.table
    check_model(table, model)
    return table


def make(
    connection: Connection,
    name: Name,
    *,
    model: EmbeddingModel,
    language: str,
    average_length: float,
) -> Table:
    """Make a table with all that it needs, or bring it up to date, if it is there by now."""
    extension = install_extension(connection)
    schema = make_schema(connection, name)
    make_registry(connection, schema)
    name = Name(schema, name.table)
    if found := find(connection, name):
        migrate(connection, found.table, found.version)
        return found.table
    refuse_foreign(connection, name)
    language = find_language(connection, language)
    table = Table(schema, name.table, extension, model, language, average_length)
    make_tables(connection, table)
    make_indexes(connection, table)
    make_vector_index(connection, table)
    return table


def find(connection: Connection, name: Name) -> Found | None:
    """Look a table up and check all that its use needs, in one round trip."""
    query = sql.SQL(LOOKUP).format(registry=name.registry, installed=sql.SQL(INSTALLED))
    try:
        row: Any = connection.execute(query, [name.table]).fetchone()
    except errors.UndefinedTable:
        return None
    except errors.UndefinedColumn as error:
        raise foreign(REGISTRY, name.schema) from error
    if row is None:
        return None
    schema, version, fingerprint, dimension, model, language, average_length, *installed = row
    if version > VERSION:
        raise DatabaseError(
            f'the table "{name}" was made by a newer ragpg: its layout has version {version}, '
            f"and this program knows {VERSION}",
            hint="upgrade ragpg, or choose another name with tableName",
        )
    extension = use_extension(connection, *installed)
    known = EmbeddingModel(model["name"], dimension, fingerprint)
    table = Table(schema, name.table, extension, known, language, average_length)
    return Found(table, version)


def refuse_foreign(connection: Connection, name: Name) -> None:
    """Refuse a name under which something else is there already; raises DatabaseError."""
    query = """
        SELECT relname::text, nspname::text FROM pg_catalog.pg_class
        JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = coalesce(%s, current_schema()) AND relname = ANY(%s)
        ORDER BY relname
    """
    row: Any = connection.execute(query, [name.schema, name.relations]).fetchone()
    if row is not None:
        raise foreign(*row)


def foreign(relation: str, schema: str | None) -> DatabaseError:
    """Refuse what has a name of ours but is not ours."""
    full = f"{quoted(schema)}.{quoted(relation)}" if schema else quoted(relation)
    return DatabaseError(
        f"{full} is there already, and was not made by ragpg",
        hint="choose another name with tableName or --table",
    )


def make_schema(connection: Connection, name: Name) -> str:
    """Find out in which schema a table goes, and make it, if it was named."""
    query = """
        SELECT schema::text, EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = schema)
        FROM coalesce(%s, current_schema()) AS schema
    """
    row: Any = connection.execute(query, [name.schema]).fetchone()
    schema, exists = row
    if schema is None:
        raise DatabaseError(
            f"the database {quoted(connection.info.dbname)} has no schema for new tables",
            hint='write tableName as "schema.table"',
        )
    if not exists:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    return str(schema)


def find_language(connection: Connection, language: str) -> str:
    """The full name of a text search configuration; raises ConfigurationError."""
    query = """
        SELECT cfgname::text, format('%%I.%%I', nspname, cfgname)
        FROM pg_catalog.pg_ts_config JOIN pg_catalog.pg_namespace ON pg_namespace.oid = cfgnamespace
        WHERE pg_catalog.pg_ts_config_is_visible(pg_ts_config.oid)
        ORDER BY cfgname
    """
    rows: Any = connection.execute(query, []).fetchall()
    known: dict[str, str] = dict(rows)
    if language in known.values():
        return language
    if language.lower() not in known:
        raise ConfigurationError(
            f"PostgreSQL knows no text search configuration {language!r}",
            hint=f"language in [retrieval] is one of {', '.join(known)}",
        )
    return known[language.lower()]


def check_model(table: Table, model: EmbeddingModel) -> None:
    """Refuse vectors that cannot be compared with the table's; raises ModelMismatchError."""
    theirs = table.model
    if (theirs.fingerprint, theirs.dimension) != (model.fingerprint, model.dimension):
        same = "its files, or settings of it such as wordVectors, are others now: undo that"
        undo = same if theirs.name == model.name else "configure that model"
        raise ModelMismatchError(
            f'the table "{table.name}" was made with the embedding model {described(theirs)}, '
            f"not with {described(model)}",
            hint=f"{undo}, or run `ragpg ingest --rebuild` to embed everything anew",
        )


def described(model: EmbeddingModel) -> str:
    """Tell a model from others, also of the same name: its settings are part of the fingerprint."""
    fingerprint = model.fingerprint.hex()[:8]
    return f'"{model.name}" ({model.dimension} dimensions, fingerprint {fingerprint})'


def check_dimension(model: EmbeddingModel) -> None:
    """Refuse vectors that are too long for an index."""
    if model.dimension > MOST_DIMENSIONS:
        raise ConfigurationError(
            f'the vectors of "{model.name}" have {model.dimension} dimensions, '
            f"and pgvector indexes at most {MOST_DIMENSIONS}",
            hint="set dimensions in [embedding], if the model can shorten its vectors",
        )


def lock(connection: Connection, name: str) -> None:
    """Wait until no other transaction writes under this name; ends with the transaction."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
