"""The registry of tables: which there are, and what each was created with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import errors, sql

from ragpg.errors import ConfigurationError, DatabaseError, NothingIngestedError
from ragpg.store.error_messages import quote_identifier
from ragpg.store.pgvector import INSTALLED_EXTENSION, InstalledExtension, load_pgvector
from ragpg.store.statements import select, translate_errors
from ragpg.store.table import INDEXES, LAYOUT_VERSION, OLDEST_READABLE, REGISTRY, RELATIONS, Table
from ragpg.text.languages import AUTO
from ragpg.types import EmbeddingModel

if TYPE_CHECKING:
    from ragpg.store.statements import Connection
    from ragpg.types import TableName

FIND_TABLE = """
SELECT schema.nspname::text AS schema, version, fingerprint, dimension, model, language,
    average_length, to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL AS is_on_citus, EXISTS (
        SELECT FROM pg_catalog.pg_index
        JOIN pg_catalog.pg_class AS index ON index.oid = indexrelid
        JOIN pg_catalog.pg_am ON pg_am.oid = index.relam
        JOIN pg_catalog.pg_attribute ON attrelid = indexrelid AND attnum = 1
        WHERE indrelid = to_regclass(format('%%I.%%I', schema.nspname, registry.name || %s))
            AND amname = 'hnsw' AND indisvalid AND atttypid = 'pg_catalog.bit'::regtype
    ) AS has_bit_index, pgvector.*
FROM {registry} AS registry
JOIN pg_catalog.pg_class AS relation ON relation.oid = registry.tableoid
JOIN pg_catalog.pg_namespace AS schema ON schema.oid = relation.relnamespace
LEFT JOIN ({installed_extension}) AS pgvector ON true
WHERE registry.name = %s
"""

FIND_RELATION = """
SELECT relname::text AS relation, nspname::text AS schema FROM pg_catalog.pg_class
JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = coalesce(%s, current_schema()) AND relname = ANY(%s)
ORDER BY relname
"""

TEXT_SEARCH_CONFIGURATIONS = """
SELECT cfgname::text AS name, format('%I.%I', nspname, cfgname) AS qualified_name
FROM pg_catalog.pg_ts_config JOIN pg_catalog.pg_namespace ON pg_namespace.oid = cfgnamespace
WHERE pg_catalog.pg_ts_config_is_visible(pg_ts_config.oid)
ORDER BY cfgname
"""


@dataclass(frozen=True, slots=True)
class Registration(InstalledExtension):
    """A table's row in the registry, with its schema and the installed pgvector."""

    schema: str
    version: int
    fingerprint: bytes
    dimension: int
    model: dict[str, Any]
    language: str
    average_length: float
    is_on_citus: bool
    has_bit_index: bool


def open_table(connection: Connection, name: TableName) -> Table:
    """Find a table to read from; raises NothingIngestedError where there is none."""
    with translate_errors(connection):
        table = find_table(connection, name)
        if table is None:
            refuse_foreign_relations(connection, name)
            raise NothingIngestedError(str(name))
    if table.layout_version < OLDEST_READABLE:
        raise outdated_error(table)
    return table


def outdated_error(table: Table, lacks: str = "") -> DatabaseError:
    """Return the error for a table of an older layout; `lacks` says what it does not have."""
    return DatabaseError(
        f'the table "{table}" was made by an older ragpg{lacks}',
        hint="run `ragpg ingest` to bring it up to date",
    )


def find_table(connection: Connection, name: TableName) -> Table | None:
    """Look a table up and check all that its use needs, in one round trip."""
    # Without a schema the registry is the one that the search path finds.
    place = (name.schema, REGISTRY) if name.schema else (REGISTRY,)
    query = sql.SQL(FIND_TABLE).format(
        registry=sql.Identifier(*place), installed_extension=sql.SQL(INSTALLED_EXTENSION)
    )
    try:
        rows = select(connection, Registration, query, [RELATIONS["embedding"], name.table])
    except errors.UndefinedTable:
        return None
    except errors.UndefinedColumn as error:
        raise foreign_relation_error(REGISTRY, name.schema) from error
    return load_table(connection, name, rows[0]) if rows else None


def load_table(connection: Connection, name: TableName, row: Registration) -> Table:
    """Make a table of its row in the registry; raises DatabaseError if it is too new."""
    if row.version > LAYOUT_VERSION:
        raise DatabaseError(
            f'the table "{name}" was made by a newer ragpg: its layout has version {row.version}, '
            f"and this program knows {LAYOUT_VERSION}",
            hint="upgrade ragpg, or choose another name with tableName",
        )
    return Table(
        connection,
        schema=row.schema,
        name=name.table,
        pgvector=load_pgvector(connection, row),
        model=EmbeddingModel(row.model["name"], row.dimension, row.fingerprint),
        language=row.language,
        average_length=row.average_length,
        layout_version=row.version,
        is_on_citus=row.is_on_citus,
        has_bit_index=row.has_bit_index,
    )


def refuse_foreign_relations(connection: Connection, name: TableName) -> None:
    """Refuse a name under which something else exists; raises DatabaseError."""
    relations = [name.table + suffix for suffix in (*RELATIONS.values(), *INDEXES.values())]
    for error in select(
        connection, foreign_relation_error, FIND_RELATION, [name.schema, relations]
    ):
        raise error


def foreign_relation_error(relation: str, schema: str | None) -> DatabaseError:
    """Return the error for a relation with a name of ragpg's that ragpg did not make."""
    relation = quote_identifier(relation)
    full = f"{quote_identifier(schema)}.{relation}" if schema else relation
    return DatabaseError(
        f"{full} is there already, and was not made by ragpg",
        hint="choose another name with tableName or --table",
    )


def find_language(connection: Connection, language: str) -> str:
    """Return the qualified name of a text search configuration, or AUTO.

    Raises ConfigurationError for one that PostgreSQL does not know.
    """
    if language.lower() == AUTO:
        return AUTO
    known = dict(select(connection, _name_pair, TEXT_SEARCH_CONFIGURATIONS))
    if language in known.values():
        return language
    if language.lower() not in known:
        raise ConfigurationError(
            f"PostgreSQL knows no text search configuration {language!r}",
            hint=f"language in [retrieval] is one of {AUTO}, {', '.join(known)}",
        )
    return known[language.lower()]


def _name_pair(name: str, qualified_name: str) -> tuple[str, str]:
    return name, qualified_name
