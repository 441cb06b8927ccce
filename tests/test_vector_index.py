"""The index over vectors: given up during a large load, and built at its end."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import DatabaseError
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from ragpg.store.vector_index import MANY, VECTORS, missing
from ragpg.types import Query
from tests.library import RECIPE, chunks, document, vectors
from tests.postgres import shared
from tests.test_store import new_store, put

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def store() -> Iterator[PostgresStore]:
    """A table in a database of its own."""
    with closing(connect(Target(shared().new_database()))) as connection:
        yield new_store(connection)


def load(store: PostgresStore, *, documents: int, chunks_each: int, name: str = "part") -> None:
    """Put documents of many chunks into a table."""
    bodies = [f"word{number}" for number in range(chunks_each)]
    for number in range(documents):
        drawn = vectors(chunks_each, seed=number)
        store.put(document(f"{name}{number}.md", *bodies), chunks(*bodies), drawn, recipe=RECIPE)


def is_indexed(store: PostgresStore) -> bool:
    """Whether the index is there and valid."""
    return not missing(store.connection, store.table, VECTORS)


def nearest(store: PostgresStore) -> set[tuple[str, int]]:
    """The chunks nearest to the first one of all."""
    query = Query(text=None, vector=vectors(1, seed=0)[0], limit=20)
    found = store.candidates(query).found
    return {(candidate.source, candidate.chunk.ordinal) for candidate in found}


def test_a_large_load_is_indexed_at_its_end(store: PostgresStore) -> None:
    """Searches find the same before; nothing is left to do afterwards."""
    load(store, documents=6, chunks_each=MANY // 5)
    assert not is_indexed(store)
    without = nearest(store)
    assert ("part0.md", 0) in without
    shares = list(store.complete())
    assert all(0 <= share <= 1 for share in shares)
    assert is_indexed(store)
    assert nearest(store) == without
    assert list(store.complete()) == []
    load(store, documents=1, chunks_each=MANY // 5, name="more")
    assert is_indexed(store)


def test_what_a_killed_load_left_is_indexed_by_the_next(store: PostgresStore) -> None:
    """Whoever writes next finds the index missing, however little there is to write."""
    load(store, documents=6, chunks_each=MANY // 5)
    later = PostgresStore.open(store.connection, store.table.name)
    put(later, "small.md", "a body")
    assert not is_indexed(later)
    list(later.complete())
    assert is_indexed(later)


def test_an_index_that_cannot_be_built_is_an_error(store: PostgresStore) -> None:
    """What goes wrong in the building is told as any other failure of the database."""
    load(store, documents=6, chunks_each=MANY // 5)
    store.connection.execute("SET statement_timeout = '1ms'")
    with pytest.raises(DatabaseError, match="canceling statement due to statement timeout"):
        list(store.complete())
    store.connection.execute("RESET statement_timeout")
    list(store.complete())
    assert is_indexed(store)


def test_documents_that_are_not_as_they_were_written_are_named(store: PostgresStore) -> None:
    """One that is gone, one that lost a vector, and one that has other chunks; not the others."""
    for source in ("whole.md", "gone.md", "lame.md", "other.md"):
        put(store, source, "first", "second")
    store.remove(["gone.md"])
    put(store, "other.md", "first")
    delete = """
        DELETE FROM {embedding} AS embedding USING {document} AS document
        WHERE document.doc_id = embedding.doc_id AND source = 'lame.md' AND ordinal = 1
    """
    store.connection.execute(store.table.statement(delete))
    wanted = dict.fromkeys(("whole.md", "gone.md", "lame.md", "other.md"), 2)
    assert store.differing(wanted) == ["gone.md", "lame.md", "other.md"]
