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
