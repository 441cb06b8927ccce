"""Dense and keyword retrieval: both at the same moment, in one trip to the server."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

from pgvector import HalfVector
from psycopg import sql

from ragpg.store import bm25
from ragpg.store.candidates import Keys, fetch_candidates
from ragpg.store.connection import ONE_SNAPSHOT, in_one_trip
from ragpg.store.required_terms import require_any, require_terms
from ragpg.store.restriction import restrict
from ragpg.types import Candidates, Scan, SearchPlan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.store.candidates import Key
    from ragpg.store.connection import Query
    from ragpg.store.required_terms import RequiredTerms
    from ragpg.store.restriction import Restriction
    from ragpg.store.table import Table
    from ragpg.types import SearchRequest

MAX_EF_SEARCH = 1_000
"""The highest value of hnsw.ef_search in pgvector."""

OVERSAMPLING = 8
"""The bit index is asked for this many times the chunks wanted; the best are found exactly."""

USUAL_CHUNKS = 50_000
"""Of a table with more chunks the index is asked for more, in proportion to the square root of its
size: so many are needed for the same recall of made-up vectors in groups, up to a million."""

BROAD_MARGIN = 2
"""A broad filter is applied to this many times the chunks that would leave as many as wanted."""

FEWEST_WANTED = 50
"""For fewer chunks the index is asked as for this number: recall would suffer."""

# The locks come before the snapshot: a search sees all of a rebuild that ends now, or nothing.
LOCK = "LOCK TABLE {document}, {chunk}, {lexical}, {term}, {embedding} IN ACCESS SHARE MODE"
SET_PROPAGATION = sql.SQL("SET LOCAL citus.propagate_set_commands = 'local'")
"""Lets the settings that follow reach the nodes of a cluster."""
SET_NO_JIT = sql.SQL("SET LOCAL jit = off")
SET_EF_SEARCH = sql.SQL("SET LOCAL hnsw.ef_search = {}")
SET_ITERATIVE_SCAN = sql.SQL("SET LOCAL hnsw.iterative_scan = relaxed_order")

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

# A join would begin with the documents: PostgreSQL cannot know how many of them match.
KEYWORD_SCAN = """
SELECT doc_id, ordinal FROM {lexical} AS searched WHERE {required} AND {index_condition}
ORDER BY weights <#> %(weights)s::sparsevec, doc_id, ordinal LIMIT %(limit)s
"""

# The best of all, among which the matching ones are the best that match.
BROAD_KEYWORD_SCAN = """
SELECT doc_id, ordinal FROM (
    SELECT doc_id, ordinal, weights <#> %(weights)s::sparsevec AS distance FROM {lexical}
    WHERE {required} ORDER BY distance, doc_id, ordinal LIMIT %(broad_limit)s
) AS searched
WHERE {index_condition} ORDER BY distance, doc_id, ordinal LIMIT %(limit)s
"""


def search(table: Table, request: SearchRequest) -> Candidates:
    """Return the best chunks of each retriever."""
    settings = (*scan_settings(table), table.statement(LOCK))
    with table.transaction(*settings, isolation=ONE_SNAPSHOT):
        prepared, idf = prepare(table, request)
        keys = prepared.run()
        candidates = fetch_candidates(table, keys, prepared.parameters, prepared.term_names)
    restriction = prepared.restriction
    plan = SearchPlan(restriction.total_chunks, restriction.matching_chunks, keys.scan)
    return Candidates(tuple(candidates), idf, restriction.max_chunks, plan)


def scan_settings(table: Table) -> list[Query]:
    """Let a scan of the vector index go on until there are enough rows, if pgvector can."""
    settings: list[Query] = [SET_PROPAGATION] if table.is_on_citus else []
    settings.append(SET_NO_JIT)
    if table.pgvector.has_iterative_scan:
        settings.append(SET_ITERATIVE_SCAN)
    return settings


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


def prepare(table: Table, request: SearchRequest) -> tuple[Search, dict[str, float]]:
    """Look up what the statement needs; also return the inverse document frequency of each term."""
    frequencies = bm25.find_frequencies(table, request.text or "")
    chunks = frequencies.pop("")
    restriction = restrict(table, request, total_chunks=chunks)
    idf = {t: bm25.inverse_document_frequency(n, chunks=chunks) for t, n in frequencies.items()}
    any_term = require_any(frequencies)
    required = require_terms(frequencies, chunks=chunks, limit=request.limit)
    parameters = {
        **restriction.parameters,
        "vector": None if request.vector is None else HalfVector(request.vector),
        "weights": None if request.text is None else bm25.to_sparsevec(idf),
        "terms": bm25.to_dimensions(idf),
        "limit": request.limit,
        "index_limit": index_limit(table, request, chunks=chunks),
        "broad_limit": round(BROAD_MARGIN * request.limit / (restriction.broad_share or 1)),
    }
    return Search(
        table,
        restriction,
        parameters,
        ef_search=ef_search(table, request, chunks=chunks),
        required_terms=any_term if restriction.is_selective else required,
        any_term=any_term,
        with_term=sum(frequencies.values()),
        term_names={bm25.to_dimension(term): term for term in idf},
    ), idf


@dataclass(frozen=True, slots=True)
class Search:
    """Both retrievers; one whose part of the request is missing finds nothing.

    A chunk must have the `required_terms`, or, where these find too few, `any_term`, which at most
    `with_term` chunks have.
    """

    table: Table
    restriction: Restriction
    parameters: Mapping[str, Any]
    ef_search: int
    required_terms: RequiredTerms
    any_term: RequiredTerms
    with_term: int
    term_names: Mapping[int, str]

    def run(self) -> Keys:
        """Find chunks by the indexes, and without them where these return too few."""
        scan, required = self.dense_scan, self.required_terms
        dense = [self.statement(scan)] if scan else []
        words = BROAD_KEYWORD_SCAN if self.restriction.broad_share else KEYWORD_SCAN
        keyword = [self.keyword_statement(required, scan=words)] if required else []
        # In one trip with the scans: only now the size of the table is known.
        found = self.find_keys([*dense, *keyword], SET_EF_SEARCH.format(self.ef_search))
        from_vectors = found.pop(0) if dense else []
        from_keywords = found.pop(0) if keyword else []
        expected = min(self.parameters["limit"], self.restriction.max_chunks)
        # Dead rows, or a filter that few of the nearest chunks pass, make an index scan end early.
        if scan in (INDEX_SCAN, BIT_INDEX_SCAN) and len(from_vectors) < expected:
            scan = EXACT_SCAN
            [from_vectors] = self.find_keys([self.statement(scan)])
        # Few may have the required terms among the chunks that match the filter, or of all.
        last = self.keyword_statement(self.any_term, scan=KEYWORD_SCAN)
        if keyword and keyword != [last] and len(from_keywords) < expected:
            [from_keywords] = self.find_keys([last])
        return Keys(from_vectors, from_keywords, SCANS[scan] if scan else None)

    @property
    def dense_scan(self) -> LiteralString | None:
        """The query of the dense retriever."""
        if self.parameters["vector"] is None:
            return None
        if self.restriction.prefers_exact_scan or not self.can_use_index:
            return EXACT_SCAN
        return BIT_INDEX_SCAN if self.table.has_bit_index else INDEX_SCAN

    @property
    def can_use_index(self) -> bool:
        """Whether an index scan can return enough rows: an old pgvector does not continue one."""
        is_wide_enough = self.parameters["index_limit"] <= MAX_EF_SEARCH
        at_once = self.restriction.is_whole_table and is_wide_enough
        return at_once or self.table.pgvector.has_iterative_scan

    def find_keys(
        self, scans: Sequence[tuple[sql.Composed, Mapping[str, Any]]], *settings: Query
    ) -> list[list[Key]]:
        """Execute scans in one trip, and return what each found, best first."""
        connection = self.table.connection
        with in_one_trip(connection):
            for setting in settings:
                connection.execute(setting)
            cursors = [connection.execute(scan, parameters) for scan, parameters in scans]
        return [cursor.fetchall() for cursor in cursors]

    def statement(self, scan: LiteralString) -> tuple[sql.Composed, Mapping[str, Any]]:
        """Return a scan of the vectors, restricted to what is searched, and its parameters."""
        restriction = self.restriction
        conditions = {
            "condition": restriction.condition,
            "index_condition": restriction.index_condition,
        }
        return self.table.statement(scan, **conditions), self.parameters

    def keyword_statement(
        self, required: RequiredTerms, *, scan: LiteralString
    ) -> tuple[sql.Composed, Mapping[str, Any]]:
        """Return a scan of the keywords, and its parameters."""
        restriction = self.restriction
        condition = required.condition
        # PostgreSQL would find the rows of the terms and those of the filter by an index each, and
        # intersect them. The test for truth keeps it from that where the filter leaves fewer.
        if restriction.is_selective and restriction.max_chunks < self.with_term:
            condition = sql.SQL("{} IS TRUE").format(condition)
        statement = self.table.statement(
            scan, required=condition, index_condition=restriction.index_condition
        )
        return statement, {**self.parameters, **required.parameters}
