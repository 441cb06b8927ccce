"""Tables of other programs: found in the catalog, and read without being changed.

Their names and those of their columns are anybody's: they reach the server as identifiers only.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from psycopg import sql

from ragpg.errors import DatabaseError, UsageError
from ragpg.store.error_messages import quote_identifier
from ragpg.store.statements import ONE_SNAPSHOT, select_column, transaction, translate_errors
from ragpg.types import ForeignRow, ForeignTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.store.statements import Connection
    from ragpg.types import ColumnMapping, Vector

BATCH_ROWS = 1_000
"""Rows that are fetched together."""
MAX_MORE = 40
"""Columns that may be metadata: a function of PostgreSQL has 100 arguments at most."""

FIND_RELATIONS = """
SELECT pg_class.oid::bigint AS oid, nspname::text AS schema, relname::text AS name,
    relkind::text AS kind, pg_catalog.pg_table_is_visible(pg_class.oid) AS is_visible
FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
    AND (relname = %(whole)s OR (nspname = %(schema)s AND relname = %(table)s))
ORDER BY is_visible DESC, nspname
"""
LIST_COLUMNS = """
SELECT attname::text, pg_catalog.format_type(atttypid, atttypmod)
FROM pg_catalog.pg_attribute
WHERE attrelid = %s::bigint::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
LIST_TABLES_WITH_VECTORS = """
SELECT DISTINCT format('%I.%I', nspname, relname) AS name FROM pg_catalog.pg_class
JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
JOIN pg_catalog.pg_attribute ON attrelid = pg_class.oid
JOIN pg_catalog.pg_type ON pg_type.oid = atttypid
WHERE relkind IN ('r', 'p') AND typname IN ('vector', 'halfvec', 'sparsevec')
    AND relname NOT LIKE 'ragpg%' ORDER BY name LIMIT 6
"""
LIST_COLLECTIONS = sql.SQL("SELECT uuid::text, name::text FROM {table} ORDER BY name")
IN_ORDER = sql.SQL("SET LOCAL synchronize_seqscans = off")
"""A large table is else read from wherever another scan of it is."""
HAS_BOTH = sql.SQL(" AND {vector} IS NOT NULL AND length({text}) > 20 LIMIT {limit}")
SAMPLE = sql.SQL("SELECT * FROM ({rows}) AS row (id, body) ORDER BY md5(body) LIMIT {count}")
SAMPLED_ROWS = 2_000
"""The rows that a sample is taken from: to look at all of a large table takes seconds."""
INTEGERS = ("smallint", "integer", "bigint")


class Relation(NamedTuple):
    """A row of FIND_RELATIONS."""

    oid: int
    schema: str
    name: str
    kind: str
    is_visible: bool


def find_foreign_table(connection: Connection, name: str) -> ForeignTable:
    """Look a table up by its name, with its schema or without; raises DatabaseError."""
    schema, _, table = name.rpartition(".")
    parameters = {"whole": name, "schema": schema, "table": table}
    with translate_errors(connection):
        rows = connection.execute(FIND_RELATIONS, parameters).fetchall()
        found = [Relation(*row) for row in rows]
        if not found:
            raise not_there(connection, name)
        if len(found) > 1 and not found[0].is_visible:
            places = ", ".join(f"{each.schema}.{each.name}" for each in found)
            raise UsageError(f"{name!r} may be one of {places}", hint="write it with its schema")
        columns: dict[str, str] = dict(connection.execute(LIST_COLUMNS, [found[0].oid]).fetchall())
    return ForeignTable(
        found[0].schema, found[0].name, columns, keeps_order=found[0].kind in ("r", "m")
    )


def not_there(connection: Connection, name: str) -> DatabaseError:
    """Return the error for a table that is not there, with the tables that may be meant."""
    others = select_column(connection, str, LIST_TABLES_WITH_VECTORS)
    hint = f"tables with vectors: {', '.join(others)}" if others else "no table has vectors there"
    return DatabaseError(
        f"the database {quote_identifier(connection.info.dbname)} has no table {name!r}", hint=hint
    )


def find_collection(
    connection: Connection, table: ForeignTable, mapping: ColumnMapping, name: str | None
) -> str | None:
    """Return the key of a collection; None where the table has none.

    Without a name, the only one is meant. Raises UsageError where there are several, or none of
    that name.
    """
    if mapping.collections is None:
        if name is not None:
            raise UsageError(f"{str(table)!r} has no collections")
        return None
    place = sql.Identifier(table.schema, mapping.collections)
    with translate_errors(connection):
        rows = connection.execute(LIST_COLLECTIONS.format(table=place)).fetchall()
    names = ", ".join(repr(each) for _, each in rows)
    chosen = [key for key, each in rows if name in (None, each)]
    if len(chosen) != 1:
        problem = f"no collection {name!r}" if name is not None else f"{len(rows)} collections"
        raise UsageError(
            f"{str(table)!r} has {problem}",
            hint=f"--collection NAME is one of {names}" if names else "it is empty",
        )
    return str(chosen[0])


def read_rows(
    connection: Connection,
    table: ForeignTable,
    mapping: ColumnMapping,
    *,
    collection: str | None = None,
    with_vectors: bool = False,
) -> Iterator[ForeignRow]:
    """Yield all rows as they lie in the table, or by their key where that counts them."""
    query = select_rows(table, mapping, with_vectors=with_vectors)
    condition = restrict(mapping, collection)
    if mapping.id and table.columns[mapping.id] in INTEGERS:
        # Not the column that is selected, which is text.
        condition += sql.SQL(" ORDER BY foreign_row.{}").format(sql.Identifier(mapping.id))
    with reading(connection, IN_ORDER), connection.cursor(name="ragpg_rows") as cursor:
        cursor.itersize = BATCH_ROWS
        cursor.execute(query + condition)
        for number, row in enumerate(cursor, start=1):
            yield make_row(row, number)


def read_sample(
    connection: Connection,
    table: ForeignTable,
    mapping: ColumnMapping,
    *,
    collection: str | None = None,
    count: int,
) -> list[ForeignRow]:
    """Return some of the first rows that have texts and vectors."""
    names = {"vector": sql.Identifier(mapping.vector or ""), "text": sql.Identifier(mapping.text)}
    query = select_rows(table, mapping, with_vectors=True) + restrict(mapping, collection)
    query += HAS_BOTH.format(**names, limit=sql.Literal(SAMPLED_ROWS))
    statement = SAMPLE.format(rows=query, count=sql.Literal(count))
    with reading(connection):
        rows = connection.execute(statement).fetchall()
    return [make_row(row, number) for number, row in enumerate(rows, start=1)]


@contextmanager
def reading(connection: Connection, *settings: sql.SQL | sql.Composed) -> Iterator[None]:
    """Run a transaction that sees one moment, and can change nothing."""
    with transaction(connection, ONE_SNAPSHOT, *settings):
        yield


def select_rows(table: ForeignTable, mapping: ColumnMapping, *, with_vectors: bool) -> sql.Composed:
    """Return the query for a table's rows, with the columns of `make_row`."""
    null = sql.SQL("NULL::text")

    def column(name: str | None) -> sql.Composable:
        return sql.SQL("{}::text").format(sql.Identifier(name)) if name else null

    pairs = [
        part
        for name in mapping.more[:MAX_MORE]
        for part in (sql.Literal(name), sql.Identifier(name))
    ]
    more = sql.SQL("json_build_object({})::text").format(sql.SQL(", ").join(pairs))
    columns = (
        column(mapping.id),
        column(mapping.text),
        column(mapping.metadata),
        more if pairs else null,
        column(mapping.source),
        column(mapping.vector if with_vectors else None),
    )
    return sql.SQL("SELECT {columns} FROM {table} AS foreign_row WHERE true").format(
        columns=sql.SQL(", ").join(columns), table=sql.Identifier(table.schema, table.name)
    )


def restrict(mapping: ColumnMapping, collection: str | None) -> sql.Composed:
    """Return the condition that chooses a collection, to follow others.

    It is without parameters: psycopg takes a percent sign for one, even in a name.
    """
    if collection is None or mapping.collection is None:
        return sql.Composed([])
    return sql.SQL(" AND {}::text = {}").format(
        sql.Identifier(mapping.collection), sql.Literal(collection)
    )


def make_row(row: tuple[Any, ...], number: int) -> ForeignRow:
    """Make a row of what `select_rows` selects."""
    key, text, metadata, more, source, vector = row
    return ForeignRow(
        id=key if key is not None else str(number),
        text=text or "",
        metadata={**parse_object(more), **parse_object(metadata)},
        source=source,
        vector=parse_vector(vector) if vector else None,
    )


def parse_object(text: str | None) -> dict[str, Any]:
    """Parse a JSON object; anything else is none."""
    try:
        value = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def parse_vector(text: str) -> Vector:
    """Parse a vector, halfvec or sparsevec as pgvector writes them."""
    if text.startswith("["):
        return np.array(text[1:-1].split(","), np.float32)
    entries, _, dimension = text.rpartition("/")
    vector = np.zeros(int(dimension), np.float32)
    for entry in filter(None, entries.strip("{}").split(",")):
        index, _, value = entry.partition(":")
        vector[int(index) - 1] = float(value)
    return vector
