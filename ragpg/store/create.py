"""Creation of a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from psycopg import sql

from ragpg.errors import DatabaseError
from ragpg.store.ddl import create_indexes, create_registry, create_relations
from ragpg.store.error_messages import Access, quote_identifier
from ragpg.store.locks import acquire_lock, limit_waits
from ragpg.store.migrations import migrate
from ragpg.store.pgvector import install_pgvector
from ragpg.store.statements import select, transaction
from ragpg.store.table import LAYOUT_VERSION, Table
from ragpg.store.table_registry import find_language, find_table, refuse_foreign_relations

if TYPE_CHECKING:
    from ragpg.store.statements import Connection
    from ragpg.store.table import TableSettings
    from ragpg.types import TableName

FIND_SCHEMA = """
SELECT schema::text, EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = schema) AS exists
FROM coalesce(%s, current_schema()) AS schema
"""


@dataclass(frozen=True, slots=True)
class Schema:
    """The schema that a table goes to; None where the search path has none."""

    schema: str | None
    exists: bool


def create_or_migrate(
    connection: Connection,
    name: TableName,
    settings: TableSettings,
    *,
    lock_timeout: float | None = None,
    distributed: bool = False,
) -> Table:
    """Create a table with all that it needs, or bring an older one up to date.

    Extension, schema and registry are shared by several tables, and IF NOT EXISTS alone does not
    prevent a race: only one process at a time does this in a database. `lock_timeout` and
    `distributed` are those of the table.
    """
    with transaction(connection, *limit_waits(lock_timeout), access=Access.CREATE):
        acquire_lock(connection, "ragpg")
        pgvector = install_pgvector(connection)
        schema = ensure_schema(connection, name)
        create_registry(connection, schema)
        name = replace(name, schema=schema)
        # Another process may have created it in the meantime.
        if table := find_table(connection, name):
            migrate(table)
            return replace(table, layout_version=LAYOUT_VERSION)
        refuse_foreign_relations(connection, name)
        language = find_language(connection, settings.language)
        constants = (settings.model, language, settings.average_length)
        table = Table(connection, schema, name.table, pgvector, *constants)
        table = replace(table, distributed=distributed, is_on_citus=distributed)
        create_relations(table)
        create_indexes(table)
        return table


def ensure_schema(connection: Connection, name: TableName) -> str:
    """Return the schema that a table goes to, and create it if it was named and is missing."""
    [found] = select(connection, Schema, FIND_SCHEMA, [name.schema])
    if found.schema is None:
        raise DatabaseError(
            f"the database {quote_identifier(connection.info.dbname)} has no schema for new tables",
            hint='write tableName as "schema.table"',
        )
    if not found.exists:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(found.schema)))
    return found.schema
