"""The index over vectors: each is entered as it is written, and what is missing is built.

A load that is killed so leaves a valid index, however large it was. Entering a vector takes 0.4 ms,
a fifteenth of what embedding it takes; building the index after the load would take 0.07 ms.
"""

from __future__ import annotations

from contextlib import closing
from threading import Thread
from typing import TYPE_CHECKING

from psycopg import errors, sql

from ragpg.store.connection import another, reported, transaction
from ragpg.store.ddl import make_vector_index
from ragpg.store.error_messages import quoted
from ragpg.store.names import TABLES
from ragpg.store.registry import lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.store.connection import Connection
    from ragpg.store.names import Table

MOST_MEMORY = 1_000_000
"""Kilobytes for building an index over vectors; a graph that does not fit is built slowly."""

PAUSE = 0.2
"""Seconds between two looks at how far it has got."""

# Relation by relation: which kind of index has which column, or expression, first.
WANTED = (
    ("document", "btree", "doc_id"),
    ("chunk", "btree", "doc_id"),
    ("lexical", "btree", "doc_id"),
    ("lexical", "gin", "terms"),
    ("term", "btree", "term"),
    ("embedding", "btree", "doc_id"),
    ("embedding", "btree", "passage_digest"),
    ("embedding", "hnsw", "vector"),
)
VECTORS = WANTED[-1:]

MISSING = """
SELECT method || ' on ' || relation::text || ' (' || field || ')'
FROM unnest(%s::regclass[], %s::text[], %s::text[]) AS wanted (relation, method, field)
WHERE NOT EXISTS (
    SELECT FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE indrelid = relation AND amname = method AND indisvalid
        AND strpos(pg_get_indexdef(indexrelid, 1, true), field) > 0
)
"""
DROP = "DROP INDEX IF EXISTS {schema}.{vectors}"
COUNT = "SELECT count(*) FROM {embedding}"
PROGRESS = """
SELECT coalesce(blocks_done::float8 / nullif(blocks_total, 0), 0)
FROM pg_catalog.pg_stat_progress_create_index WHERE pid = %s
"""


def missing(
    connection: Connection, table: Table, wanted: tuple[tuple[str, str, str], ...] = WANTED
) -> list[str]:
    """Describe the indexes that are not there, or not valid."""
    kinds, methods, columns = zip(*wanted, strict=True)
    names = [f"{quoted(table.schema)}.{quoted(table.name + TABLES[kind])}" for kind in kinds]
    rows = connection.execute(MISSING, [names, list(methods), list(columns)])
    return [name for (name,) in rows]


def count(connection: Connection, table: Table) -> int:
    """The number of vectors."""
    [(rows,)] = connection.execute(table.statement(COUNT))
    return int(rows)


def complete(connection: Connection, table: Table) -> Iterator[float]:
    """Build the index where it is missing, and tell which share of it is done by now.

    Searches go on meanwhile, writers wait. Raises DatabaseError.
    """
    with reported(connection):
        if not missing(connection, table, VECTORS):
            return
    failures: list[BaseException] = []

    def build() -> None:
        try:
            rebuild(connection, table)
        except BaseException as error:  # noqa: BLE001 - handed on to the one who waits
            failures.append(error)

    thread = Thread(target=build, daemon=True)
    with closing(another(connection)) as observer, reported(observer):
        thread.start()
        try:
            while thread.is_alive():
                thread.join(PAUSE)
                row = observer.execute(PROGRESS, [connection.info.backend_pid]).fetchone()
                yield row[0] if row else 0.0
        finally:
            if thread.is_alive():
                connection.cancel_safe()
                thread.join()
    if failures:
        raise failures[0]


def rebuild(connection: Connection, table: Table) -> None:
    """Build the index, unless another process has by now; it replaces one that is not valid."""
    with transaction(connection, table.path):
        lock(connection, str(table))
        if missing(connection, table, VECTORS):
            connection.execute(table.statement(DROP, schema=sql.Identifier(table.schema)))
            build_quickly(connection, table)


def build_quickly(connection: Connection, table: Table) -> None:
    """Build the index with memory for all of it, inside the caller's transaction."""
    # A vector, and its neighbours in the graph.
    size = 65_536 + count(connection, table) * (2 * table.model.dimension + 1_700) // 1_000
    memory = sql.Literal(f"{min(size, MOST_MEMORY)}kB")
    connection.execute(sql.SQL("SET LOCAL maintenance_work_mem = {}").format(memory))
    try:
        with connection.transaction():
            make_vector_index(connection, table)
    except (errors.DiskFull, errors.OutOfMemory):
        # Parallel workers share memory that a container may not have: Docker gives 64 MB.
        connection.execute("SET LOCAL max_parallel_maintenance_workers = 0")
        make_vector_index(connection, table)
