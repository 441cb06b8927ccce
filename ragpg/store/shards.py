"""What is on the shards of a table that is spread over a Citus cluster.

On the coordinator each relation is empty; its rows, indexes and statistics are those of its shards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from psycopg import sql

from ragpg.errors import DatabaseError
from ragpg.types import HealthCheck, Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.store.table import Table

ON_SHARDS = """
SELECT success, result FROM unnest(%s::regclass[]) AS relation
JOIN pg_dist_partition ON logicalrelid = relation
CROSS JOIN LATERAL run_command_on_shards(relation, %s)
"""

# In the commands %1$L stands for a shard's name.
MEASURE = """
SELECT ARRAY[pg_table_size(shard), pg_indexes_size(shard), pg_total_relation_size(shard),
    pg_stat_get_dead_tuples(shard), pg_stat_get_live_tuples(shard)]
FROM CAST(%1$L AS regclass) AS shard
"""
MEASURE_VECTOR_INDEX = """
SELECT coalesce(sum(pg_relation_size(indexrelid)), 0)::bigint FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
WHERE indrelid = CAST(%1$L AS regclass) AND amname = 'hnsw'
"""
FIND_MISSING = sql.SQL("""
SELECT string_agg(method || ' on ' || %1$L || ' (' || field || ')', ', ')
FROM unnest({methods}::text[], {columns}::text[]) AS expected (method, field)
WHERE NOT EXISTS (
    SELECT FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE indrelid = CAST(%1$L AS regclass) AND amname = method AND indisvalid
        AND strpos(pg_get_indexdef(indexrelid, 1, true), field) > 0
)
""")

FIND_PLACES = """
SELECT count(DISTINCT shardid) AS shards, count(DISTINCT groupid) AS nodes,
    (SELECT count(*) FROM citus_get_active_worker_nodes()) AS workers
FROM pg_dist_shard JOIN pg_dist_placement USING (shardid) WHERE logicalrelid = %s::regclass
"""


class Places(NamedTuple):
    """A row of FIND_PLACES: over how many of the cluster's workers a table is spread."""

    shards: int
    nodes: int
    workers: int


def measure_shards(table: Table) -> list[list[int]]:
    """Return the columns of MEASURE for each shard."""
    results = run_on_shards(table, table.regclasses, MEASURE)
    return [[int(number) for number in result.strip("{}").split(",")] for result in results]


def measure_vector_indexes(table: Table) -> list[int]:
    """Return the bytes of the index over vectors on each shard."""
    return [
        int(n) for n in run_on_shards(table, [table.regclass("embedding")], MEASURE_VECTOR_INDEX)
    ]


def find_missing_on_shards(table: Table, expected: Sequence[tuple[str, str, str]]) -> list[str]:
    """Describe the indexes that are missing or not valid on a shard.

    An expected one is a relation, a method, and the column or expression that comes first.
    """
    missing: list[str] = []
    for relation in dict.fromkeys(relation for relation, *_ in expected):
        indexes = [(method, column) for name, method, column in expected if name == relation]
        methods, columns = map(list, zip(*indexes, strict=True))
        command = FIND_MISSING.format(methods=methods, columns=columns)
        results = run_on_shards(table, [table.regclass(relation)], command.as_string())
        missing += filter(None, results)
    return missing


def run_on_shards(table: Table, relations: Sequence[str], command: str) -> list[str]:
    """Return the value of a query on each shard of those relations that are distributed.

    Raises DatabaseError where a node does not answer.
    """
    # Shards are named in full only where the schema is not in the search path.
    with table.transaction():
        rows = table.execute(ON_SHARDS, [relations, command]).fetchall()
    for success, result in rows:
        if not success:
            raise DatabaseError(f"a shard of {table} cannot be examined: {result}")
    return [result for _, result in rows]


def find_places(table: Table) -> Places:
    """Return over how much of the cluster a table is spread."""
    [places] = table.select(Places, FIND_PLACES, [table.regclass("document")])
    return places


def check_shards(table: Table) -> HealthCheck:
    """Warn of nodes that have no part of a table that is to be on all of them."""
    places = find_places(table)
    if not places.shards:
        message = "the table is on the coordinator alone"
        if table.distributed:
            return HealthCheck("shards", Level.WARNING, message, "run `ragpg ingest --rebuild`")
        return HealthCheck("shards", Level.OK, message)
    message = f"{places.shards} shards on {places.nodes} of {places.workers} workers"
    if places.nodes < min(places.workers, places.shards):
        action = "as an administrator, run: SELECT citus_rebalance_start();"
        return HealthCheck("shards", Level.WARNING, message, action)
    return HealthCheck("shards", Level.OK, message)
