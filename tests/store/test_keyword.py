"""Search by words and by vectors: what is found, how it is ranked, which indexes find it."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any, LiteralString

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pgvector import HalfVector
from psycopg import sql

from ragpg.errors import ConfigurationError
from ragpg.store import bm25, restriction, search
from ragpg.store.connection import Connection, Target, connect
from ragpg.store.postgres import PostgresStore
from ragpg.store.table import AVERAGE_LENGTH, document_id
from ragpg.text.globs import to_regex
from ragpg.types import Embedding, EmbeddingModel, SearchRequest
from tests.support.documents import FINGERPRINT, MODEL, axis, chunks, document, embeddings, vectors
from tests.support.postgres import shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.types import Candidate, Candidates

WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "bdfgklmnprst"]


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """A database that the tests of this module share."""
    with closing(connect(Target(shared().new_database()))) as connection:
        yield connection


def new_store(connection: Connection, table: str, **changes: Any) -> PostgresStore:
    """Make a table."""
    wanted: dict[str, Any] = {"model": MODEL, "language": "english", **changes}
    return PostgresStore.create(connection, table, **wanted)


def put(store: PostgresStore, source: str, *bodies: str, heading: Sequence[str] = ()) -> None:
    """Put a document of these chunks, the first along the first axis and so on."""
    parts = chunks(*bodies, heading=heading)
    store.upsert(
        document(source, *bodies),
        parts,
        [Embedding(axis(n)) for n in range(len(bodies))],
        chunking_fingerprint=FINGERPRINT,
    )


def texts(found: Candidates) -> list[str]:
    """What was found by words, best first."""
    ranked = [candidate for candidate in found.items if candidate.in_keyword_results]
    return [c.chunk.text for c in sorted(ranked, key=lambda c: -(c.bm25 or 0))]


def zipf(generator: random.Random, length: int) -> list[str]:
    """Draw words as a language does: a few often, most of them seldom."""
    weights = [1 / (rank + 3) for rank in range(len(WORDS))]
    return generator.choices(WORDS, weights, k=length)


# --- BM25 --------------------------------------------------


def plain_bm25(question: list[str], corpus: list[list[str]], average: float) -> list[float]:
    """Score every chunk by the textbook, without any index."""
    present = Counter(word for words in corpus for word in set(words))
    scores = []
    for words in corpus:
        counts, norm = Counter(words), 1.2 * (1 - 0.75 + 0.75 * len(words) / average)
        score = 0.0
        for word in set(question):
            frequency = present[word]
            weight = math.log(1 + (len(corpus) - frequency + 0.5) / (frequency + 0.5))
            score += weight * counts[word] * 2.2 / (counts[word] + norm)
        scores.append(score)
    return scores


def test_scores_are_bm25(connection: Connection) -> None:
    """The scores equal those of a plain implementation, for what either arm has found."""
    store = new_store(connection, "bm25", language="simple", average_length=40)
    generator = random.Random(1)
    corpus = [zipf(generator, generator.randint(3, 90)) for _ in range(400)]
    for number in range(0, 400, 20):
        bodies = [" ".join(words) for words in corpus[number : number + 20]]
        parts = chunks(*bodies)
        drawn = embeddings(20, seed=number)
        store.upsert(
            document(f"{number:03}", *bodies), parts, drawn, chunking_fingerprint=FINGERPRINT
        )
    for _ in range(12):
        question = zipf(generator, generator.randint(1, 12))
        expected = plain_bm25(question, corpus, average=40)
        query = SearchRequest(" ".join(question), vectors(1, seed=7)[0], 50)
        found = store.search(query).items
        assert len(found) > 50
        for candidate in found:
            index = int(candidate.source) + candidate.chunk.ordinal
            assert candidate.bm25 == pytest.approx(expected[index], abs=0.002)
            assert candidate.matched_terms == set(question) & set(corpus[index])
        ranked = sorted((c.bm25 or 0.0 for c in found if c.in_keyword_results), reverse=True)
        best = sorted((score for score in expected if score > 0), reverse=True)[:50]
        assert ranked == pytest.approx(best, abs=0.002)


def test_heading_pays(connection: Connection) -> None:
    """A word of the headings counts as one of the text does."""
    store = new_store(connection, "headings")
    put(store, "a.md", "Unused days end in March.", heading=["Policy", "Carrying over"])
    put(store, "b.md", "Days of carrying in March.", heading=["Policy"])
    found = store.search(SearchRequest("carry", None, 5)).items
    assert {c.source for c in found} == {"a.md", "b.md"}
    [both] = store.search(SearchRequest("unused carrying", None, 1)).items
    assert (both.source, both.matched_terms) == ("a.md", frozenset({"unus", "carri"}))


def test_terms_of_the_question(connection: Connection) -> None:
    """Each term comes with its weight; one that the documents lack has the highest."""
    store = new_store(connection, "terms")
    put(store, "a.md", "alpha beta", "alpha", "alpha gamma")
    found = store.search(SearchRequest("The ALPHAS and a gamma, unheard", None, 5))
    assert found.idf == {
        "alpha": pytest.approx(math.log(1 + 0.5 / 3.5)),
        "gamma": pytest.approx(math.log(1 + 2.5 / 1.5)),
        "unheard": pytest.approx(math.log(1 + 3.5 / 0.5)),
    }


def test_arms(connection: Connection) -> None:
    """Each arm marks what it has ranked, and both scores are there for every candidate."""
    store = new_store(connection, "arms")
    put(store, "a.md", "alpha", "beta", "gamma")
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
    put(store, "a.md", "alpha")
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
    put(store, "a.md", text)
    assert texts(store.search(SearchRequest(text, None, 5))) == [text]


def test_languages(connection: Connection) -> None:
    """The words are folded and stemmed by the language of the table."""
    store = new_store(connection, "languages", language="German")
    put(store, "a.md", "Die ÄPFEL und Häuser", "жук")
    assert texts(store.search(SearchRequest("apfel haus", None, 5))) == ["Die ÄPFEL und Häuser"]
    assert texts(store.search(SearchRequest("ЖУК", None, 5))) == ["жук"]
    assert store.uses_language("german")
    assert not store.uses_language("simple")


def test_unknown_language(connection: Connection) -> None:
    """A language without a text search configuration is refused with those that there are."""
    english = new_store(connection, "english")
    for ask in (
        lambda: new_store(connection, "klingon", language="klingon"),
        lambda: english.uses_language("klingon"),
    ):
        with pytest.raises(ConfigurationError) as caught:
            ask()
        assert caught.value.message == ("PostgreSQL knows no text search configuration 'klingon'")
        assert caught.value.hint is not None
        assert caught.value.hint.startswith("language in [retrieval] is one of arabic, armenian, ")


def test_own_language(connection: Connection) -> None:
    """A text search configuration of the database's own works, in whatever schema it is."""
    connection.execute("CREATE TEXT SEARCH CONFIGURATION own (COPY = simple)")
    store = new_store(connection, "own", language="own")
    put(store, "a.md", "Houses")
    assert texts(store.search(SearchRequest("houses", None, 5))) == ["Houses"]
    assert store.table.language == "public.own"
    assert new_store(connection, "own", language="own").table == store.table


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 3000 + " tail", id="word of 3,000 letters"),
        pytest.param(" ".join(f"w{n}x" for n in range(120_000)), id="120,000 words"),
        pytest.param(" ".join(map(chr, range(0x20000, 0x2A000))), id="letters of four bytes"),
        pytest.param("-".join(f"{n}a" for n in range(60_000)), id="one hyphenated word"),
        pytest.param("/".join(f"d{n}.example.com" for n in range(30_000)), id="one endless path"),
        pytest.param("a b " * 100_000, id="two words, 100,000 times"),
    ],
)
def test_limits_of_a_tsvector(connection: Connection, text: str) -> None:
    """No text is too much: what PostgreSQL cannot index is left out of the words alone."""
    store = new_store(connection, "limits", language="simple")
    put(store, "large.md", text, "small")
    assert next(store.read_documents()).text == text + "small"
    assert texts(store.search(SearchRequest("small", None, 5))) == ["small"]
    assert store.search(SearchRequest(text, axis(0), 1)).items[0].chunk.text == text
    assert "fault" not in {check.level for check in store.status().checks}


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_dimension(term: str) -> None:
    """A term's dimension is one of a sparse vector's."""
    assert 1 <= bm25.to_dimension(term) <= bm25.DIMENSIONS


def test_colliding_terms() -> None:
    """The weights of terms that share a dimension are summed."""
    assert bm25.to_sparsevec({}) == "{}/268435456"
    place = bm25.to_dimension("alpha")
    assert bm25.to_sparsevec({"alpha": 0.5}) == f"{{{place}:0.5}}/268435456"
    seen: dict[int, str] = {}
    for number in range(100_000):
        other = seen.setdefault(bm25.to_dimension(f"t{number}"), f"t{number}")
        if other != f"t{number}":
            pair = {other: 0.5, f"t{number}": 0.25}
            assert bm25.to_sparsevec(pair) == f"{{{bm25.to_dimension(other)}:0.75}}/268435456"
            return
    pytest.fail("no two terms share a dimension")


@pytest.mark.parametrize(
    ("frequencies", "chunks", "limit", "chosen"),
    [
        ({"absent": 0}, 10, 5, []),
        ({"a": 5, "b": 1, "absent": 0}, 10, 5, ["b", "a"]),
        ({"rare": 60, "rarer": 50, "common": 30_000}, 100_000, 50, ["rarer", "rare"]),
        ({"rare": 9, "rarer": 1, "common": 30_000}, 100_000, 50, ["rarer", "rare", "common"]),
        ({"x": 30_000, "y": 40_000, "z": 50_000}, 100_000, 50, ["x", "y"]),
        ({"x": 19_999, "y": 20_000, "z": 20_001}, 1_000_000, 50, ["x", "y"]),
    ],
)
def test_selective_terms(
    frequencies: dict[str, int], chunks: int, limit: int, chosen: list[str]
) -> None:
    """Common terms find candidates only where the others find too few."""
    assert bm25.select_terms(frequencies, chunks=chunks, limit=limit) == chosen


# --- sources --------------------------------------------------


SOURCES = [
    "a.md",
    "ab.md",
    "docs/a.md",
    "docs/deep/a.md",
    "docs/deep/er/b.md",
    "docs/[x].md",
    "docs/it's.md",
    "*.md",
    "docs/?.md",
    "a+b.md",
    "docs",
    "/abs/a.md",
    "new\nline.md",
]


@pytest.fixture(scope="module")
def library(connection: Connection) -> PostgresStore:
    """A table of documents in directories."""
    store = new_store(connection, "library")
    for source in SOURCES:
        put(store, source, "alpha")
    return store


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        (["a.md"], ["a.md"]),
        (["?.md"], ["a.md", "*.md"]),
        (["a*"], ["a.md", "ab.md", "a+b.md"]),
        (["docs/*"], ["docs/a.md", "docs/[x].md", "docs/it's.md", "docs/?.md"]),
        (
            ["docs/**"],
            [
                *("docs/a.md", "docs/deep/a.md", "docs/deep/er/b.md", "docs/[x].md"),
                *("docs/it's.md", "docs/?.md"),
            ],
        ),
        (["docs/**/a.md"], ["docs/a.md", "docs/deep/a.md"]),
        (["docs/**/*.md", "a+b.md"], [*SOURCES[2:7], "docs/?.md", "a+b.md"]),
        (["*.md"], ["*.md"]),
        (["docs/?.md"], ["docs/?.md"]),
        (["docs"], ["docs"]),
        (["docs/[x].md"], ["docs/[x].md"]),
        (["docs/[ax].md"], ["docs/a.md"]),
        (["docs/it's.md"], ["docs/it's.md"]),
        (["'; DROP TABLE x; --"], []),
        (["(?i)A.MD"], []),
        (["***:a.md"], []),
        (["A.MD"], []),
        (["a.md\\"], []),
        (["a?md"], ["a.md"]),
        (["a.m"], []),
        (["/abs/*"], ["/abs/a.md"]),
        (["new?line.md"], ["new\nline.md"]),
        (["**"], SOURCES),
    ],
)
def test_globs(library: PostgresStore, globs: list[str], expected: list[str]) -> None:
    """A star stops at a slash, two do not, and a source that exists literally beats a glob."""
    for query in (
        SearchRequest("alpha", None, 50),
        SearchRequest(None, axis(0), 50),
        SearchRequest("alpha", axis(0), 50),
    ):
        given = SearchRequest(query.text, query.vector, 50, sources=tuple(globs))
        found = [candidate.source for candidate in library.search(given).items]
        assert sorted(found) == sorted(expected)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_literal_globs(text: str) -> None:
    """No character but a star and a question mark means anything in a glob."""
    import re

    plain = text.replace("*", "x").replace("?", "y")
    assert re.fullmatch(to_regex(plain), plain)
    assert not re.fullmatch(to_regex(plain), plain + "z")


# --- indexes --------------------------------------------------


MANY = 6_000
NEAR = SearchRequest("bab dad fef", vectors(1, seed=99)[0], 50)


@pytest.fixture(scope="module")
def large() -> Iterator[PostgresStore]:
    """A table large enough for PostgreSQL to prefer an index: 200 documents of 30 chunks."""
    with closing(connect(Target(shared().new_database()))) as connection:
        store = new_store(connection, "docs.large", language="simple")
        generator = random.Random(2)
        drawn = embeddings(MANY, seed=3)
        with store.replace_all(model=MODEL, language="simple") as fresh:
            for number in range(0, MANY, 30):
                bodies = [" ".join(zipf(generator, 40)) for _ in range(30)]
                made = document(f"{number // 600:02}/{number:05}.md", *bodies)
                fresh.upsert(
                    made,
                    chunks(*bodies),
                    drawn[number : number + 30],
                    chunking_fingerprint=FINGERPRINT,
                )
        store.vacuum()
        yield store


def plan(store: PostgresStore, query: SearchRequest, nearest: LiteralString) -> str:
    """What PostgreSQL would do for both arms, with the settings of a search."""
    with store.table.transaction(*search.scan_settings(store.table, query)):
        prepared, _ = search.prepare(store.table, query)
        lines = store.table.execute(
            "EXPLAIN (COSTS OFF) {explained}",
            prepared.parameters,
            explained=prepared.statement(nearest),
        )
        return "\n".join(line for (line,) in lines)


def test_plan(large: PostgresStore) -> None:
    """Both arms use their indexes, and the rows are fetched by their keys."""
    shown = plan(large, NEAR, search.INDEX_SCAN)
    assert "Index Scan using large_vectors_idx on large_embedding" in shown
    assert "Bitmap Index Scan on large_terms_idx" in shown
    read_whole = set(re.findall(r"Seq Scan on (\w+)", shown))
    assert read_whole <= {"large_document"}  # which has 200 rows
    assert "Index Scan using large_vectors_idx" not in plan(large, NEAR, search.EXACT_SCAN)


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
        found = large.search(SearchRequest(None, vector, 50, sources=("03/*",))).items
    finally:
        connection.execute("RESET hnsw.max_scan_tuples")
    assert places(found) == set(exact(large, vector, "03/"))


def test_dead_rows(large: PostgresStore) -> None:
    """Rows that were replaced many times, and not cleared away, cost no results."""
    store = new_store(large.table.connection, "dead")
    for turn in range(4):
        for number in range(4):
            bodies = [f"{number} {n} {turn}" for n in range(30)]
            drawn = embeddings(30, seed=number)
            store.upsert(
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


def test_average_length_is_a_constant(large: PostgresStore) -> None:
    """The same chunk has the same weights, whatever else is there and whenever it came."""
    assert large.table.average_length == AVERAGE_LENGTH
    stored = []
    for table, others in (("first", []), ("last", ["alpha", "beta gamma " * 200])):
        store = new_store(large.table.connection, table, model=EmbeddingModel("m", 16, b"m"))
        for number, body in enumerate(others):
            put(store, f"{number}.md", body)
        put(store, "same.md", "alpha beta gamma delta")
        query = "SELECT weights::text FROM {lexical} ORDER BY doc_id = %s DESC LIMIT 1"
        key = [document_id("same.md")]
        stored += store.table.execute(query, key).fetchall()
    assert stored[0] == stored[1]
