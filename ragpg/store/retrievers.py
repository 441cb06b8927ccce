"""Dense and keyword retrieval: both at the same moment, in one trip to the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString, TypeAlias

from pgvector import HalfVector
from psycopg import sql

from ragpg.store import bm25
from ragpg.store.candidates import Keys, fetch_candidates
from ragpg.store.query_terms import find_frequencies
from ragpg.store.required_terms import ENOUGH, require_any, require_terms
from ragpg.store.restriction import SMALL_TABLE_CHUNKS, TRUE, restrict
from ragpg.store.statements import ONE_SNAPSHOT, in_one_trip
from ragpg.store.vector_scan import (
    BIT_INDEX_SCAN,
    EXACT_SCAN,
    INDEX_SCAN,
    MAX_EF_SEARCH,
    SCANS,
    ef_search,
    index_limit,
)
from ragpg.types import Candidates, SearchPlan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.store.candidates import Key
    from ragpg.store.required_terms import RequiredTerms
    from ragpg.store.restriction import BroadCondition, Restriction
    from ragpg.store.statements import Query
    from ragpg.store.table import Table
    from ragpg.types import SearchRequest

    Scanned: TypeAlias = tuple[sql.Composed, Mapping[str, Any]]
    """A scan that returns keys, and its parameters."""

BROAD_MARGIN = 2
"""A broad filter is applied to this many times the chunks that would leave as many as wanted."""

COMMON_SHARE = 0.25
"""Of a small table: where the terms have more chunks together, all of it is read at once."""

# The locks come before the snapshot: a search sees all of a rebuild that ends now, or nothing.
LOCK = "LOCK TABLE {document}, {chunk}, {lexical}, {term}, {embedding} IN ACCESS SHARE MODE"
SET_PROPAGATION = sql.SQL("SET LOCAL citus.propagate_set_commands = 'local'")
"""Lets the settings that follow reach the nodes of a cluster."""
SET_NO_JIT = sql.SQL("SET LOCAL jit = off")
SET_JOINS = sql.SQL("SET LOCAL join_collapse_limit = 1")
"""Tables are joined as they are written: to look for other orders takes longer than the query."""
SET_EF_SEARCH = sql.SQL("SET LOCAL hnsw.ef_search = {}")
SET_ITERATIVE_SCAN = sql.SQL("SET LOCAL hnsw.iterative_scan = relaxed_order")

# A join would begin with the documents: PostgreSQL cannot know how many of them match.
KEYWORD_SCAN = """
SELECT doc_id, ordinal FROM {lexical} AS searched WHERE {required} AND {index_condition}
ORDER BY weights <#> %(weights)s::sparsevec, doc_id, ordinal LIMIT %(limit)s
"""

# A small table is read as a whole, for which the weights of the terms are enough.
SMALL_KEYWORD_SCAN = """
SELECT doc_id, ordinal FROM {lexical}
WHERE (weights <#> %(weights)s::sparsevec) < 0
ORDER BY weights <#> %(weights)s::sparsevec, doc_id, ordinal LIMIT %(limit)s
"""

KEEP_MATCHING = """
SELECT doc_id FROM {document} AS document WHERE doc_id = ANY(%(doc_ids)s::bigint[]) AND {condition}
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
    settings += [SET_NO_JIT, SET_JOINS]
    if table.pgvector.has_iterative_scan:
        settings.append(SET_ITERATIVE_SCAN)
    return settings


def prepare(table: Table, request: SearchRequest) -> tuple[Search, dict[str, float]]:
    """Look up what the statement needs; also return the inverse document frequency of each term."""
    frequencies = find_frequencies(table, request.text or "")
    chunks = frequencies.pop("")
    restriction = restrict(table, request, total_chunks=chunks)
    idf = {t: bm25.inverse_document_frequency(n, chunks=chunks) for t, n in frequencies.items()}
    any_term = require_any(frequencies)
    broad = restriction.broad
    # A broad filter is applied to the best of all chunks: so many have to be found.
    limit = max(request.limit, widen(request.limit, broad) // ENOUGH if broad else 0)
    required = require_terms(frequencies, chunks=chunks, limit=limit)
    parameters = {
        **restriction.parameters,
        "vector": None if request.vector is None else HalfVector(request.vector),
        "weights": None if request.text is None else bm25.to_sparsevec(idf),
        "terms": bm25.to_dimensions(idf),
        "limit": request.limit,
        "index_limit": index_limit(table, request, chunks=chunks),
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


def widen(limit: int, broad: BroadCondition) -> int:
    """Return of how many chunks a broad condition leaves as many as are wanted."""
    return round(BROAD_MARGIN * limit / broad.share)


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
        scan = self.dense_scan
        dense = [self.statement(scan)] if scan else []
        keyword = [self.first_keyword_scan()] if self.required_terms else []
        # In one trip with the scans: only now the size of the table is known.
        found = self.find_keys([*dense, *keyword], SET_EF_SEARCH.format(self.ef_search))
        from_vectors = found.pop(0) if dense else []
        from_keywords = self.keep_matching(found.pop(0)) if keyword else []
        expected = min(self.parameters["limit"], self.restriction.max_chunks)
        # Dead rows, or a filter that few of the nearest chunks pass, make an index scan end early.
        if scan in (INDEX_SCAN, BIT_INDEX_SCAN) and len(from_vectors) < expected:
            scan = EXACT_SCAN
            [from_vectors] = self.find_keys([self.statement(scan)])
        if self.may_miss_words and len(from_keywords) < expected:
            [from_keywords] = self.find_keys([self.keyword_statement(self.any_term)])
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

    def find_keys(self, scans: Sequence[Scanned], *settings: Query) -> list[list[Key]]:
        """Execute scans in one trip, and return what each found, best first."""
        connection = self.table.connection
        with in_one_trip(connection):
            for setting in settings:
                connection.execute(setting)
            cursors = [connection.execute(scan, parameters) for scan, parameters in scans]
        return [cursor.fetchall() for cursor in cursors]

    def statement(self, scan: LiteralString) -> Scanned:
        """Return a scan of the vectors, restricted to what is searched, and its parameters."""
        restriction = self.restriction
        conditions = {
            "condition": restriction.condition,
            "index_condition": restriction.index_condition,
        }
        return self.table.statement(scan, **conditions), self.parameters

    @property
    def reads_all_words(self) -> bool:
        """Whether a scan of all keywords is faster than one by the index over terms."""
        chunks = self.restriction.max_chunks
        is_small = self.restriction.is_whole_table and chunks <= SMALL_TABLE_CHUNKS
        return is_small and self.with_term >= COMMON_SHARE * chunks

    @property
    def may_miss_words(self) -> bool:
        """Whether the first scan of the keywords leaves chunks out that have a term."""
        if not self.required_terms or self.reads_all_words:
            return False
        return self.restriction.broad is not None or self.required_terms != self.any_term

    def first_keyword_scan(self) -> Scanned:
        """Return the scan of the keywords that comes first; see `keep_matching`."""
        if self.reads_all_words:
            return self.table.statement(SMALL_KEYWORD_SCAN), self.parameters
        broad = self.restriction.broad
        if broad is None:
            return self.keyword_statement(self.required_terms)
        statement, parameters = self.keyword_statement(self.required_terms, filtered=False)
        return statement, {**parameters, "limit": widen(parameters["limit"], broad)}

    def keep_matching(self, found: list[Key]) -> list[Key]:
        """Apply a broad filter to the best of all chunks: what it leaves are the best that match.

        Other filters are part of the scan.
        """
        broad = self.restriction.broad
        if broad is None:
            return found
        parameters = {**self.parameters, "doc_ids": [doc_id for doc_id, _ in found]}
        matching = self.table.execute(KEEP_MATCHING, parameters, condition=broad.condition)
        doc_ids = {doc_id for (doc_id,) in matching.fetchall()}
        return [key for key in found if key[0] in doc_ids][: self.parameters["limit"]]

    def keyword_statement(self, required: RequiredTerms, *, filtered: bool = True) -> Scanned:
        """Return a scan of the keywords, restricted to what is searched, and its parameters."""
        restriction = self.restriction
        condition = required.condition
        # PostgreSQL would find the rows of the terms and those of the filter by an index each, and
        # intersect them. The test for truth keeps it from that where the filter leaves fewer.
        if restriction.is_selective and restriction.max_chunks < self.with_term:
            condition = sql.SQL("{} IS TRUE").format(condition)
        index_condition = restriction.index_condition if filtered else TRUE
        statement = self.table.statement(
            KEYWORD_SCAN, required=condition, index_condition=index_condition
        )
        return statement, {**self.parameters, **required.parameters}
