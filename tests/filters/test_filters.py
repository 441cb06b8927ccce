"""Filters: what they mean, what is wrong with one, and that a search under one loses nothing."""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, LiteralString

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from pgvector import HalfVector
from psycopg import sql
from psycopg.types.json import Jsonb

from ragpg.errors import UsageError
from ragpg.filters import And, Column, Comparison, Date, Not, Operator, Or, parse_filter
from ragpg.store import filter_sql, restriction, retrievers
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from ragpg.types import Embedding, Scan, SearchPlan, SearchRequest
from tests.support import filtering
from tests.support.documents import FINGERPRINT, MODEL, chunks, document, embeddings, vectors
from tests.support.filtering import Row, holds, written
from tests.support.postgres import shared
from tests.support.store import replaced, upsert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.filters import Expression, Value
    from ragpg.store.statements import Connection

HINT = 'write it like: tag == hr AND (year >= 2023 OR NOT title == "two words")'


# --- reading a filter -----------------------------------------------------------------------


@given(filtering.expressions)
def test_written_and_read(expression: Expression) -> None:
    """What is written down means what it meant."""
    assert parse_filter(written(expression)) == expression


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("hr", "hr"),
        ("'two words'", "two words"),
        (r'"a \"quoted\" \\ word\n"', r'a "quoted" \ word\n'),
        ("1.29.3", "1.29.3"),
        ("ERR_CONN-42", "ERR_CONN-42"),
        ("42", 42),
        ("-3", -3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ('"42"', "42"),
        ("true", True),
        ("No", False),
        ('"no"', "no"),
        ("2024-05-01", Date("2024-05-01")),
        ('"2024-05-01"', Date("2024-05-01")),
        ("2024-05", Date("2024-05")),
        ("2024-13", "2024-13"),
        ("2024-05-01T10:00", "2024-05-01T10:00"),
    ],
)
def test_values(text: str, value: Value) -> None:
    """A bare word is what it would be in front matter; what is in quotes is text, or a date."""
    assert parse_filter(f"key == {text}") == Comparison(("key",), Operator.EQUAL, (value,))


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("source == docs/a.md", Column.SOURCE, "docs/a.md"),
        ("title == 42", Column.TITLE, "42"),
        ('heading == "true"', Column.HEADING, "true"),
        ("size == 42", Column.SIZE, 42),
        ("modified == 2024-05-01", Column.MODIFIED, Date("2024-05-01")),
        ("language == c++", Column.LANGUAGE, "c++"),
        ("'source' == a", ("source",), "a"),
        ("'size' == 1", ("size",), 1),
        ("language.code == a", ("language", "code"), "a"),
        ("author.name == a", ("author", "name"), "a"),
        ('params."og.image" == a', ("params", "og.image"), "a"),
        ("title.x == 1", ("title", "x"), 1),
    ],
)
def test_fields(text: str, field: Any, value: Value) -> None:
    """Some columns hold text; a dot leads into nested metadata; quotes take a name literally."""
    assert parse_filter(text) == Comparison(field, Operator.EQUAL, (value,))


def test_precedence() -> None:
    """NOT binds closest, then AND, then OR; the words' case and blanks don't count."""
    a, b, c = (Comparison((name,), Operator.EQUAL, (1,)) for name in "abc")
    assert parse_filter("a==1 or b==1 and not c==1") == Or((a, And((b, Not(c)))))
    assert parse_filter(" ( a == 1\tOR b == 1 )AND(NOT(c == 1)) ") == And((Or((a, b)), Not(c)))
    assert parse_filter("a IN[1]AND b NIN ['x' , 2]") == And(
        (
            Comparison(("a",), Operator.IN, (1,)),
            Comparison(("b",), Operator.NOT_IN, ("x", 2)),
        )
    )


OPERATORS = "==, !=, <, <=, >, >=, in, nin"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "column 1: expected the name of a field, found the end"),
        ("  ", "column 3: expected the name of a field, found the end"),
        ("tag", f"column 4: expected {OPERATORS}, found the end"),
        ("tag = hr", f"column 5: expected {OPERATORS}, found '='"),
        ("tag === hr", "column 7: expected a value, found '='"),
        ("tag == ", "column 8: expected a value, found the end"),
        ("tag == hr year > 3", "column 11: expected AND, OR or the end, found 'year'"),
        ("tag == hr AND", "column 14: expected the name of a field, found the end"),
        ("(tag == hr", "column 11: expected AND, OR or ), found the end"),
        ("tag == hr)", "column 10: expected AND, OR or the end, found ')'"),
        ("tag in hr", "column 8: expected [ and a list of values, found 'hr'"),
        ("tag in []", "column 9: expected a value, found ']'"),
        ("tag in [hr", "column 11: expected , or ], found the end"),
        ("tag in [hr it]", "column 12: expected , or ], found 'it'"),
        ("tag. == 1", "column 1: expected the name of a field, found 'tag.'"),
        ("tag == 'hr", "column 8: expected a value with its closing ', found \"'hr\""),
        ("n > 1e999", "column 5: expected a smaller number, found '1e999'"),
        ("tag == a\0b", "column 9: expected text, found '\\x00b'"),
        ("tag == \udce9", "column 8: expected text, found '\\udce9'"),
        (
            "(" * 101,
            "column 101: expected no more than 100 levels of NOT and parentheses, found '('",
        ),
        (f"x{'y' * 50} 1", f"column 53: expected {OPERATORS}, found '1'"),
        (f"a == 1 {'y' * 50}", f"column 8: expected AND, OR or the end, found '{'y' * 20}'"),
    ],
)
def test_errors(text: str, message: str) -> None:
    """One line says in which column what was expected, and what is there."""
    with pytest.raises(UsageError) as caught:
        parse_filter(text)
    assert (caught.value.message, caught.value.hint) == (f"filter, {message}", HINT)


@given(st.text(max_size=30))
@example("'" + "\\" * 5000)
@example("NOT " * 5000)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the parser fail in any other way."""
    try:
        expression = parse_filter(text)
    except UsageError:
        return
    assert parse_filter(written(expression)) == expression


# --- what a filter means --------------------------------------------------------------------


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """A database that the tests of this module share."""
    with closing(connect(Target(shared().new_database()))) as connection:
        yield connection


def passes(connection: Connection, expression: Expression, row: Row) -> bool:
    """Ask PostgreSQL whether a filter passes a chunk."""
    parameters: dict[str, Any] = {}
    query = sql.SQL(
        "SELECT {condition} FROM (SELECT %(metadata)s::jsonb AS metadata, %(source)s AS source,"
        " %(title)s AS title, %(modified)s::timestamp AT TIME ZONE 'UTC' AS modified,"
        " %(size)s::bigint AS size) AS document,"
        " (SELECT %(heading)s::text[] AS heading, %(languages)s::text[] AS languages) AS chunk"
    ).format(condition=filter_sql.expression_condition(expression, parameters))
    parameters |= {"metadata": Jsonb(row.metadata), "heading": list(row.heading)}
    parameters |= {"source": row.source, "title": row.title, "modified": row.modified}
    parameters |= {"size": row.size, "languages": list(row.languages)}
    [passed] = connection.execute(query, parameters).fetchone() or [None]
    assert isinstance(passed, bool)
    return passed


@settings(max_examples=600)
@given(expression=filtering.expressions, row=filtering.rows)
def test_sql_means_the_same(connection: Connection, expression: Expression, row: Row) -> None:
    """For any document and filter PostgreSQL decides as a plain evaluation does."""
    assert passes(connection, expression, row) is holds(expression, row)


@settings(max_examples=300)
@given(
    data=st.data(),
    value=st.recursive(filtering.scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5),
)
def test_sql_compares_the_same(connection: Connection, data: st.DataObject, value: Any) -> None:
    """Where a document has the field, too, with the very value or one of its neighbours."""
    operator = data.draw(st.sampled_from(Operator))
    leaves = [leaf for leaf in flattened(value) if leaf is not None]
    assume(leaves)
    wanted = data.draw(st.sampled_from(leaves) | filtering.values)
    if isinstance(wanted, str) and data.draw(st.booleans()):
        wanted = Date(data.draw(filtering.dates))
    expression = Comparison(("key",), operator, (wanted,))
    row = Row({"key": value})
    assert passes(connection, expression, row) is holds(expression, row)


def flattened(value: Any) -> list[Any]:
    """The scalars in nested lists."""
    if not isinstance(value, list):
        return [value]
    return [leaf for member in value for leaf in flattened(member)]


ROW = Row(
    {
        "tags": ["hr", "leave"],
        "year": 2023,
        "price": 9.5,
        "draft": False,
        "updated": "2024-05-01T22:30:00-05:00",
        "due": "2024-05-31",
        "month": "2024-05",
        "empty": None,
        "none": [],
        "author": {"name": "Ada", "mails": ["ada@example.com", "a@example.com"]},
        "team": [{"name": "Bo"}, {"name": "Cy", "lead": True}],
        "version": "1.10",
        "source": "a newspaper",
    },
    source="docs/leave.md",
    title="Leave",
    heading=("Policy", "Annual leave"),
)


@pytest.mark.parametrize(
    "text",
    [
        "tags == hr",
        "tags in [it, leave]",
        "tags nin [it, law] AND NOT tags nin [it, hr]",
        "year == 2023.0 AND year > 2022.5 AND year <= 2023",
        "price < 10 AND price > 9",
        "draft == false AND draft != true AND draft == no",
        "updated == 2024-05-01 AND updated == 2024-05 AND updated <= 2024-05-01",
        "updated > 2024-04-30 AND updated < 2024-05-02 AND NOT updated > 2024-05-01",
        'updated >= "2024-05-01" AND updated == "2024-05-01T22:30:00-05:00"',
        "due >= 2024-05 AND due <= 2024-05 AND due > 2024-04 AND due != 2024-05-30",
        "updated == 2024 AND due >= 2024 AND due <= 2024 AND due > 2023 AND NOT due > 2024",
        "updated in [2024, 1999] AND updated != 2023 AND NOT updated == 2024.0",
        "month == 2024-05 AND month < 2024-05-01",
        "author.name == Ada AND author.mails == a@example.com AND author.name > Abe",
        "team.name == Bo AND team.name == Cy AND team.lead == true",
        'version == "1.10" AND version != 1.10 AND version != 1.1',
        'source == docs/leave.md AND "source" == "a newspaper"',
        "title == Leave AND title > Lea AND title <= Leave",
        'heading == Policy AND heading == "Annual leave" AND heading != Leave',
        "missing != 1 AND missing nin [1, 2] AND NOT missing == 1 AND NOT missing < 1",
        "empty != x AND none != x AND NOT empty == x AND NOT none <= x AND NOT author == Ada",
        "NOT year == '2023' AND NOT draft == 0 AND NOT tags == 1 AND NOT tags == HR",
    ],
)
def test_examples(connection: Connection, text: str) -> None:
    """All of these hold for one document."""
    expression = parse_filter(text)
    parts = expression.operands if isinstance(expression, And) else (expression,)
    for part in parts:
        assert passes(connection, part, ROW), written(part)
        assert holds(part, ROW), written(part)


ATTEMPTS = [
    "'; DROP TABLE filtered; --",
    "x' OR '1'='1",
    'x" || true || "',
    '"] ? (true)',
    "$.**",
    "$v0",
    "%s %(metadata)s %%",
    "{document} {0}",
    "\\",
    '\\" \\u0022 \\u0000',
    "a\nb\r\t\x1b\x7f",
    "\U0001f98a\u2028\ufeff",
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nothing_is_executed(connection: Connection, attempt: str) -> None:
    """Whatever stands in a name or a value, it is that name or value and nothing else."""
    quoted = filtering.quoted(attempt)
    as_key, as_value = (
        parse_filter(f"x.{quoted} == 1"),
        parse_filter(f"x == {quoted} AND title == {quoted}"),
    )
    assert passes(connection, as_key, Row({"x": {attempt: 1}}))
    assert passes(connection, as_value, Row({"x": attempt}, title=attempt))
    for other in (Row({"x": {"y": 1}}), Row({"x": 1}), Row({"x": "y"}, title="y"), Row()):
        assert not passes(connection, as_key, other)
        assert not passes(connection, as_value, other)


# --- searching under a filter ---------------------------------------------------------------


def new_store(connection: Connection, table: str) -> PostgresStore:
    """Make a table."""
    return PostgresStore.create(connection, table, model=MODEL, language="simple")


TEAMS = ("hr", "it", "law")
LIBRARY = [
    Row(
        source=f"{'docs/' * (number % 2)}{number:02}.md",
        metadata={
            "team": TEAMS[number % 3],
            "year": 2020 + number % 5,
            "tags": list(TEAMS[: number % 4]),
            "date": f"2024-{number % 12 + 1:02}-15",
            **({"draft": True} if number % 7 == 0 else {}),
            **({"size": "large", "language": "en"} if number % 5 == 0 else {}),
        },
        modified=datetime(2024, number % 12 + 1, 16, tzinfo=UTC) if number % 4 else None,
        size=len("alpha ") * 3,
        title=f"Page {number % 4}",
    )
    for number in range(36)
]
HEADINGS = (("Policy",), ("Policy", "Leave"), ("Policy", "Leave", "Carrying over"))


LANGUAGES = {HEADINGS[0]: ("python", "sh"), HEADINGS[1]: (), HEADINGS[2]: ("sh",)}
CORPUS = [
    replace(row, heading=path, languages=LANGUAGES[path]) for row in LIBRARY for path in HEADINGS
]


@pytest.fixture(scope="module")
def library(connection: Connection) -> PostgresStore:
    """A table of 36 documents, each of three passages under headings of their own."""
    store = new_store(connection, "library")
    for row in LIBRARY:
        bodies = ["alpha "] * len(HEADINGS)
        parts = [
            replace(part, heading=path, languages=LANGUAGES[path])
            for part, path in zip(chunks(*bodies), HEADINGS, strict=True)
        ]
        made = document(row.source, *bodies, title=row.title, metadata=row.metadata)
        made = replace(made, modified=row.modified)
        upsert(store, made, parts, embeddings(len(bodies)), chunking_fingerprint=FINGERPRINT)
    return store


def found(store: PostgresStore, query: SearchRequest) -> list[tuple[str, tuple[str, ...]]]:
    """The sources and headings of what is found."""
    candidates = store.search(query).items
    return sorted((candidate.source, candidate.chunk.heading) for candidate in candidates)


ANSWERS: dict[str, st.SearchStrategy[Value]] = {
    "team": st.sampled_from(["hr", "it", "ops"]),
    "year": st.integers(2019, 2025),
    "tags": st.sampled_from(["hr", "it", "ops"]),
    "date": st.sampled_from(["2024-03", "2024-06-15", "2024-06-16"]).map(Date),
    "draft": st.booleans(),
    Column.MODIFIED: st.sampled_from(["2024-03", "2024-06-16", "2024-06-15"]).map(Date),
    Column.SIZE: st.integers(17, 19) | st.just("large"),
    Column.LANGUAGE: st.sampled_from(["python", "sh", "en"]),
}


@st.composite
def answerable(draw: st.DrawFn) -> Comparison:
    """A comparison that some of the documents pass."""
    name = draw(st.sampled_from(list({*ANSWERS, *Column})))
    operator = draw(st.sampled_from(Operator))
    texts = st.sampled_from(["Leave", "Policy", "Page 1", "Page 2", "docs/01.md", "20.md"])
    several = operator in (Operator.IN, Operator.NOT_IN)
    possible: st.SearchStrategy[Value] = ANSWERS.get(name, texts)
    values = draw(st.lists(possible, min_size=1, max_size=3 if several else 1))
    return Comparison(name if isinstance(name, Column) else (name,), operator, tuple(values))


@pytest.mark.parametrize("most_exact", [20_000, 10, 0])
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    expression=st.recursive(answerable(), filtering.joined, max_leaves=4),
    arms=st.sampled_from([(None, 1), ("alpha", None), ("alpha", 1)]),
    prefix=st.sampled_from(["", "docs/"]),
)
def test_search_passes_what_holds(
    library: PostgresStore,
    monkeypatch: pytest.MonkeyPatch,
    *,
    most_exact: int,
    expression: Expression,
    arms: tuple[str | None, int | None],
    prefix: str,
) -> None:
    """In every mode exactly the passages are found for which the filter and the globs hold."""
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", most_exact)
    text, seed = arms
    query = SearchRequest(
        text,
        None if seed is None else vectors(1, seed=seed)[0],
        limit=200,
        sources=(f"{prefix}*",) if prefix else (),
        filter=expression,
    )
    expected = [
        (row.source, row.heading)
        for row in CORPUS
        if holds(expression, row) and row.source.startswith(prefix)
    ]
    assert found(library, query) == sorted(expected)


MANY = 6_000
WORDS = [f"word{number}" for number in range(400)]


@pytest.fixture(scope="module")
def large() -> Iterator[PostgresStore]:
    """A table in which an index is worth its while: 300 documents of 20 passages.

    Every hundredth document is of the team "few", whose passages share no rare word with others and
    point away from them; "Annex" stands over every fiftieth passage.
    """
    with closing(connect(Target(shared().new_database()))) as connection:
        store = new_store(connection, "large")
        generator, drawn = random.Random(2), vectors(MANY, seed=3)
        drawn[:, 0] = np.abs(drawn[:, 0])
        with replaced(store, model=MODEL, language="simple") as fresh:
            for number in range(300):
                few = number % 100 == 7
                words = ["common", "often"] if few else ["common", *generator.choices(WORDS, k=9)]
                bodies = [" ".join(words)] * 20
                place = slice(number * 20, number * 20 + 20)
                parts = [
                    replace(part, heading=("Page", "Annex" if part.ordinal == 3 else "Text"))
                    for part in chunks(*bodies)
                ]
                metadata = {"team": "few" if few else "many", "number": number}
                made = document(f"{number:03}.md", *bodies, metadata=metadata)
                towards = drawn[place] * (np.eye(16)[0] * -2 + 1 if few else 1)
                rows = [Embedding(row) for row in towards.astype(np.float32)]
                upsert(fresh, made, parts, rows, chunking_fingerprint=FINGERPRINT)
        store.vacuum()
        yield store


FILTERS = {
    "team == few": 60,
    "number < 3": 60,
    "heading == Annex": 300,
    "heading == Annex AND team == few": 3,
    "heading == Annex OR number == 5": 319,
    "NOT heading == Annex": 5_700,
    "number >= 100": 4_000,
}


@pytest.mark.parametrize("most_exact", [20_000, 100, 1])
@pytest.mark.parametrize(("text", "count"), FILTERS.items())
@pytest.mark.parametrize("limit", [5, 50, 200])
def test_no_row_is_lost(
    large: PostgresStore,
    monkeypatch: pytest.MonkeyPatch,
    *,
    text: str,
    count: int,
    most_exact: int,
    limit: int,
) -> None:
    """As many passages are found as are asked for and pass, in every mode and by every plan.

    The question points away from what the few have, and asks for a rare word that they lack.
    """
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", most_exact)
    away = np.eye(16, dtype=np.float32)[0]
    for words, vector in ((None, away), ("common word1 word2", None), ("common word3", away)):
        query = SearchRequest(words, vector, limit, filter=parse_filter(text))
        candidates = large.search(query).items
        near = sum(candidate.in_dense_results for candidate in candidates)
        worded = sum(candidate.in_keyword_results for candidate in candidates)
        assert near == (0 if vector is None else min(count, limit))
        assert worded == (0 if words is None else min(count, limit))


def test_few_rows_are_compared_exactly(large: PostgresStore) -> None:
    """Under a selective filter the order is the true one, and so are the nearest."""
    vector = vectors(1, seed=6)[0]
    query: LiteralString = (
        "SELECT source, ordinal FROM {embedding} JOIN {chunk} USING (doc_id, ordinal)"
        " JOIN {document} USING (doc_id) WHERE 'Annex' = ANY(heading)"
        " ORDER BY (vector <=> %s) + 0, doc_id LIMIT 50"
    )
    with large.table.transaction():
        expected = large.table.execute(query, [HalfVector(vector)]).fetchall()
    candidates = large.search(
        SearchRequest(None, vector, 50, filter=parse_filter("heading == Annex"))
    ).items
    nearest = sorted(candidates, key=lambda candidate: -(candidate.cosine or 0))
    assert [(c.source, c.chunk.ordinal) for c in nearest] == expected


def plan(store: PostgresStore, query: SearchRequest) -> str:
    """What PostgreSQL would do first for a question."""
    with store.table.transaction(*retrievers.scan_settings(store.table)):
        prepared, _ = retrievers.prepare(store.table, query)
        assert prepared.dense_scan
        statement, parameters = prepared.statement(prepared.dense_scan)
        lines = store.table.execute(
            "EXPLAIN (COSTS OFF) {explained}", parameters, explained=statement
        )
        return "\n".join(line for (line,) in lines)


@pytest.mark.parametrize("text", ["heading == Text", "number >= 100"])
def test_many_rows_use_the_index(
    large: PostgresStore, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Where many passages pass, the index is scanned, and whether one passes is looked up."""
    query = SearchRequest(None, vectors(1)[0], 50, filter=parse_filter(text))
    assert "large_vectors_idx" not in plan(large, query)
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", 10)
    assert "Index Scan using large_vectors_idx on large_embedding" in plan(large, query)


@pytest.mark.parametrize(
    ("text", "most_exact", "expected"),
    [
        ("", 20_000, SearchPlan(MANY, MANY, Scan.INDEX)),
        ("number >= 100", 20_000, SearchPlan(MANY, 4_000, Scan.EXACT)),
        ("number >= 100", 10, SearchPlan(MANY, None, Scan.INDEX)),
        ("nowhere == 1", 20_000, SearchPlan(MANY, 0, Scan.EXACT)),
    ],
)
def test_what_was_done_is_told(
    large: PostgresStore,
    monkeypatch: pytest.MonkeyPatch,
    *,
    text: str,
    most_exact: int,
    expected: SearchPlan,
) -> None:
    """How many passages passed, where they were counted, and how the vectors were compared."""
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", most_exact)
    condition = parse_filter(text) if text else None
    near, said = vectors(1)[0], "common"
    assert large.search(SearchRequest(said, near, 50, filter=condition)).plan == expected
    wordless = large.search(SearchRequest(said, None, 50, filter=condition)).plan
    assert wordless == replace(expected, scan=None)


def test_a_second_look_is_told(large: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the index finds too few passages, all are compared, and that is what is told."""
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", 1)
    away = np.eye(16, dtype=np.float32)[0]
    large.table.connection.execute("SET hnsw.max_scan_tuples = 1")
    try:
        found = large.search(SearchRequest(None, away, 50, filter=parse_filter("team == few")))
    finally:
        large.table.connection.execute("RESET hnsw.max_scan_tuples")
    assert (len(found.items), found.plan) == (50, SearchPlan(MANY, None, Scan.EXACT))


def test_old_pgvector(large: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """pgvector 0.7, which has no iterative scan, compares exactly whatever passes."""  # noqa: D403 -- its name
    monkeypatch.setattr(restriction, "MAX_EXACT_CHUNKS", 10)
    extension = replace(large.table.pgvector, version=(0, 7, 4))
    old = PostgresStore(replace(large.table, pgvector=extension))
    query = SearchRequest(
        "common", np.eye(16, dtype=np.float32)[0], 50, filter=parse_filter("team == few")
    )
    assert "large_vectors_idx" not in plan(old, query)
    assert len(old.search(query).items) >= 50
