"""The vector index: every ingest keeps it up, and it is built where it is missing.

An ingest that is killed thus leaves a valid index. To add a vector takes 0.4 ms, a fifteenth of
embedding it; to build the index afterwards would take 0.07 ms a vector.
"""

from __future__ import annotations

from contextlib import closing
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from psycopg import errors, sql

from ragpg.store.connection import duplicate, select_column, translate_errors
from ragpg.store.error_messages import Access

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.store.table import Table

# Binary quantization: one bit of each component makes the index a fifth as large. A search takes
# more candidates from it than it needs and compares these exactly. Of 22,000 passages that finds
# 96% of the 50 nearest in 2.4 ms; m = 16 finds the same and takes 100 bytes more a vector.
CREATE_BIT_INDEX = """
CREATE INDEX {vectors} ON {embedding}
USING hnsw ((binary_quantize(vector)::bit({dimension})) bit_hamming_ops) WITH (m = 8)
"""
CREATE_VALUE_INDEX = "CREATE INDEX {vectors} ON {embedding} USING hnsw (vector halfvec_cosine_ops)"

MAX_MEMORY = 1_000_000
"""Kilobytes for building the index; a graph that does not fit into them is built slowly."""

POLL_INTERVAL = 0.2
"""Seconds."""


class Index(NamedTuple):
    """An index by its method and the column, or the expression, that comes first in it."""

    relation: str
    method: str
    column: str


OTHER_INDEXES = (
    Index("document", "btree", "doc_id"),
    Index("chunk", "btree", "doc_id"),
    Index("lexical", "btree", "doc_id"),
    Index("lexical", "gin", "terms"),
    Index("term", "btree", "term"),
    Index("embedding", "btree", "doc_id"),
    Index("embedding", "btree", "passage_digest"),
)
VECTOR_INDEX = (Index("embedding", "hnsw", "vector"),)
ALL_INDEXES = OTHER_INDEXES + VECTOR_INDEX

FIND_MISSING = """
SELECT method || ' on ' || relation::text || ' (' || field || ')'
FROM unnest(%s::regclass[], %s::text[], %s::text[]) AS expected (relation, method, field)
WHERE NOT EXISTS (
    SELECT FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE indrelid = relation AND amname = method AND indisvalid
        AND strpos(pg_get_indexdef(indexrelid, 1, true), field) > 0
)
"""
DROP_VECTOR_INDEX = "DROP INDEX IF EXISTS {schema}.{vectors}"
PROGRESS = """
SELECT coalesce(blocks_done::float8 / nullif(blocks_total, 0), 0)
FROM pg_catalog.pg_stat_progress_create_index WHERE pid = %s
"""


def create_vector_index(table: Table) -> None:
    """Create a table's HNSW index over vectors."""
    table.execute(CREATE_BIT_INDEX if table.uses_bit_index else CREATE_VALUE_INDEX)


def find_missing(table: Table, expected: Sequence[Index] = ALL_INDEXES) -> list[str]:
    """Describe the indexes that are missing or not valid, on the shards of a cluster too."""
    relations = [table.regclass(index.relation) for index in expected]
    methods, columns = [i.method for i in expected], [i.column for i in expected]
    missing = table.select_column(str, FIND_MISSING, [relations, methods, columns])
    if table.is_on_citus and not missing:
        from ragpg.store.shards import find_missing_on_shards

        return find_missing_on_shards(table, expected)
    return missing


def build_if_missing(table: Table) -> Iterator[float]:
    """Build the index if it is missing, and yield the share of it that is built.

    Searches go on meanwhile, writers wait. Raises DatabaseError.
    """
    with translate_errors(table.connection):
        if not find_missing(table, VECTOR_INDEX):
            return
    failures: list[BaseException] = []

    def build_in_thread() -> None:
        try:
            replace_invalid(table)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            failures.append(error)

    pid = table.connection.info.backend_pid
    thread = Thread(target=build_in_thread, daemon=True)
    with closing(duplicate(table.connection)) as observer, translate_errors(observer):
        thread.start()
        try:
            while thread.is_alive():
                thread.join(POLL_INTERVAL)
                yield next(iter(select_column(observer, float, PROGRESS, [pid])), 0.0)
        finally:
            if thread.is_alive():
                table.connection.cancel_safe()
                thread.join()
    if failures:
        raise failures[0]


def replace_invalid(table: Table) -> None:
    """Build the index unless another process has built it; an invalid one is dropped."""
    with table.writing(access=Access.CREATE):
        table.lock()
        if find_missing(table, VECTOR_INDEX):
            table.execute(DROP_VECTOR_INDEX, schema=sql.Identifier(table.schema))
            build(table)


def build(table: Table) -> None:
    """Build the index with enough memory for all of it, inside the caller's transaction."""
    connection = table.connection
    [vectors] = table.select_column(int, "SELECT count(*) FROM {embedding}")
    # The bytes of a vector and of its neighbours in the graph.
    size = 65_536 + vectors * (2 * table.model.dimension + 1_700) // 1_000
    memory = sql.Literal(f"{min(size, MAX_MEMORY)}kB")
    connection.execute(sql.SQL("SET LOCAL maintenance_work_mem = {}").format(memory))
    try:
        with connection.transaction():
            create_vector_index(table)
    except (errors.DiskFull, errors.OutOfMemory):
        # Parallel workers need shared memory, of which a container has little: 64 MB in Docker.
        connection.execute("SET LOCAL max_parallel_maintenance_workers = 0")
        create_vector_index(table)
