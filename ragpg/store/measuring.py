"""Health checks that search and compare: what an index returns, and not only that it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import psycopg

from ragpg.store import retrievers
from ragpg.store.health import REBUILD, REPAIR
from ragpg.store.restriction import SMALL_TABLE_CHUNKS
from ragpg.store.statements import translate_errors
from ragpg.store.vector_index import count_chunks
from ragpg.store.vector_scan import BIT_INDEX_SCAN, INDEX_SCAN
from ragpg.types import HealthCheck, Level, SearchRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pgvector import HalfVector

    from ragpg.store.table import Table
    from ragpg.types import Candidates

QUERIES = 20
WANTED = 50
"""Stored vectors whose nearest are looked for, and how many of each: 1,000 comparisons, so that a
recall of .95 is measured to .01 where the whole table is read."""

MAX_COMPARED = 100_000
"""Vectors that each is compared with exactly, at most: a second or two in all. A larger table is
sampled, and the measurement less exact: to .02 for a million chunks."""

LOWEST_RECALL = 0.9
"""An index below it has lost a part of the table; a sound one is above .95."""

DRAW_VECTORS = """
SELECT vector FROM {embedding} TABLESAMPLE SYSTEM (%(percent)s) ORDER BY random() LIMIT %(count)s
"""
# The sum keeps PostgreSQL from using the index.
COMPARE = """
SELECT source, ordinal FROM (
    SELECT doc_id, ordinal, (vector <=> %(vector)s) + 0 AS distance
    FROM {embedding} TABLESAMPLE SYSTEM (%(percent)s) ORDER BY distance LIMIT %(count)s
) AS nearest
JOIN {document} AS document ON document.doc_id = nearest.doc_id
WHERE distance < %(limit)s
"""
EXPLAIN = "EXPLAIN {scan}"


class Place(NamedTuple):
    """A chunk's place: its document, and its number in it."""

    source: str
    ordinal: int


def measure(table: Table) -> list[HealthCheck]:
    """Compare what searches find with what is there; takes a few seconds at most."""
    with translate_errors(table.connection):
        chunks = count_chunks(table)
    if chunks <= SMALL_TABLE_CHUNKS:
        message = "every vector is compared: the table is too small for the index"
        return [HealthCheck("recall", Level.OK, message)]
    percent = min(100.0, 100 * MAX_COMPARED / chunks)
    drawn = draw_vectors(table, percent=percent)
    if not drawn:
        return [HealthCheck("recall", Level.FAULT, "there are no vectors", REBUILD)]
    chunks_of_shard = chunks // max(1, count_shards(table))
    return [
        check_recall(table, drawn, percent=percent),
        check_plan(table, drawn[0], chunks=chunks_of_shard),
    ]


def count_shards(table: Table) -> int:
    """Return how many shards a table has; none where it is on one server."""
    if not table.is_on_citus:
        return 0
    from ragpg.store.shards import find_places

    return find_places(table).shards


def draw_vectors(table: Table, *, percent: float) -> list[HalfVector]:
    """Return some of the stored vectors, out of a share of the table."""
    with table.transaction():
        rows = table.execute(DRAW_VECTORS, {"percent": percent, "count": QUERIES}).fetchall()
    return [vector for (vector,) in rows]


def check_recall(table: Table, drawn: Sequence[HalfVector], *, percent: float) -> HealthCheck:
    """Compare the nearest chunks that searches find with the nearest of a share of the table."""
    found = expected = 0
    for vector in drawn:
        nearest = retrievers.search(table, SearchRequest(None, vector.to_numpy(), WANTED))
        hits = {Place(item.source, item.chunk.ordinal) for item in nearest.items}
        places = compare(table, vector, nearest, percent=percent)
        found += len(hits.intersection(places))
        expected += len(places)
    recall = found / expected if expected else 1.0
    message = f"{recall:.0%} of the nearest chunks are found, of {expected} compared"
    if recall < LOWEST_RECALL:
        return HealthCheck("recall", Level.FAULT, message, REPAIR)
    return HealthCheck("recall", Level.OK, message)


def compare(
    table: Table, vector: HalfVector, nearest: Candidates, *, percent: float
) -> list[Place]:
    """Return the places in a share of the table that are as near as what a search has found."""
    cosines = [item.cosine for item in nearest.items if item.cosine is not None]
    parameters = {
        "vector": vector,
        "percent": percent,
        "count": WANTED,
        # A distance is not the same to the last bit on both ways; the last one counts for neither.
        "limit": 1 - min(cosines, default=-1),
    }
    with table.transaction():
        return table.select(Place, COMPARE, parameters)


def check_plan(table: Table, vector: HalfVector, *, chunks: int) -> HealthCheck:
    """Check that PostgreSQL uses the index over so many vectors for a search."""
    with table.transaction(*retrievers.scan_settings(table)):
        request = SearchRequest(None, vector.to_numpy(), WANTED)
        search, _ = retrievers.prepare(table, request)
        scan = BIT_INDEX_SCAN if table.has_bit_index else INDEX_SCAN
        statement, parameters = search.statement(scan)
        # The values are part of the statement: Citus does not pass parameters on with EXPLAIN.
        cursor = psycopg.ClientCursor(table.connection)
        lines = cursor.execute(table.statement(EXPLAIN, scan=statement), parameters).fetchall()
    if any("Index Scan using" in line for (line,) in lines):
        return HealthCheck("plan", Level.OK, "searches use the index over vectors")
    if chunks <= SMALL_TABLE_CHUNKS:
        message = "every vector of a shard is compared: it is too small for the index"
        return HealthCheck("plan", Level.OK, message)
    message = "PostgreSQL reads all vectors instead of using their index"
    return HealthCheck("plan", Level.WARNING, message, f"{REPAIR}: it renews the statistics")
