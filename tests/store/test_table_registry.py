"""Tables by their names, and what they were created with."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ragpg.errors import (
    ConfigurationError,
    DatabaseError,
    ModelMismatchError,
    NothingIngestedError,
)
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from ragpg.types import EmbeddingModel, SearchRequest
from tests.support.documents import (
    DIMENSION,
    MODEL,
    axis,
)
from tests.support.postgres import shared
from tests.support.store import names, new_store, put, replaced, sound, sources

if TYPE_CHECKING:
    from ragpg.store.statements import Connection

AS_BEFORE: Any = {"model": MODEL, "language": "english"}


SPELLING = 'write table or schema.table, without "%" and control characters'


LENGTHS = "a table's name has at most 48 bytes, a schema's at most 63"


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
    with replaced(store, **AS_BEFORE) as fresh:
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


def test_two_tables_are_apart(connection: Connection) -> None:
    """What is in one table is in no other, also of the same name in another schema."""
    first, second = new_store(connection, "one.docs"), new_store(connection, "two.docs")
    put(first, "a.md", "alpha")
    put(second, "b.md", "alpha")
    assert (sources(first), sources(second)) == (["a.md"], ["b.md"])
    first.remove(["b.md"])
    assert sources(second) == ["b.md"]


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


def test_newer_layout(store: PostgresStore) -> None:
    """A table of a newer program is refused, to read and to write."""
    name = store.table.name
    rows_of = "UPDATE ragpg_table SET version = 4 WHERE name = %s"
    store.table.connection.execute(rows_of, [name])
    for attempt in (new_store, PostgresStore.open):
        with pytest.raises(DatabaseError) as caught:
            attempt(store.table.connection, name)
        assert caught.value.message == (
            f'the table "{name}" was made by a newer ragpg: its layout has version 4, '
            "and this program knows 3"
        )
        assert caught.value.hint == "upgrade ragpg, or choose another name with tableName"


def test_older_layout(store: PostgresStore) -> None:
    """A table of an older program is not read before an ingest has brought it up to date."""
    name = store.table.name
    store.table.connection.execute("UPDATE ragpg_table SET version = 0 WHERE name = %s", [name])
    with pytest.raises(DatabaseError) as caught:
        PostgresStore.open(store.table.connection, name)
    assert caught.value.message == f'the table "public.{name}" was made by an older ragpg'
    assert caught.value.hint == "run `ragpg ingest` to bring it up to date"
    with pytest.raises(DatabaseError) as caught:
        new_store(store.table.connection, name)
    assert caught.value.message == (
        f'the table "public.{name}" has a layout that this program does not know: version 0'
    )
