"""Chunks for a question: the nearest vectors, the best words, or both at the same moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, LiteralString

from pgvector import HalfVector
from psycopg import sql
from psycopg.rows import args_row

from ragpg.errors import DatabaseError
from ragpg.store import bm25
from ragpg.store.connection import transaction
from ragpg.store.registry import check_model
from ragpg.store.restriction import Scope, choose
from ragpg.types import Candidate, Candidates, Chunk, EmbeddingModel, Scan, SearchPlan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.store.connection import Connection
    from ragpg.store.names import Table
    from ragpg.types import SearchRequest

LONGEST_QUESTION = 20_000
"""Characters that terms are taken from: the weights of more might not fit into a sparsevec."""

WIDEST_SCAN = 1_000
"""What pgvector allows for hnsw.ef_search."""

POOL = 8
"""Times as many chunks are compared as are wanted, where the index has only bits of them."""

# The locks come before the snapshot: of a rebuild that ends now, all is seen or nothing.
READING = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
LOCK TABLE {document}, {chunk}, {lexical}, {term}, {embedding} IN ACCESS SHARE MODE
"""
SCANNING = "SET LOCAL jit = off; SET LOCAL hnsw.ef_search = {ef_search}"
ITERATING = "SET LOCAL hnsw.iterative_scan = relaxed_order"

# The term 0 counts the chunks.
TERMS = """
SELECT fingerprint, dimension, lexeme, coalesce(frequency, 0)
FROM {registry} AS registry CROSS JOIN LATERAL (
    SELECT '', 0
    UNION ALL
    SELECT lexeme, ('x' || left(md5(lexeme), 7))::bit(28)::integer + 1
    FROM unnest(tsvector_to_array(to_tsvector(language::regconfig, %s))) AS lexeme
) AS asked (lexeme, place)
LEFT JOIN {term} ON term = place
WHERE name = %s
"""

# Only these plain forms use the index. An iterative scan is a little out of order, which does not
# matter here.
NEAREST = """
SELECT doc_id, ordinal FROM {embedding} AS embedding WHERE {look}
ORDER BY vector <=> %(vector)s LIMIT %(limit)s
"""
NEAREST_BY_BITS = """
SELECT doc_id, ordinal FROM (
    SELECT doc_id, ordinal, vector FROM {embedding} AS embedding WHERE {look}
    ORDER BY binary_quantize(vector)::bit({dimension})
        <~> binary_quantize(%(vector)s)::bit({dimension})
    LIMIT %(pool)s
) AS pool
ORDER BY vector <=> %(vector)s, doc_id, ordinal LIMIT %(limit)s
"""

NEAREST_EXACTLY = """
SELECT doc_id, ordinal FROM {embedding} WHERE {condition}
ORDER BY (vector <=> %(vector)s) + 0, doc_id, ordinal LIMIT %(limit)s
"""

SCANS = {NEAREST_EXACTLY: Scan.EXACT, NEAREST: Scan.INDEX, NEAREST_BY_BITS: Scan.BITS}

BEST_WORDED = """
SELECT doc_id, ordinal FROM {lexical} WHERE terms && %(any_of)s::integer[] AND {condition}
ORDER BY weights <#> %(weights)s::sparsevec, doc_id, ordinal LIMIT %(limit)s
"""

NOTHING = "SELECT NULL::bigint AS doc_id, NULL::integer AS ordinal WHERE false"

FOUND = """
WITH nearest AS MATERIALIZED ({nearest}), worded AS MATERIALIZED ({worded}),
found AS MATERIALIZED (
    SELECT doc_id, ordinal, nearest.doc_id IS NOT NULL AS near, worded.doc_id IS NOT NULL AS said
    FROM nearest FULL JOIN worded USING (doc_id, ordinal)
)
SELECT near, said,
    1 - (vector <=> %(vector)s), 0 - (weights <#> %(weights)s::sparsevec),
    (
        SELECT avg(1 - (beside.vector <=> %(vector)s)) FROM {embedding} AS beside
        WHERE beside.doc_id = chunk.doc_id
            AND beside.ordinal IN (chunk.ordinal - 1, chunk.ordinal + 1)
    ),
    embedding.words, ARRAY(SELECT unnest(terms) INTERSECT SELECT unnest(%(terms)s::integer[])),
    source, title, ordinal, heading, body, start_at, end_at, start_line, end_line
FROM found
JOIN {chunk} AS chunk USING (doc_id, ordinal)
JOIN {document} AS document USING (doc_id)
LEFT JOIN {lexical} AS lexical USING (doc_id, ordinal)
LEFT JOIN {embedding} AS embedding USING (doc_id, ordinal)
"""


def candidates(connection: Connection, table: Table, query: SearchRequest) -> Candidates:
    """Find what each arm ranks among its first."""
    with transaction(connection, *reading(table), *scanning(table, query)):
        search, terms = prepare(connection, table, query)
        found, scan = search.run()
    plan = SearchPlan(search.scope.total, search.scope.passed, scan)
    return Candidates(tuple(found), terms, search.scope.chunks, plan)


def prepare(
    connection: Connection, table: Table, query: SearchRequest
) -> tuple[Search, dict[str, float]]:
    """Look up what the statement needs to know, and each term's inverse document frequency."""
    frequencies = count_terms(connection, table, query.text or "")
    chunks = frequencies.pop("")
    scope = choose(connection, table, query, chunks=chunks)
    terms = {t: bm25.inverse_frequency(n, chunks=chunks) for t, n in frequencies.items()}
    selective = bm25.selective(frequencies, chunks=chunks, limit=query.limit)
    others = [t for t, n in frequencies.items() if n and t not in selective]
    any_term = places([*selective, *others])
    parameters = {
        **scope.parameters,
        "vector": None if query.vector is None else HalfVector(query.vector),
        "weights": None if query.text is None else bm25.sparse(terms),
        "terms": places(terms),
        "any_of": any_term if scope.small else places(selective),
        "limit": query.limit,
        "pool": pool(table, query),
    }
    names = {bm25.dimension(term): term for term in terms}
    return Search(connection, table, scope, parameters, any_term, names), terms


def places(terms: Iterable[str]) -> list[int]:
    """The places of terms in sparse vectors."""
    return [bm25.dimension(term) for term in terms]


def pool(table: Table, query: SearchRequest) -> int:
    """How many chunks are taken from the index over vectors."""
    return query.limit * POOL if table.by_bits else query.limit


def reading(table: Table) -> list[sql.Composable]:
    """Read one state of the table in the whole transaction."""
    return [table.statement(READING), table.path]


def scanning(table: Table, query: SearchRequest) -> list[sql.Composable]:
    """Let a scan of the vectors go as far as the question wants."""
    width = min(max(query.ef_search, pool(table, query)), WIDEST_SCAN)
    settings: list[sql.Composable] = [sql.SQL(SCANNING).format(ef_search=width)]
    return [*settings, sql.SQL(ITERATING)] if table.extension.iterates else settings


def count_terms(connection: Connection, table: Table, text: str) -> dict[str, int]:
    """The terms of a text and how many chunks have them; under '' the number of chunks."""
    parameters = [text[:LONGEST_QUESTION], table.name]
    rows: Any = connection.execute(table.statement(TERMS), parameters).fetchall()
    if not rows:
        raise DatabaseError(f'the table "{table}" is gone', hint="run `ragpg ingest PATH`")
    fingerprint, dimension, *_ = rows[0]
    check_model(table, EmbeddingModel(table.model.name, dimension, fingerprint))
    return {term: frequency for _, _, term, frequency in rows}


@dataclass(frozen=True, slots=True)
class Search:
    """Both arms in one statement; one without its part of the question finds nothing.

    `any_term` asks for all terms of the question, while `any_of` among the parameters may leave the
    common ones out.
    """

    connection: Connection
    table: Table
    scope: Scope
    parameters: Mapping[str, Any]
    any_term: Sequence[int]
    terms: Mapping[int, str]

    def run(self) -> tuple[list[Candidate], Scan | None]:
        """Find candidates by the indexes, and without them where these are no help."""
        nearest, any_of = self.nearest, self.parameters["any_of"]
        found = self.find(nearest)
        enough = min(self.parameters["limit"], self.scope.chunks)
        # Dead rows, or a filter that passes none of those nearby, can starve a scan of the index.
        near = sum(candidate.in_dense_results for candidate in found)
        starved = nearest in (NEAREST, NEAREST_BY_BITS) and near < enough
        # And what passes may have none of the rare terms.
        worded = sum(candidate.in_keyword_results for candidate in found)
        wordless = any_of != self.any_term and worded < enough and not self.scope.whole
        if not starved and not wordless:
            return found, SCANS.get(nearest)
        thorough = {**self.parameters, "any_of": self.any_term if wordless else any_of}
        nearest = NEAREST_EXACTLY if starved else nearest
        return replace(self, parameters=thorough).find(nearest), SCANS.get(nearest)

    @property
    def nearest(self) -> LiteralString:
        """How the vectors are looked through."""
        if self.parameters["vector"] is None:
            return NOTHING
        if self.scope.narrow or not self.reachable:
            return NEAREST_EXACTLY
        return NEAREST_BY_BITS if self.table.by_bits else NEAREST

    @property
    def reachable(self) -> bool:
        """Whether an index scan can find enough rows; an old pgvector looks around only once."""
        whole = self.scope.whole and self.parameters["pool"] <= WIDEST_SCAN
        return whole or self.table.extension.iterates

    def find(self, nearest: LiteralString) -> list[Candidate]:
        """Run the statement."""
        cursor = self.connection.cursor(row_factory=args_row(self.candidate))
        return cursor.execute(self.statement(nearest), self.parameters).fetchall()

    def statement(self, nearest: LiteralString) -> sql.Composed:
        """Put both arms together."""
        where = {"condition": self.scope.condition, "look": self.scope.look}
        worded = BEST_WORDED if self.parameters["any_of"] else NOTHING
        return self.table.statement(
            FOUND,
            nearest=self.table.statement(nearest, **where),
            worded=self.table.statement(worded, **where),
        )

    def candidate(self, *row: Any) -> Candidate:
        """Make a candidate of a row."""
        dense, keyword, cosine, bm25, neighbours, words, matched, source, title, *place = row
        ordinal, heading, text, start, end, start_line, end_line = place
        return Candidate(
            source=source,
            title=title,
            chunk=Chunk(ordinal, tuple(heading), text, start, end, start_line, end_line),
            in_dense_results=dense,
            in_keyword_results=keyword,
            cosine=cosine,
            bm25=bm25,
            neighbour_cosine=neighbours,
            matched_terms=frozenset(self.terms[term] for term in matched),
            word_codes=words or b"",
        )
