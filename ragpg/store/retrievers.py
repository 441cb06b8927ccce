"""Dense and keyword retrieval: both in one statement, at the same moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, LiteralString

from pgvector import HalfVector
from psycopg import sql

from ragpg.store import bm25
from ragpg.store.connection import select
from ragpg.store.restriction import restrict
from ragpg.types import Candidate, Candidates, Chunk, Scan, SearchPlan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.store.restriction import Restriction
    from ragpg.store.table import Table
    from ragpg.types import SearchRequest

MAX_EF_SEARCH = 1_000
"""The highest value of hnsw.ef_search in pgvector."""

OVERSAMPLING = 8
"""The bit index is asked for this many times the chunks wanted; the best are found exactly."""

# The locks come before the snapshot: a search sees all of a rebuild that ends now, or nothing.
READ_ONE_STATE = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
LOCK TABLE {document}, {chunk}, {lexical}, {term}, {embedding} IN ACCESS SHARE MODE
"""
SET_SCAN = "SET LOCAL jit = off; SET LOCAL hnsw.ef_search = {ef_search}"
SET_ITERATIVE_SCAN = "SET LOCAL hnsw.iterative_scan = relaxed_order"

# Only these plain forms use the index. An iterative scan is slightly out of order, which does not
# matter here.
INDEX_SCAN = """
SELECT doc_id, ordinal FROM {embedding} AS embedding WHERE {index_condition}
ORDER BY vector <=> %(vector)s LIMIT %(limit)s
"""
BIT_INDEX_SCAN = """
SELECT doc_id, ordinal FROM (
    SELECT doc_id, ordinal, vector FROM {embedding} AS embedding WHERE {index_condition}
    ORDER BY binary_quantize(vector)::bit({dimension})
        <~> binary_quantize(%(vector)s)::bit({dimension})
    LIMIT %(index_limit)s
) AS nearest
ORDER BY vector <=> %(vector)s, doc_id, ordinal LIMIT %(limit)s
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

NO_ROWS = "SELECT NULL::bigint AS doc_id, NULL::integer AS ordinal WHERE false"

CANDIDATES = """
WITH dense AS MATERIALIZED ({dense}), keyword AS MATERIALIZED ({keyword}),
candidate AS MATERIALIZED (
    SELECT doc_id, ordinal, dense.doc_id IS NOT NULL AS in_dense_results,
        keyword.doc_id IS NOT NULL AS in_keyword_results
    FROM dense FULL JOIN keyword USING (doc_id, ordinal)
)
SELECT in_dense_results, in_keyword_results,
    1 - (vector <=> %(vector)s) AS cosine, 0 - (weights <#> %(weights)s::sparsevec) AS bm25,
    (
        SELECT avg(1 - (neighbour.vector <=> %(vector)s)) FROM {embedding} AS neighbour
        WHERE neighbour.doc_id = chunk.doc_id
            AND neighbour.ordinal IN (chunk.ordinal - 1, chunk.ordinal + 1)
    ) AS neighbour_cosine,
    embedding.words AS word_codes,
    ARRAY(SELECT unnest(terms) INTERSECT SELECT unnest(%(terms)s::integer[])) AS matched_terms,
    source, title, ordinal, heading, body AS text, start_at AS start, end_at AS "end", start_line,
    end_line
FROM candidate
JOIN {chunk} AS chunk USING (doc_id, ordinal)
JOIN {document} AS document USING (doc_id)
LEFT JOIN {lexical} AS lexical USING (doc_id, ordinal)
LEFT JOIN {embedding} AS embedding USING (doc_id, ordinal)
"""
CHUNK_COLUMNS = ("ordinal", "text", "start", "end", "start_line", "end_line")


def search(table: Table, request: SearchRequest) -> Candidates:
    """Return the best chunks of each retriever."""
    with table.transaction(table.statement(READ_ONE_STATE), *scan_settings(table, request)):
        prepared, idf = prepare(table, request)
        candidates, scan = prepared.run()
    restriction = prepared.restriction
    plan = SearchPlan(restriction.total_chunks, restriction.matching_chunks, scan)
    return Candidates(tuple(candidates), idf, restriction.max_chunks, plan)


def scan_settings(table: Table, request: SearchRequest) -> list[sql.Composable]:
    """Let a scan of the index return as many vectors as the request needs."""
    ef_search = min(max(request.ef_search, index_limit(table, request)), MAX_EF_SEARCH)
    settings: list[sql.Composable] = [sql.SQL(SET_SCAN).format(ef_search=ef_search)]
    if table.pgvector.has_iterative_scan:
        settings.append(sql.SQL(SET_ITERATIVE_SCAN))
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
    """Both retrievers in one statement; one whose part of the request is missing returns no rows.

    A chunk must have one of the `required_terms` among the parameters, which may leave out the
    common ones of `all_terms`.
    """

    table: Table
    restriction: Restriction
    parameters: Mapping[str, Any]
    all_terms: Sequence[int]
    term_names: Mapping[int, str]

    def run(self) -> tuple[list[Candidate], Scan | None]:
        """Find candidates by the indexes, and without them where these return too few."""
        dense, required = self.dense_scan, self.parameters["required_terms"]
        candidates = self.find(dense)
        expected = min(self.parameters["limit"], self.restriction.max_chunks)
        # Dead rows, or a filter that few of the nearest chunks pass, make an index scan end early.
        from_vectors = sum(candidate.in_dense_results for candidate in candidates)
        lacks_vectors = dense in (INDEX_SCAN, BIT_INDEX_SCAN) and from_vectors < expected
        # And the chunks that match the filter may have none of the rare terms.
        from_keywords = sum(candidate.in_keyword_results for candidate in candidates)
        lacks_terms = (
            required != self.all_terms
            and from_keywords < expected
            and not self.restriction.is_whole_table
        )
        if not lacks_vectors and not lacks_terms:
            return candidates, SCANS.get(dense)
        terms = self.all_terms if lacks_terms else required
        thorough = replace(self, parameters={**self.parameters, "required_terms": terms})
        dense = EXACT_SCAN if lacks_vectors else dense
        return thorough.find(dense), SCANS.get(dense)

    @property
    def dense_scan(self) -> LiteralString:
        """The query of the dense retriever."""
        if self.parameters["vector"] is None:
            return NO_ROWS
        if self.restriction.prefers_exact_scan or not self.can_use_index:
            return EXACT_SCAN
        return BIT_INDEX_SCAN if self.table.uses_bit_index else INDEX_SCAN

    @property
    def can_use_index(self) -> bool:
        """Whether an index scan can return enough rows: an old pgvector does not continue one."""
        is_wide_enough = self.parameters["index_limit"] <= MAX_EF_SEARCH
        at_once = self.restriction.is_whole_table and is_wide_enough
        return at_once or self.table.pgvector.has_iterative_scan

    def find(self, dense_scan: LiteralString) -> list[Candidate]:
        """Execute the statement."""
        statement = self.statement(dense_scan)
        return select(self.table.connection, self.to_candidate, statement, self.parameters)

    def statement(self, dense_scan: LiteralString) -> sql.Composed:
        """Return the statement that runs both retrievers."""
        keyword_scan = KEYWORD_SCAN if self.parameters["required_terms"] else NO_ROWS
        conditions = {
            "condition": self.restriction.condition,
            "index_condition": self.restriction.index_condition,
        }
        return self.table.statement(
            CANDIDATES,
            dense=self.table.statement(dense_scan, **conditions),
            keyword=self.table.statement(keyword_scan, **conditions),
        )

    def to_candidate(
        self, *, heading: list[str], matched_terms: list[int], word_codes: bytes | None, **row: Any
    ) -> Candidate:
        """Make a candidate of a row, whose columns are named after the fields."""
        chunk_fields = {name: row.pop(name) for name in CHUNK_COLUMNS}
        return Candidate(
            chunk=Chunk(heading=tuple(heading), **chunk_fields),
            matched_terms=frozenset(self.term_names[term] for term in matched_terms),
            word_codes=word_codes or b"",
            **row,
        )
