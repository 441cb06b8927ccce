"""A table is replaced as a whole, at once."""

from __future__ import annotations

import time
from contextlib import closing
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from ragpg.errors import (
    DatabaseError,
    ModelMismatchError,
)
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
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
from tests.support.store import new_store, put, sound, sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg.store.connection import Connection


def alone(target: Target, action: Callable[[Connection], object]) -> Callable[[], None]:
    """Let something be done on a connection of its own."""

    def act() -> None:
        with closing(connect(target)) as connection:
            action(connection)

    return act


AS_BEFORE: Any = {"model": MODEL, "language": "english"}


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
