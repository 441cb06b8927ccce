"""A table is replaced as a whole, at once."""

from __future__ import annotations

import time
from contextlib import closing
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from ragpg.errors import (
    DatabaseError,
    ModelMismatchError,
)
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from ragpg.store.rebuild import rename, replacement_name
from ragpg.types import EmbeddingModel, SearchRequest
from tests.support.documents import (
    FINGERPRINT,
    MODEL,
    axis,
    chunks,
    document,
    embeddings,
)
from tests.support.postgres import at_once
from tests.support.store import new_store, put, read_documents, replaced, sound, sources, upsert

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg.store.statements import Connection


def alone(target: Target, action: Callable[[Connection], object]) -> Callable[[], None]:
    """Let something be done on a connection of its own."""

    def act() -> None:
        with closing(connect(target)) as connection:
            action(connection)

    return act


SUFFIXES = ("", "_document", "_embedding", "_lexical", "_term")
AS_BEFORE: Any = {"model": MODEL, "language": "english"}


def test_rebuild(target: Target, store: PostgresStore) -> None:
    """A rebuild with another model and language replaces everything at once, at its end."""
    put(store, "a.md", "Häuser ", "beta")
    put(store, "b.md", "gamma")
    other = EmbeddingModel("other", 8, b"other")
    with closing(connect(target)) as connection:
        reader = PostgresStore.open(connection, store.table.name)
        with replaced(store, model=other, language="german") as fresh:
            for made in read_documents(store):
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
    assert unfinished(store) == []


def test_rebuild_twice(store: PostgresStore) -> None:
    """A rebuilt table can be rebuilt, with vectors that it has already."""
    put(store, "a.md", "alpha")
    for _ in range(2):
        with replaced(store, **AS_BEFORE) as fresh:
            parts = chunks("alpha")
            known = store.find_embeddings([parts[0].digest])
            upsert(
                fresh,
                document("a.md", "alpha"),
                parts,
                list(known.values()),
                chunking_fingerprint=FINGERPRINT,
            )
        assert key_names(store) == [f"{store.table.name}{suffix}_pkey" for suffix in SUFFIXES]
        assert foreign_key_names(store) == ["chunk", "chunk", "document"]
    assert sound(store)
    assert new_store(store.table.connection, store.table.name).table == store.table


def test_the_keys_of_an_older_rebuild(store: PostgresStore) -> None:
    """They had the names of the table that was filled; where a name is taken, they keep that."""
    table, filled = store.table, replacement_name(store.table)
    for old, new in (
        (f"{table.name}_document_pkey", f"{filled}_document_pkey"),
        (f"{table.name}_pkey", f"{filled}_pkey"),
    ):
        rename(table, "INDEX", old, new)
    taken = sql.Identifier(table.schema, f"{table.name}_pkey")
    table.connection.execute(sql.SQL("CREATE TABLE {} ()").format(taken))
    with replaced(store, **AS_BEFORE):
        pass
    [first, *others] = key_names(store)
    assert first.startswith(filled)
    assert others == [f"{table.name}{suffix}_pkey" for suffix in SUFFIXES[1:]]


def key_names(store: PostgresStore) -> list[str]:
    """The names of the indexes of primary keys, in alphabetical order of their relations."""
    query = """
        SELECT relname::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indrelid = ANY(%s::regclass[]) AND indisprimary ORDER BY indrelid::regclass::text
    """
    table = store.table
    return [name for (name,) in table.connection.execute(query, [table.regclasses]).fetchall()]


def foreign_key_names(store: PostgresStore) -> list[str]:
    """The names of the relations' foreign keys, in alphabetical order."""
    query = """
        SELECT conname::text FROM pg_constraint
        WHERE conrelid = ANY(%s::regclass[]) AND contype = 'f' ORDER BY conname
    """
    table = store.table
    return [name for (name,) in table.connection.execute(query, [table.regclasses]).fetchall()]


def test_broken_rebuild(store: PostgresStore) -> None:
    """A rebuild that fails leaves everything as it was."""
    put(store, "a.md", "alpha")
    before, table = store.list_documents(), store.table
    rebuilding = replaced(store, model=EmbeddingModel("other", 8, b"other"), language="simple")
    with pytest.raises(ModelMismatchError), rebuilding as fresh:
        upsert(
            fresh,
            document("b.md", "beta"),
            chunks("beta"),
            embeddings(1),
            chunking_fingerprint=FINGERPRINT,
        )
    assert (store.list_documents(), store.table) == (before, table)
    assert sound(store)


def test_rebuild_of_nothing(store: PostgresStore) -> None:
    """An empty table is rebuilt into an empty table."""
    with replaced(store, **AS_BEFORE):
        pass
    assert store.list_documents() == []
    assert sound(store)


def test_an_unfinished_rebuild_is_gone_on_with(store: PostgresStore) -> None:
    """What it wrote is there in the next one with the same settings, and in no other."""
    put(store, "a.md", "alpha")
    with store.prepare_replacement(**AS_BEFORE) as new:
        put(new, "a.md", "alpha")
    with store.prepare_replacement(**AS_BEFORE) as new:
        assert sources(new) == ["a.md"]
    assert sources(store) == ["a.md"]
    for other in ({"language": "simple"}, {"model": EmbeddingModel("other", 8, b"other")}):
        with store.prepare_replacement(**{**AS_BEFORE, **other}) as new:
            assert sources(new) == []
    with replaced(store, **AS_BEFORE):
        assert sources(store) == ["a.md"]
    assert (sources(store), unfinished(store)) == ([], [])
    assert sound(store)


def test_the_vectors_of_an_unfinished_rebuild_are_not_reused(store: PostgresStore) -> None:
    """Its tables may vanish while another process reads them; those of others stay."""
    other, parts = new_store(store.table.connection), chunks("alpha", "beta")
    put(store, "a.md", "alpha")
    with store.prepare_replacement(**AS_BEFORE) as new:
        put(new, "b.md", "beta")
        digests = [part.digest for part in parts]
        assert list(other.find_embeddings(digests)) == digests[:1]
        assert sorted(new.find_embeddings(digests)) == sorted(digests)


def test_what_is_left_of_a_dropped_rebuild(store: PostgresStore) -> None:
    """Whoever drops its tables by hand need not know of the registry."""
    with store.prepare_replacement(**AS_BEFORE) as new:
        statement = "DROP TABLE {embedding}, {term}, {lexical}, {chunk}, {document}"
        new.table.execute(statement)
    assert "rebuild" not in [check.name for check in store.status().checks]
    with replaced(store, **AS_BEFORE) as new:
        put(new, "a.md", "alpha")
    assert sources(store) == ["a.md"]
    assert sound(store)


def test_writers_wait_only_for_the_end(target: Target, store: PostgresStore) -> None:
    """They write to the old table while the new one is filled, and to the new one afterwards."""
    started = Event()

    def rebuild(connection: Connection) -> None:
        mine = PostgresStore.open(connection, store.table.name)
        with mine.prepare_replacement(**AS_BEFORE) as new:
            put(store, "early.md", "alpha")
            with mine.replace_by(new):
                started.set()
                time.sleep(0.3)
                assert sources(mine) == ["early.md"]

    def write(connection: Connection) -> None:
        started.wait(30)
        put(PostgresStore.open(connection, store.table.name), "late.md", "omega")

    at_once(alone(target, rebuild), alone(target, write))
    assert sources(store) == ["late.md"]
    assert sound(store)


def test_one_rebuild_at_a_time(target: Target, store: PostgresStore) -> None:
    """Another one waits; if the table has another model by then, it is told so."""
    other = EmbeddingModel("other", 8, b"other")
    with closing(connect(target)) as connection:
        second = PostgresStore.open(connection, store.table.name, lock_timeout=1.0)
        with store.prepare_replacement(model=other, language="english") as new:
            with pytest.raises(DatabaseError) as caught:
                second.prepare_replacement(**AS_BEFORE).__enter__()
            assert caught.value.message.startswith("gave up after 1 s of waiting for PostgreSQL")
            with store.replace_by(new):
                pass
        with pytest.raises(DatabaseError) as caught:
            second.prepare_replacement(**AS_BEFORE).__enter__()
    assert caught.value.message == f'another process has rebuilt the table "{store.table}"'


def unfinished(store: PostgresStore) -> list[Any]:
    """The tables of a rebuild that has not been finished."""
    name = replacement_name(store.table)
    query = "SELECT relname FROM pg_class WHERE strpos(relname, %s) > 0 AND relkind = 'r'"
    return store.table.connection.execute(query, [name]).fetchall()
