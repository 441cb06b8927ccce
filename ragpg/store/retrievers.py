"""Dense and keyword retrieval: both at the same moment, in one trip to the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

from pgvector import HalfVector
from psycopg import sql

from ragpg.store import bm25
from ragpg.store.candidates import Keys, fetch_candidates
from ragpg.store.connection import ONE_SNAPSHOT, in_one_trip
from ragpg.store.restriction import restrict
from ragpg.types import Candidates, Scan, SearchPlan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.store.candidates import Key
    from ragpg.store.connection import Query
    from ragpg.store.restriction import Restriction
    from ragpg.store.table import Table
    from ragpg.types import SearchRequest

MAX_EF_SEARCH = 1_000
"""The highest value of hnsw.ef_search in pgvector."""

OVERSAMPLING = 8
"""The bit index is asked for this many times the chunks wanted; the best are found exactly."""

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
SELECT doc_id, ordinal FROM {embedding} AS embedding WHERE {index_condition}
ORDER BY vector <=> %(vector)s LIMIT %(limit)s
"""
BIT_INDEX_SCAN = """
SELECT doc_id, ordinal FROM (
    SELECT doc_id, ordinal, vector <=> %(vector)s AS distance
    FROM {embedding} AS embedding WHERE {index_condition}
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

KEYWORD_SCAN = """
SELECT doc_id, ordinal FROM {lexical} WHERE terms && %(required_terms)s::integer[] AND {condition}
ORDER BY weights <#> %(weights)s::sparsevec, doc_id, ordinal LIMIT %(limit)s
"""


def search(table: Table, request: SearchRequest) -> Candidates:
    """Return the best chunks of each retriever."""
    settings = (*scan_settings(table, request), table.statement(LOCK))
    with table.transaction(*settings, isolation=ONE_SNAPSHOT):
        prepared, idf = prepare(table, request)
        keys = prepared.run()
        candidates = fetch_candidates(table, keys, prepared.parameters, prepared.term_names)
    restriction = prepared.restriction
    plan = SearchPlan(restriction.total_chunks, restriction.matching_chunks, keys.scan)
    return Candidates(tuple(candidates), idf, restriction.max_chunks, plan)


def scan_settings(table: Table, request: SearchRequest) -> list[Query]:
    """Let a scan of the index return as many vectors as the request needs."""
    ef_search = min(max(request.ef_search, index_limit(table, request)), MAX_EF_SEARCH)
    settings: list[Query] = [SET_PROPAGATION] if table.is_on_citus else []
    settings += [SET_NO_JIT, SET_EF_SEARCH.format(ef_search)]
    if table.pgvector.has_iterative_scan:
        settings.append(SET_ITERATIVE_SCAN)
    return settings


def index_limit(table: Table, request: SearchRequest) -> int:
    """Return how many chunks are taken from the vector index."""
    return request.limit * OVERSAMPLING if table.uses_bit_index else request.limit


def prepare(table: Table, request: SearchRequest) -> tuple[Search, dict[str, float]]:
    """Look up what the statement needs; also return the inverse document frequency of each term."""
    frequencies = bm25.find_frequencies(table, request.text or "")
    chunks = frequencies.pop("")
    restriction = restrict(table, request, total_chunks=chunks)
    idf = {t: bm25.inverse_document_frequency(n, chunks=chunks) for t, n in frequencies.items()}
    selected = bm25.select_terms(frequencies, chunks=chunks, limit=request.limit)
    rest = [term for term, count in frequencies.items() if count and term not in selected]
    all_terms = bm25.to_dimensions([*selected, *rest])
    required = all_terms if restriction.is_selective else bm25.to_dimensions(selected)
    parameters = {
        **restriction.parameters,
        "vector": None if request.vector is None else HalfVector(request.vector),
        "weights": None if request.text is None else bm25.to_sparsevec(idf),
        "terms": bm25.to_dimensions(idf),
        "required_terms": required,
        "limit": request.limit,
        "index_limit": index_limit(table, request),
    }
    names = {bm25.to_dimension(term): term for term in idf}
    return Search(table, restriction, parameters, all_terms, names), idf


@dataclass(frozen=True, slots=True)
class Search:
    """Both retrievers; one whose part of the request is missing finds nothing.

    A chunk must have one of the `required_terms` among the parameters, which may leave out the
    common ones of `all_terms`.
    """

    table: Table
    restriction: Restriction
    parameters: Mapping[str, Any]
    all_terms: Sequence[int]
    term_names: Mapping[int, str]

    def run(self) -> Keys:
        """Find chunks by the indexes, and without them where these return too few."""
        scan = self.dense_scan
        from_vectors, from_keywords = self.find_keys([scan, self.keyword_scan], self.parameters)
        expected = min(self.parameters["limit"], self.restriction.max_chunks)
        # Dead rows, or a filter that few of the nearest chunks pass, make an index scan end early.
        if scan in (INDEX_SCAN, BIT_INDEX_SCAN) and len(from_vectors) < expected:
            scan = EXACT_SCAN
            [from_vectors] = self.find_keys([scan], self.parameters)
        # And the chunks that match the filter may have none of the rare terms.
        is_limited = not self.restriction.is_whole_table
        required = self.parameters["required_terms"]
        if is_limited and required != self.all_terms and len(from_keywords) < expected:
            parameters = {**self.parameters, "required_terms": self.all_terms}
            [from_keywords] = self.find_keys([KEYWORD_SCAN], parameters)
        return Keys(from_vectors, from_keywords, SCANS[scan] if scan else None)

    @property
    def dense_scan(self) -> LiteralString | None:
        """The query of the dense retriever."""
        if self.parameters["vector"] is None:
            return None
        if self.restriction.prefers_exact_scan or not self.can_use_index:
            return EXACT_SCAN
        return BIT_INDEX_SCAN if self.table.uses_bit_index else INDEX_SCAN

    @property
    def keyword_scan(self) -> LiteralString | None:
        """The query of the keyword retriever."""
        return KEYWORD_SCAN if self.parameters["required_terms"] else None

    @property
    def can_use_index(self) -> bool:
        """Whether an index scan can return enough rows: an old pgvector does not continue one."""
        is_wide_enough = self.parameters["index_limit"] <= MAX_EF_SEARCH
        at_once = self.restriction.is_whole_table and is_wide_enough
        return at_once or self.table.pgvector.has_iterative_scan

    def find_keys(
        self, scans: Sequence[LiteralString | None], parameters: Mapping[str, Any]
    ) -> list[list[Key]]:
        """Execute scans in one trip, and return what each found, best first."""
        connection = self.table.connection
        with in_one_trip(connection):
            cursors = [
                connection.execute(self.statement(scan), parameters) if scan else None
                for scan in scans
            ]
        return [[] if cursor is None else cursor.fetchall() for cursor in cursors]

    def statement(self, scan: LiteralString) -> sql.Composed:
        """Return the statement of a scan, restricted to what is searched."""
        restriction = self.restriction
        return self.table.statement(
            scan, condition=restriction.condition, index_condition=restriction.index_condition
        )
