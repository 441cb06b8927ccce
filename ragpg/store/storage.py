"""The room that a table takes, and its rows, by PostgreSQL's statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ragpg.store.table import Table

MEASURE = """
SELECT sum(pg_table_size(name))::bigint AS table, sum(pg_indexes_size(name))::bigint AS indexes,
    sum(pg_total_relation_size(name))::bigint AS total,
    sum(pg_stat_get_dead_tuples(name))::bigint AS dead,
    sum(pg_stat_get_live_tuples(name))::bigint AS live
FROM unnest(%s::regclass[]) AS name
"""

MEASURE_VECTOR_INDEX = """
SELECT coalesce(sum(pg_relation_size(indexrelid)), 0)::bigint FROM pg_catalog.pg_index
JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid JOIN pg_catalog.pg_am ON pg_am.oid = relam
WHERE indrelid = %s::regclass AND amname = 'hnsw'
"""


class Storage(NamedTuple):
    """The bytes of relations, of their indexes and of both; the dead rows, and the others."""

    table: int
    indexes: int
    total: int
    dead: int
    live: int


def measure(table: Table) -> Storage:
    """Measure all relations of a table, with their shards."""
    [own] = table.select(Storage, MEASURE, [table.regclasses])
    if table.is_on_citus:
        from ragpg.store.shards import measure_shards

        return Storage(*map(sum, zip(own, *measure_shards(table), strict=True)))
    return own


def measure_vector_index(table: Table) -> int:
    """Return the bytes of the index over vectors, with those of the shards."""
    relation = table.regclass("embedding")
    [size] = table.select_column(int, MEASURE_VECTOR_INDEX, [relation])
    if table.is_on_citus:
        from ragpg.store.shards import measure_vector_indexes

        return size + sum(measure_vector_indexes(table))
    return size
