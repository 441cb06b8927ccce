"""Documents in a real PostgreSQL: put, found again, replaced and removed as a whole."""

from __future__ import annotations

import dataclasses
import hashlib
import signal
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from itertools import count
from threading import Event
from typing import TYPE_CHECKING, Any, LiteralString

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pgvector.psycopg.halfvec import HalfVectorBinaryDumper

from ragpg.errors import (
    ConfigurationError,
    DatabaseError,
    ModelMismatchError,
    NothingIngestedError,
)
from ragpg.store import create
from ragpg.store.connection import Target, connect, transaction
from ragpg.store.postgres import PostgresStore
from ragpg.types import Document, Embedding, EmbeddingModel, Level, SearchRequest
from tests.support.documents import (
    DIMENSION,
    FINGERPRINT,
    MODEL,
    axis,
    chunks,
    document,
    embeddings,
    vectors,
)
from tests.support.postgres import at_once, shared, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ragpg.protocols import DocumentWriter
    from ragpg.store.connection import Connection

names = (f"table_{number}" for number in count(1))

# Everything that a decoded file can hold: no NUL, and no half of a surrogate pair.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.fixture(scope="module")
def target() -> Target:
    """A database that the tests of this module share, each with its own table."""
    return Target(shared().new_database())


@pytest.fixture(scope="module")
def connection(target: Target) -> Iterator[Connection]:
    """A connection to it."""
    with closing(connect(target)) as connection:
        yield connection


@pytest.fixture
def store(connection: Connection) -> PostgresStore:
    """A new table."""
    return new_store(connection)


def new_store(connection: Connection, table: str | None = None, **changes: Any) -> PostgresStore:
    """Make a table, or open it to write."""
    wanted: dict[str, Any] = {"model": MODEL, "language": "english", **changes}
    return PostgresStore.create(connection, next(names) if table is None else table, **wanted)


def put(
    store: DocumentWriter,
    source: str,
    *bodies: str,
    seed: int = 0,
    dimension: int = DIMENSION,
    **changes: Any,
) -> Document:
    """Put a document of these chunks into the store."""
    made = document(source, *bodies, title=source)
    drawn = embeddings(len(bodies), seed=seed, dimension=dimension)
    store.upsert(made, chunks(*bodies), drawn, **{"chunking_fingerprint": FINGERPRINT, **changes})
    return made


def rows(store: PostgresStore, query: LiteralString) -> list[Any]:
    """Fetch what a statement says of the store's tables."""
    return store.table.execute(query).fetchall()


def sound(store: PostgresStore) -> bool:
    """Whether no check finds a fault, and every term's frequency is that of a recount."""
    recount = """
        SELECT unnest(terms) AS term, count(*) FROM {lexical} GROUP BY term
    """
    frequencies = dict(rows(store, "SELECT term, frequency FROM {term}"))
    number = frequencies.pop(0, 0)
    status = store.status()
    return (
        all(check.level is not Level.FAULT for check in status.checks)
        and frequencies == dict(rows(store, recount))
        and number == status.counts["chunks"] == status.counts["embeddings"]
    )


def sources(store: PostgresStore) -> list[str]:
    """The documents' names."""
    return [stored.source for stored in store.list_documents()]


# --- to the letter --------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(source=texts.filter(bool), preamble=texts, bodies=st.lists(texts, max_size=4), title=texts)
def test_round_trip(source: str, preamble: str, bodies: list[str], title: str) -> None:
    """Whatever a file holds comes back to the letter: the document, its chunks, their spans."""
    store = round_trip_store()
    made = document(source, *bodies, preamble=preamble, title=title, metadata={"title": preamble})
    made = dataclasses.replace(made, origin=None, from_directory=True)
    parts = chunks(*bodies, start=len(preamble), heading=[title, source])
    store.upsert(made, parts, embeddings(len(parts)), chunking_fingerprint=FINGERPRINT)
    assert list(store.read_documents()) == [made]
    found = store.search(SearchRequest(None, axis(0), 10)).items
    bare = [dataclasses.replace(part, context="", content="") for part in parts]
    assert sorted((c.chunk for c in found), key=lambda chunk: chunk.ordinal) == bare
    assert {(c.source, c.title) for c in found} <= {(source, title)}
    store.remove([source])
    assert store.list_documents() == []


def round_trip_store() -> PostgresStore:
    """One connection for all examples; hypothesis does not run fixtures for each of them."""
    if "store" not in _kept:
        _kept["store"] = new_store(connect(Target(shared().new_database())))
    return _kept["store"]


_kept: dict[str, PostgresStore] = {}


@pytest.mark.parametrize(
    "text",
    [
        "Semicolons; -- dashes; DROP TABLE ragpg; SELECT * FROM x WHERE y = 'z' /* no */",
        "back\\slash \\' quote ' double \" percent %s %% {chunk} {} $1 :name",
        "\ufeffBOM\r\nCRLF\rCR\u2028LS\x0bVT\x1b[31m\u202e",
    ],
)
def test_text_is_never_altered(store: PostgresStore, text: str) -> None:
    """No word or character of a document is taken for anything but text."""
    put(store, text, text)
    assert [made.text for made in store.read_documents()] == [text]
    assert store.search(SearchRequest(text, None, 5)).items[0].chunk.text == text
    store.remove([text])
    assert store.list_documents() == []


def test_documents(store: PostgresStore) -> None:
    """Documents are listed by source with what is known of them."""
    put(store, "b.md", "one ", "two")
    put(store, "Ä.md", "three")
    put(store, "a.md")
    stored = store.list_documents()
    assert [made.source for made in stored] == ["a.md", "b.md", "Ä.md"]
    assert [made.chunks for made in stored] == [0, 2, 1]
    assert (
        stored[1].origin,
        stored[1].size,
        stored[1].chunking_fingerprint,
        stored[1].title,
        stored[1].from_directory,
    ) == (
        "/home/someone/b.md",
        7,
        FINGERPRINT,
        "b.md",
        False,
    )
    assert stored[1].digest == hashlib.sha256(b"one two").digest()
    assert abs(stored[1].ingested.timestamp() - time.time()) < 60


def test_metadata(store: PostgresStore) -> None:
    """Metadata comes back as JSON holds it, numbers with all their digits."""
    metadata = {"tags": ["a", None, True, {"x": 1.5}], "": {}, "large": 2**1000, "'": "\\u0000"}
    made = document("a.md", metadata=metadata)
    store.upsert(made, [], embeddings(0), chunking_fingerprint=FINGERPRINT)
    assert list(store.read_documents()) == [made]


# --- replaced as a whole --------------------------------------------------


def test_put_again_is_no_duplicate(store: PostgresStore) -> None:
    """The same content by the same recipe leaves everything as it was."""
    put(store, "a.md", "alpha ", "beta")
    before = store.list_documents()
    put(store, "a.md", "alpha ", "beta")
    assert store.list_documents() == before
    assert sound(store)


def test_changed_document_is_replaced(store: PostgresStore) -> None:
    """Nothing of the old content is found any more, and its terms are gone."""
    put(store, "a.md", "alpha ", "beta ", "gamma")
    put(store, "a.md", "delta", seed=1)
    assert store.search(SearchRequest("alpha", None, 5)).items == ()
    [found] = store.search(SearchRequest("delta", None, 5)).items
    assert found.chunk.text == "delta"
    assert store.status().counts == {"documents": 1, "chunks": 1, "terms": 1, "embeddings": 1}
    assert sound(store)


def test_another_recipe_replaces(store: PostgresStore) -> None:
    """The same content cut in another way is another document."""
    put(store, "a.md", "alpha beta")
    made = document("a.md", "alpha ", "beta")
    store.upsert(made, chunks("alpha ", "beta"), embeddings(2), chunking_fingerprint=b"finer")
    assert [stored.chunks for stored in store.list_documents()] == [2]
    assert sound(store)


def test_rename(store: PostgresStore) -> None:
    """The old name goes in the same transaction, also when the new one is there already."""
    put(store, "old.md", "alpha")
    put(store, "new.md", "alpha", previous_source="old.md")
    assert sources(store) == ["new.md"]
    put(store, "older.md", "alpha")
    put(store, "new.md", "alpha", previous_source="older.md")
    assert sources(store) == ["new.md"]
    assert sound(store)


def test_adopt(store: PostgresStore) -> None:
    """A document keeps everything but where it is read from."""
    put(store, "a.md", "alpha")
    [before] = store.list_documents()
    store.update_origin("a.md", origin="/elsewhere/a.md", from_directory=True)
    [after] = store.list_documents()
    assert after == dataclasses.replace(before, origin="/elsewhere/a.md", from_directory=True)


def test_remove_several(store: PostgresStore) -> None:
    """All that are named go at once, apostrophes and all; the others stay."""
    for name in ("a.md", "it's.md", "c'; DROP TABLE x; --.md", "d.md"):
        put(store, name, "alpha beta")
    store.remove(["a.md", "it's.md", "c'; DROP TABLE x; --.md", "unknown.md"])
    assert sources(store) == ["d.md"]
    assert sound(store)
    store.remove([])
    store.remove(["d.md"])
    assert store.status().counts == {"documents": 0, "chunks": 0, "terms": 0, "embeddings": 0}
    assert sound(store)


def test_failed_put_changes_nothing(store: PostgresStore) -> None:
    """A document that cannot be stored leaves the old one whole."""
    put(store, "a.md", "alpha")
    broken = [Embedding(np.full(DIMENSION, np.nan, np.float32))]
    made = document("a.md", "beta")
    with pytest.raises(DatabaseError) as caught:
        store.upsert(made, chunks("beta"), broken, chunking_fingerprint=FINGERPRINT)
    assert caught.value.message.endswith("NaN not allowed in halfvec")
    assert [kept.text for kept in store.read_documents()] == ["alpha"]
    assert sound(store)


def test_vectors_are_reused_by_passage(store: PostgresStore) -> None:
    """A passage's vector is found by the digest of its text, as exact as half precision is."""
    put(store, "a.md", "alpha ", "beta")
    parts = chunks("alpha ", "beta", "gamma")
    digests = [chunk.digest for chunk in parts]
    known = store.find_embeddings(digests)
    assert list(known) == sorted(digests[:2])
    for digest, vector in zip(digests, vectors(2), strict=False):
        assert known[digest].vector.dtype == np.float32
        assert known[digest].vector @ vector > 0.999
    assert store.find_embeddings([]) == {}
    again = [Embedding(known[digest].vector, b"words") for digest in digests[:2]]
    store.upsert(
        document("a.md", "alpha ", "beta"), parts[:2], again, chunking_fingerprint=b"finer"
    )
    reused = store.find_embeddings(digests)[digests[0]]
    assert (reused.vector == known[digests[0]].vector).all()
    assert reused.word_codes == b"words"


AS_BEFORE: Any = {"model": MODEL, "language": "english"}
SPELLING = 'write table or schema.table, without "%" and control characters'
LENGTHS = "a table's name has at most 48 bytes, a schema's at most 63"


# --- tables --------------------------------------------------


@pytest.mark.parametrize(
    "table",
    [
        "Capitals",
        "with space",
        "it's",
        'quo"ted',
        "Ünïcödé表",
        "select",
        "semi;colon--",
        "{chunk}",
        "some schema.Some Table",
        "o'neil.it's",
        "new_schema.pg_class",
    ],
)
def test_names(connection: Connection, table: str) -> None:
    """Every name works, in every command."""
    store = new_store(connection, table)
    put(store, "a.md", "alpha")
    assert PostgresStore.open(connection, table).table == store.table
    assert [c.source for c in store.search(SearchRequest("alpha", axis(0), 5)).items] == ["a.md"]
    with store.replace_all(**AS_BEFORE) as fresh:
        put(fresh, "b.md", "beta")
    store.update_origin("b.md", origin=None, from_directory=False)
    store.vacuum()
    assert sources(store) == ["b.md"]
    assert sound(store)
    store.remove(["b.md"])


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ("a.b.c", "tableName 'a.b.c' cannot be a table's name", SPELLING),
        (".b", "tableName '.b' cannot be a table's name", SPELLING),
        ("a.", "tableName 'a.' cannot be a table's name", SPELLING),
        ("", "tableName '' cannot be a table's name", SPELLING),
        ("a\nb", "tableName 'a\\nb' cannot be a table's name", SPELLING),
        ("a%sb", "tableName 'a%sb' cannot be a table's name", SPELLING),
        ("ü" * 25, f"tableName '{'ü' * 25}' is too long", LENGTHS),
        ("s" * 64 + ".t", f"tableName '{'s' * 64}.t' is too long", LENGTHS),
    ],
)
def test_impossible_names(connection: Connection, table: str, message: str, hint: str) -> None:
    """A name that PostgreSQL would cut, or that is none, is refused."""
    with pytest.raises(ConfigurationError) as caught:
        new_store(connection, table)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_longest_name(connection: Connection) -> None:
    """The longest name leaves room for all that hangs on it."""
    store = new_store(connection, "n" * 48)
    put(store, "a.md", "alpha")
    assert sound(store)
    assert new_store(connection, "n" * 47 + "m").list_documents() == []


def test_nothing_ingested_yet(connection: Connection) -> None:
    """A table that is not there says how it comes to be, and is not made by the question."""
    for table in ("nothing", "no_schema.nothing"):
        for _ in range(2):
            with pytest.raises(NothingIngestedError) as caught:
                PostgresStore.open(connection, table)
            assert caught.value.message == (
                f'nothing has been ingested into the table "{table}" yet'
            )
            assert caught.value.hint == "run `ragpg ingest PATH`"


def test_empty_database_stays_empty() -> None:
    """Looking for a table makes nothing in a database where nothing is."""
    with closing(connect(Target(shared().new_database()))) as connection:
        with pytest.raises(NothingIngestedError):
            PostgresStore.open(connection, "ragpg")
        query = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        assert connection.execute(query).fetchone() == (0,)
        assert connection.execute("SELECT extname FROM pg_extension").fetchall() == [("plpgsql",)]


@pytest.mark.parametrize("suffix", ["", "_document", "_term", "_vectors_idx"])
def test_foreign_table(connection: Connection, suffix: str) -> None:
    """Somebody else's table is named, and not touched."""
    table = next(names)
    connection.execute(f"CREATE TABLE {table}{suffix} (id int)")
    for attempt in (partial(new_store, connection), partial(PostgresStore.open, connection)):
        with pytest.raises(DatabaseError) as caught:
            attempt(table)
        assert caught.value.message == (
            f'"public"."{table}{suffix}" is there already, and was not made by ragpg'
        )
        assert caught.value.hint == "choose another name with tableName or --table"


def test_foreign_registry() -> None:
    """A table of other columns under the registry's name is named."""
    with closing(connect(Target(shared().new_database()))) as connection:
        connection.execute("CREATE TABLE ragpg_table (id int)")
        for attempt in (partial(new_store, connection), partial(PostgresStore.open, connection)):
            with pytest.raises(DatabaseError) as caught:
                attempt("docs")
            assert caught.value.message == (
                '"ragpg_table" is there already, and was not made by ragpg'
            )


def test_no_schema() -> None:
    """Where PostgreSQL would not know where to put a table, a schema has to be named."""
    with closing(connect(Target(shared().new_database()))) as connection:
        connection.execute("CREATE EXTENSION vector SCHEMA pg_catalog")
        connection.execute("DROP SCHEMA public")
        with pytest.raises(DatabaseError) as caught:
            new_store(connection, "docs")
        assert caught.value.message == (
            f'the database "{connection.info.dbname}" has no schema for new tables'
        )
        assert caught.value.hint == 'write tableName as "schema.table"'
        assert new_store(connection, "docs.pages").list_documents() == []


def test_two_tables_are_apart(connection: Connection) -> None:
    """What is in one table is in no other, also of the same name in another schema."""
    first, second = new_store(connection, "one.docs"), new_store(connection, "two.docs")
    put(first, "a.md", "alpha")
    put(second, "b.md", "alpha")
    assert (sources(first), sources(second)) == (["a.md"], ["b.md"])
    first.remove(["b.md"])
    assert sources(second) == ["b.md"]


def test_documents_leave_nothing_in_memory(store: PostgresStore) -> None:
    """The type of vectors is registered once a connection, not once a document."""
    put(store, "first.md", "alpha")
    before = len(HalfVectorBinaryDumper.__subclasses__())
    for number in range(3):
        put(store, f"{number}.md", "alpha")
    assert len(HalfVectorBinaryDumper.__subclasses__()) == before


def test_other_model_is_refused(store: PostgresStore) -> None:
    """Vectors of another model, or of another size, are never mixed."""
    for other in (
        EmbeddingModel("other", DIMENSION, b"other-1"),
        EmbeddingModel("tiny", 8, b"tiny-1"),
    ):
        with pytest.raises(ModelMismatchError) as caught:
            new_store(store.table.connection, store.table.name, model=other)
        assert caught.value.message == (
            f'the table "{store.table.name}" was made with the embedding model "tiny" '
            f'(16 dimensions, fingerprint 74696e79), not with "{other.name}" '
            f"({other.dimension} dimensions, fingerprint {other.fingerprint.hex()[:8]})"
        )
        undo = (
            "configure that model"
            if other.name != "tiny"
            else "its files, or settings of it such as wordVectors, are others now: undo that"
        )
        assert caught.value.hint == (
            f"{undo}, or run `ragpg ingest --rebuild` to embed everything anew"
        )
        with pytest.raises(ModelMismatchError):
            store.check_model(other)
    store.check_model(MODEL)


def test_vectors_of_another_size(store: PostgresStore) -> None:
    """A model that suddenly gives other vectors than it said is refused before anything is done."""
    with pytest.raises(ModelMismatchError) as caught:
        store.upsert(
            document("a.md", "x"),
            chunks("x"),
            embeddings(1, dimension=8),
            chunking_fingerprint=FINGERPRINT,
        )
    assert caught.value.message == (
        "the embedding model gave vectors of 8 dimensions, "
        f'and the table "{store.table.name}" holds 16'
    )


def test_many_dimensions(connection: Connection) -> None:
    """More than the 2,000 dimensions of an index over whole vectors work."""
    store = new_store(connection, model=EmbeddingModel("large", 4000, b"large"))
    put(store, "a.md", "alpha", dimension=4000)
    [found] = store.search(SearchRequest(None, vectors(1, dimension=4000)[0], 5)).items
    assert found.cosine == pytest.approx(1, abs=1e-3)
    with pytest.raises(ConfigurationError) as caught:
        new_store(connection, model=EmbeddingModel("huge", 4001, b"huge"))
    assert caught.value.message == (
        'the vectors of "huge" have 4001 dimensions, and pgvector indexes at most 4000'
    )


def test_newer_layout(store: PostgresStore) -> None:
    """A table of a newer program is refused, to read and to write."""
    name = store.table.name
    rows_of = "UPDATE ragpg_table SET version = 3 WHERE name = %s"
    store.table.connection.execute(rows_of, [name])
    for attempt in (new_store, PostgresStore.open):
        with pytest.raises(DatabaseError) as caught:
            attempt(store.table.connection, name)
        assert caught.value.message == (
            f'the table "{name}" was made by a newer ragpg: its layout has version 3, '
            "and this program knows 2"
        )
        assert caught.value.hint == "upgrade ragpg, or choose another name with tableName"


def test_older_layout(store: PostgresStore) -> None:
    """A table of an older program is not read before an ingest has brought it up to date."""
    name = store.table.name
    store.table.connection.execute("UPDATE ragpg_table SET version = 0 WHERE name = %s", [name])
    with pytest.raises(DatabaseError) as caught:
        PostgresStore.open(store.table.connection, name)
    assert caught.value.message == f'the table "{name}" was made by an older ragpg'
    assert caught.value.hint == "run `ragpg ingest` to bring it up to date"
    with pytest.raises(DatabaseError) as caught:
        new_store(store.table.connection, name)
    assert caught.value.message == (
        f'the table "public.{name}" has a layout that this program does not know: version 0'
    )


def test_migration(store: PostgresStore) -> None:
    """Each version's statements run once, in order, on the tables that they name."""
    steps = {
        1: "ALTER TABLE {document} ADD COLUMN rating int",
        2: "ALTER TABLE {document} RENAME COLUMN rating TO stars",
    }
    with transaction(store.table.connection):
        create.migrate(
            dataclasses.replace(store.table, layout_version=1), migrations=steps, target=3
        )
    assert rows(store, "SELECT stars FROM {document}") == []
    query = "SELECT version FROM ragpg_table WHERE name = %s"
    assert store.table.connection.execute(query, [store.table.name]).fetchone() == (3,)


# --- several at once --------------------------------------------------


def alone(target: Target, action: Callable[[Connection], object]) -> Callable[[], None]:
    """Let something be done on a connection of its own."""

    def act() -> None:
        with closing(connect(target)) as connection:
            action(connection)

    return act


def test_first_ingests_at_once() -> None:
    """Processes that all make the first table of a database find the same one."""
    target = Target(shared().new_database())

    def first(number: int, connection: Connection) -> None:
        store = new_store(connection, f"docs.pages{number % 2}")
        put(store, f"{number}.md", "alpha", str(number))

    at_once(*[alone(target, partial(first, n)) for n in range(6)])
    with closing(connect(target)) as connection:
        for number, expected in ((0, ["0.md", "2.md", "4.md"]), (1, ["1.md", "3.md", "5.md"])):
            store = PostgresStore.open(connection, f"docs.pages{number}")
            assert sources(store) == expected
            assert sound(store)


def test_writers_in_different_orders(target: Target, store: PostgresStore) -> None:
    """Overlapping ingests neither wait for each other for ever nor lose a count."""
    table = store.table.name
    contents = {f"{n}.md": (f"shared words {n} ", "common terms apple banana") for n in range(12)}

    def ingest(order: list[str], connection: Connection) -> None:
        mine = PostgresStore.open(connection, table)
        for source in order:
            put(mine, source, *contents[source])
        mine.remove(order[:2])
        for source in order[:2]:
            put(mine, source, *contents[source])

    forward = list(contents)
    orders = (forward, forward[::-1], forward[6:] + forward[:6])
    at_once(*[alone(target, partial(ingest, order)) for order in orders])
    assert [(made.source, made.text) for made in store.read_documents()] == sorted(
        (source, "".join(bodies)) for source, bodies in contents.items()
    )
    assert sound(store)


WRITER = """
import sys
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from tests.store.test_store import put
store = PostgresStore.open(connect(Target({parameters!r})), {table!r})
for turn in range(100000):
    for source in ("a.md", "b.md"):
        put(store, source, *["body %s " % turn] * 20)
    if turn == 0:
        print("ready", flush=True)
"""

OTHERS = """
SELECT FROM pg_stat_activity WHERE datname = current_database()
    AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def test_killed_writer(target: Target, store: PostgresStore) -> None:
    """A process that dies at any moment leaves every document wholly old or wholly new."""
    parameters = dict(target.parameters)
    program = WRITER.format(parameters=parameters, table=store.table.name)
    for delay in (0.01, 0.03, 0.06):
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(delay)
            writer.send_signal(signal.SIGKILL)
        while store.table.connection.execute(OTHERS).rowcount:
            time.sleep(0.01)
        for made in store.read_documents():
            assert made.text == made.text[: len(made.text) // 20] * 20
            assert made.digest == hashlib.sha256(made.text.encode()).digest()
        assert sound(store)
    assert sources(store) == ["a.md", "b.md"]


# --- all anew --------------------------------------------------


def test_rebuild(target: Target, store: PostgresStore) -> None:
    """A rebuild with another model and language replaces everything at once, at its end."""
    put(store, "a.md", "Häuser ", "beta")
    put(store, "b.md", "gamma")
    other = EmbeddingModel("other", 8, b"other")
    with closing(connect(target)) as connection:
        reader = PostgresStore.open(connection, store.table.name)
        with store.replace_all(model=other, language="german") as fresh:
            for made in store.read_documents():
                put(fresh, made.source, made.text, dimension=8)
            assert len(reader.search(SearchRequest("gamma", axis(0), 5)).items) == 3
            assert store.model == MODEL
        for query in (SearchRequest("gamma", None, 5), SearchRequest(None, axis(0), 5)):
            with pytest.raises(ModelMismatchError):
                reader.search(query)
        with pytest.raises(ModelMismatchError):
            put(reader, "c.md", "delta")
        assert PostgresStore.open(connection, store.table.name).table == store.table
    assert (store.model, store.table.language) == (other, "pg_catalog.german")
    assert [stored.chunks for stored in store.list_documents()] == [1, 1]
    [found] = store.search(SearchRequest("Haus", None, 5)).items
    assert found.chunk.text == "Häuser beta"
    put(store, "c.md", "delta", dimension=8)
    assert sound(store)
    left = "SELECT relname FROM pg_class WHERE relname ~ '^ragpg_rebuild' AND relkind = 'r'"
    assert store.table.connection.execute(left).fetchall() == []


def test_rebuild_twice(store: PostgresStore) -> None:
    """A rebuilt table can be rebuilt, with vectors that it has already."""
    put(store, "a.md", "alpha")
    for _ in range(2):
        with store.replace_all(**AS_BEFORE) as fresh:
            parts = chunks("alpha")
            known = store.find_embeddings([parts[0].digest])
            fresh.upsert(
                document("a.md", "alpha"),
                parts,
                list(known.values()),
                chunking_fingerprint=FINGERPRINT,
            )
    assert sound(store)
    assert new_store(store.table.connection, store.table.name).table == store.table


def test_rebuild_with_a_document_twice(store: PostgresStore) -> None:
    """A rebuild takes each document once."""

    def rebuild() -> None:
        with store.replace_all(**AS_BEFORE) as fresh:
            put(fresh, "a.md", "alpha")
            put(fresh, "a.md", "alpha")

    with pytest.raises(DatabaseError) as caught:
        rebuild()
    assert "duplicate key value violates unique constraint" in caught.value.message


def test_broken_rebuild(store: PostgresStore) -> None:
    """A rebuild that fails leaves everything as it was."""
    put(store, "a.md", "alpha")
    before, table = store.list_documents(), store.table
    rebuilding = store.replace_all(model=EmbeddingModel("other", 8, b"other"), language="simple")
    with pytest.raises(ModelMismatchError), rebuilding as fresh:
        fresh.upsert(
            document("b.md", "beta"),
            chunks("beta"),
            embeddings(1),
            chunking_fingerprint=FINGERPRINT,
        )
    assert (store.list_documents(), store.table) == (before, table)
    assert sound(store)


def test_rebuild_of_nothing(store: PostgresStore) -> None:
    """An empty table is rebuilt into an empty table."""
    with store.replace_all(**AS_BEFORE):
        pass
    assert store.list_documents() == []
    assert sound(store)


def test_writers_wait_for_a_rebuild(target: Target, store: PostgresStore) -> None:
    """What is put while a rebuild runs comes after it, and is not lost."""
    put(store, "a.md", "alpha")
    started = Event()

    def rebuild(connection: Connection) -> None:
        mine = PostgresStore.open(connection, store.table.name)
        with mine.replace_all(**AS_BEFORE) as fresh:
            started.set()
            time.sleep(0.3)
            put(fresh, "a.md", "alpha")

    def write(connection: Connection) -> None:
        started.wait(30)
        put(PostgresStore.open(connection, store.table.name), "late.md", "omega")

    at_once(alone(target, rebuild), alone(target, write))
    assert sources(store) == ["a.md", "late.md"]
    assert sound(store)


# --- other servers --------------------------------------------------


def test_older_postgresql() -> None:
    """Everything works on PostgreSQL 16 as well."""
    server = start(major=16)
    try:
        with closing(connect(Target(server.new_database()))) as connection:
            store = new_store(connection, "docs.pages")
            put(store, "a.md", "alpha ", "beta")
            with store.replace_all(model=MODEL, language="simple") as fresh:
                put(fresh, "a.md", "alpha beta")
            [found] = store.search(SearchRequest("beta", axis(0), 5, sources=("*",))).items
            assert found.chunk.text == "alpha beta"
            assert store.status().server["version"].startswith("16.")  # type: ignore[union-attr]  # a string
            assert sound(store)
    finally:
        server.stop()
