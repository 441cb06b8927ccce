"""Scans of the vectors: by their index, by their signs, or all of them; and how wide they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ragpg.types import Scan

if TYPE_CHECKING:
    from ragpg.store.table import Table
    from ragpg.types import SearchRequest

MAX_EF_SEARCH = 1_000
"""The highest value of hnsw.ef_search in pgvector."""

OVERSAMPLING = 8
"""The bit index is asked for this many times the chunks wanted; the best are found exactly."""

USUAL_CHUNKS = 50_000
"""Of a table with more chunks the index is asked for more, in proportion to the square root of its
size: so many are needed for the same recall of made-up vectors in groups, up to a million."""

FEWEST_WANTED = 50
"""For fewer chunks the index is asked as for this number: recall would suffer."""

# Only these plain forms use the index. An iterative scan is slightly out of order, which does not
# matter here.
INDEX_SCAN = """
SELECT doc_id, ordinal FROM {embedding} AS searched WHERE {index_condition}
ORDER BY vector <=> %(vector)s LIMIT %(limit)s
"""
BIT_INDEX_SCAN = """
SELECT doc_id, ordinal FROM (
    SELECT doc_id, ordinal, vector <=> %(vector)s AS distance
    FROM {embedding} AS searched WHERE {index_condition}
    ORDER BY binary_quantize(vector)::bit({dimension})
        <~> binary_quantize(%(vector)s)::bit({dimension})
    LIMIT %(index_limit)s
) AS nearest
ORDER BY distance, doc_id, ordinal LIMIT %(limit)s
"""

# The sum keeps PostgreSQL from using the index.
EXACT_SCAN = """
SELECT doc_id, ordinal FROM {embedding} WHERE {condition}
ORDER BY (vector <=> %(vector)s) + 0, doc_id, ordinal LIMIT %(limit)s
"""

SCANS = {EXACT_SCAN: Scan.EXACT, INDEX_SCAN: Scan.INDEX, BIT_INDEX_SCAN: Scan.BITS}


def index_limit(table: Table, request: SearchRequest, *, chunks: int) -> int:
    """Return how many of a table's chunks are taken from the vector index."""
    if not table.has_bit_index:
        return request.limit
    limit = round(max(request.limit, FEWEST_WANTED) * OVERSAMPLING * growth(chunks))
    # An old pgvector gives no more rows than ef_search has.
    return (
        limit
        if table.pgvector.has_iterative_scan
        else max(request.limit, min(limit, MAX_EF_SEARCH))
    )


def growth(chunks: int) -> float:
    """Return how many times as many candidates the recall of a table of this size needs."""
    return math.sqrt(max(1, chunks / USUAL_CHUNKS))


def ef_search(table: Table, request: SearchRequest, *, chunks: int) -> int:
    """Return hnsw.ef_search: the number of candidates that a scan of the index keeps."""
    wanted = round(request.ef_search * growth(chunks))
    return min(max(wanted, index_limit(table, request, chunks=chunks)), MAX_EF_SEARCH)
