"""Dense and keyword retrieval: with and without indexes, in one statement."""

from __future__ import annotations

import random
import re
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, LiteralString

import pytest
from pgvector import HalfVector
from psycopg import sql

from ragpg.store import restriction, retrievers, vector_scan
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from ragpg.store.table import AVERAGE_LENGTH, document_id
from ragpg.types import EmbeddingModel, SearchRequest
from tests.support.database_state import opened
from tests.support.documents import FINGERPRINT, MODEL, axis, chunks, document, embeddings, vectors
from tests.support.embedded import await_that
from tests.support.postgres import shared
from tests.support.store import keyword_texts, new_store, put_on_axes, replaced, upsert, zipf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ragpg.store.statements import Connection
    from ragpg.types import Candidate
    from tests.support.command_line import Project

MANY = 6_000
NEAR = SearchRequest("bab dad fef", vectors(1, seed=99)[0], 50)


@pytest.fixture(scope="module")
def large() -> Iterator[PostgresStore]:
    """A table large enough for PostgreSQL to prefer an index: 200 documents of 30 chunks."""
    with closing(connect(Target(shared().new_database()))) as connection:
        store = new_store(connection, "docs.large", language="simple")
        generator = random.Random(2)
        drawn = embeddings(MANY, seed=3)
        with replaced(store, model=MODEL, language="simple") as fresh:
            for number in range(0, MANY, 30):
                bodies = [" ".join(zipf(generator, 40)) for _ in range(30)]
                made = document(f"{number // 600:02}/{number:05}.md", *bodies)
                upsert(
                    fresh,
                    made,
                    chunks(*bodies),
                    drawn[number : number + 30],
                    chunking_fingerprint=FINGERPRINT,
                )
        store.vacuum()
        yield store


def plan(store: PostgresStore, query: SearchRequest, nearest: LiteralString) -> str:
    """What PostgreSQL would do for both arms, with the settings of a search."""
    with store.table.transaction(*retrievers.scan_settings(store.table)):
        prepared, _ = retrievers.prepare(store.table, query)
        keyword = prepared.first_keyword_scan()
        lines = [
            line
            for scan, parameters in (prepared.statement(nearest), keyword)
            for (line,) in store.table.execute(
                "EXPLAIN (COSTS OFF) {explained}", parameters, explained=scan
            )
        ]
        return "\n".join(lines)


def test_arms(connection: Connection) -> None:
    """Each arm marks what it has ranked, and both scores are there for every candidate."""
    store = new_store(connection, "arms")
    put_on_axes(store, "a.md", "alpha", "beta", "gamma")
    [word] = store.search(SearchRequest("beta", None, 5)).items
    assert (word.in_dense_results, word.in_keyword_results, word.cosine) == (False, True, None)
    [near] = store.search(SearchRequest(None, axis(2), 1)).items
    assert (near.in_dense_results, near.in_keyword_results) == (True, False)
    assert (near.cosine, near.bm25) == (1, None)
    both = {c.chunk.text: c for c in store.search(SearchRequest("beta", axis(2), 1)).items}
    assert set(both) == {"beta", "gamma"}
    beta, gamma = both["beta"], both["gamma"]
    assert (beta.in_dense_results, gamma.in_keyword_results) == (False, False)
    assert (beta.in_keyword_results, gamma.in_dense_results) == (True, True)
    assert (beta.cosine, gamma.cosine, gamma.bm25) == (0, 1, 0)
    assert (beta.matched_terms, gamma.matched_terms) == (frozenset({"beta"}), frozenset())


def test_nothing_matches(connection: Connection) -> None:
    """Stop words, unknown words and an empty table find nothing by words."""
    store = new_store(connection, "nothing")
    assert store.search(SearchRequest("alpha", axis(0), 5)).items == ()
    put_on_axes(store, "a.md", "alpha")
    for text in ("the of and", "omega", "", " \n", "'", "\\", "!&|<->()", "a:b*"):
        assert store.search(SearchRequest(text, None, 5)).items == ()


@pytest.mark.parametrize(
    "text",
    [
        "it's",
        "o'neil's \\ backslash",
        "'; DROP TABLE x; --",
        "a & b | !c <-> (d)",
        "x:*",
        "%s {term} $1",
    ],
)
def test_questions_are_only_text(connection: Connection, text: str) -> None:
    """No character of a question is an operator."""
    store = new_store(connection, "injection", language="simple")
    put_on_axes(store, "a.md", text)
    assert keyword_texts(store.search(SearchRequest(text, None, 5))) == [text]


def test_plan(large: PostgresStore) -> None:
    """Both arms use their indexes, and the rows are fetched by their keys."""
    shown = plan(large, NEAR, vector_scan.INDEX_SCAN)
    assert "Index Scan using large_vectors_idx on large_embedding" in shown
    assert "Bitmap Index Scan on large_terms_idx" in shown
    read_whole = set(re.findall(r"Seq Scan on (\w+)", shown))
    assert read_whole <= {"large_document"}  # which has 200 rows
    assert "Index Scan using large_vectors_idx" not in plan(large, NEAR, vector_scan.EXACT_SCAN)


def test_a_filter_that_leaves_less_than_the_terms(large: PostgresStore) -> None:
    """The rows that pass are read, and not those that have common words; rare words are found."""
    [(common,)] = large.table.execute(
        "SELECT body FROM {chunk} ORDER BY length(body) DESC LIMIT 1"
    ).fetchall()
    narrow = replace(NEAR, text=common, sources=("03/*",))
    assert "large_terms_idx" not in plan(large, narrow, vector_scan.EXACT_SCAN)
    rare = replace(NEAR, text="tut", sources=("0[3-9]/*",))
    assert "large_terms_idx" in plan(large, rare, vector_scan.EXACT_SCAN)


def test_a_filter_that_much_passes(large: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chunks with the words are found first, and then it is looked up whether each passes."""
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", 100)
    shown = plan(large, replace(NEAR, sources=("0[3-9]/*",)), vector_scan.INDEX_SCAN)
    assert "Bitmap Index Scan on large_terms_idx" in shown
    assert "Join" not in shown
    assert "Nested Loop" not in shown


def test_a_broad_filter(large: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it leaves is not listed; the best by keywords are those of all that match."""
    broad = replace(NEAR, vector=None, sources=("0[2-9]/*",))
    narrow = replace(NEAR, sources=("02/000*",))
    expected = large.search(broad)
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", 500)
    monkeypatch.setattr(restriction, "SAMPLED_DOCUMENTS", 100)
    found = restriction.restrict(large.table, broad, total_chunks=MANY)
    assert found.matching_chunks is None
    assert found.broad
    assert found.broad.share == pytest.approx(0.8, abs=0.1)
    assert restriction.restrict(large.table, narrow, total_chunks=MANY).broad is None
    assert large.search(broad).items == expected.items
    shown = plan(large, broad, vector_scan.INDEX_SCAN)
    assert "Bitmap Index Scan on large_terms_idx" in shown


def test_a_broad_filter_that_suits_the_question_badly(
    large: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where too few of the best of all match, all that match are looked at."""
    broad = replace(NEAR, vector=None, sources=("0[2-9]/*",))
    expected = large.search(broad)
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", 500)
    monkeypatch.setattr(retrievers, "BROAD_MARGIN", 0.1)
    assert large.search(broad).items == expected.items


def exact(store: PostgresStore, vector: Any, prefix: str = "") -> list[tuple[str, int]]:
    """The nearest chunks without any index."""
    query: LiteralString = (
        "SELECT source, ordinal FROM {embedding} JOIN {document} USING (doc_id)"
        " WHERE starts_with(source, %s) ORDER BY vector <=> %s, source LIMIT 50"
    )
    with store.table.transaction(sql.SQL("SET LOCAL enable_indexscan = off")):
        return store.table.execute(query, [prefix, HalfVector(vector)]).fetchall()


def places(found: Sequence[Candidate]) -> set[tuple[str, int]]:
    """Where the chunks stand that the dense arm ranked."""
    return {(c.source, c.chunk.ordinal) for c in found if c.in_dense_results}


def test_recall(large: PostgresStore) -> None:
    """The index finds nearly all of the nearest chunks, and their similarity is exact."""
    hits = 0
    for seed in range(100, 110):
        vector = vectors(1, seed=seed)[0]
        found = large.search(SearchRequest(None, vector, 50)).items
        assert len(found) == 50
        hits += len(places(found) & set(exact(large, vector)))
    assert hits >= 475


@pytest.mark.parametrize("limit", [1, 50, 1000, 3000])
def test_limit(large: PostgresStore, limit: int) -> None:
    """Either arm returns as many chunks as are asked for, also beyond hnsw.ef_search."""
    vector = vectors(1, seed=5)[0]
    assert len(large.search(SearchRequest(None, vector, limit)).items) == limit
    assert len(large.search(SearchRequest("bab dad", None, min(limit, 500))).items) == min(
        limit, 500
    )


def test_narrow_filter_is_exact(large: PostgresStore) -> None:
    """Under a selective filter nothing of the true order is lost."""
    vector = vectors(1, seed=6)[0]
    found = large.search(SearchRequest(None, vector, 50, sources=("03/*",))).items
    assert places(found) == set(exact(large, vector, "03/"))


def test_wide_filter_uses_the_index(large: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many chunks pass, the scan of the index goes on until there are enough."""
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", 100)
    monkeypatch.setattr(restriction, "SMALL_TABLE_CHUNKS", 100)
    vector = vectors(1, seed=6)[0]
    query = SearchRequest("bab", vector, 50, sources=("0[3]/*", "03/*", "04/*"))
    found = large.search(query).items
    assert len(places(found)) == 50
    assert {c.source[:3] for c in found} == {"03/", "04/"}


def test_starved_index(large: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the scan of the index gives up too early, no row is lost."""
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", 100)
    monkeypatch.setattr(restriction, "SMALL_TABLE_CHUNKS", 100)
    connection = large.table.connection
    connection.execute("SET hnsw.max_scan_tuples = 1")
    try:
        vector = vectors(1, seed=6)[0]
        found = large.search(SearchRequest(None, vector, 50, sources=("03/01[89]*",))).items
    finally:
        connection.execute("RESET hnsw.max_scan_tuples")
    nearest = [*exact(large, vector, "03/018"), *exact(large, vector, "03/019")]
    assert len(found) == 50
    assert places(found) <= set(nearest)


def test_dead_rows(large: PostgresStore) -> None:
    """Rows that were replaced many times, and not cleared away, cost no results."""
    store = new_store(large.table.connection, "dead")
    for turn in range(4):
        for number in range(4):
            bodies = [f"{number} {n} {turn}" for n in range(30)]
            drawn = embeddings(30, seed=number)
            upsert(
                store,
                document(f"{number}.md", *bodies),
                chunks(*bodies),
                drawn,
                chunking_fingerprint=FINGERPRINT,
            )
    assert len(store.search(SearchRequest(None, vectors(1, seed=8)[0], 100)).items) == 100


def test_old_pgvector(large: PostgresStore) -> None:
    """pgvector 0.7, which has no iterative scan, finds the same, filtered or not."""  # noqa: D403 -- its name
    connection = large.table.connection
    connection.execute("UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'")
    try:
        old = PostgresStore.open(connection, "docs.large")
    finally:
        connection.execute("UPDATE pg_extension SET extversion = '0.8.5' WHERE extname = 'vector'")
    assert not old.table.pgvector.has_iterative_scan
    vector = vectors(1, seed=6)[0]
    found = old.search(SearchRequest(None, vector, 50, sources=("03/*",))).items
    assert places(found) == set(exact(large, vector, "03/"))
    for limit in (50, 2000):
        assert len(old.search(SearchRequest("bab", vector, limit)).items) >= limit


def scans(store: PostgresStore) -> tuple[int, int]:
    """How often the index over vectors was used, and how often all vectors were read."""
    query = """
        SELECT pg_stat_get_numscans(%s::regclass), pg_stat_get_numscans(%s::regclass)
        FROM pg_stat_clear_snapshot()
    """
    names = [f"{store.table.name}_{suffix}" for suffix in ("vectors_idx", "embedding")]
    row: Any = store.table.connection.execute(query, names).fetchone()
    return row[0], row[1]


@pytest.fixture
def fast_project(project: Project, tiny: Path) -> Project:
    """A project that embeds fast."""
    return project.with_own_table().within({"RAGPG_EMBEDDING_MODEL": str(tiny)})


def test_a_search_uses_the_index_over_vectors(fast_project: Project) -> None:
    """Once there are enough of them, no search compares all vectors."""
    fast_project.write("first.md", "# First\n\nThe first one.\n")
    fast_project.ok("ingest", "first.md")
    bodies = [f"Number {number}. " for number in range(6_000)]
    with opened(fast_project) as store:
        drawn = embeddings(len(bodies), dimension=store.model.dimension)
        upsert(
            store, document("many.md", *bodies), chunks(*bodies), drawn, chunking_fingerprint=b""
        )
        list(store.build_vector_index())
        store.vacuum()
        store.table.connection.execute("SELECT pg_stat_force_next_flush()")
        before, read = scans(store)
        command = ("search", "--json", "which number?", "--mode")
        for mode in ("dense", "hybrid"):
            assert len(fast_project.ok(*command, mode).json["hits"]) == 5
        # A session's figures are there once it has ended.
        await_that(lambda: scans(store) == (before + 2, read))


def test_average_length_is_a_constant(large: PostgresStore) -> None:
    """The same chunk has the same weights, whatever else is there and whenever it came."""
    assert large.table.average_length == AVERAGE_LENGTH
    stored = []
    for table, others in (("first", []), ("last", ["alpha", "beta gamma " * 200])):
        store = new_store(large.table.connection, table, model=EmbeddingModel("m", 16, b"m"))
        for number, body in enumerate(others):
            put_on_axes(store, f"{number}.md", body)
        put_on_axes(store, "same.md", "alpha beta gamma delta")
        query = "SELECT weights::text FROM {lexical} ORDER BY doc_id = %s DESC LIMIT 1"
        key = [document_id("same.md")]
        stored += store.table.execute(query, key).fetchall()
    assert stored[0] == stored[1]
