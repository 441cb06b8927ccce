"""The index over vectors: kept up by every load, and built where it is missing."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from ragpg.errors import DatabaseError
from ragpg.store.connection import Target, connect
from ragpg.store.vector_index import DROP_VECTOR_INDEX, VECTOR_INDEX, find_missing
from ragpg.types import SearchRequest
from tests.support.documents import FINGERPRINT, chunks, document, embeddings, vectors
from tests.support.postgres import shared
from tests.support.store import new_store, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.store.postgres import PostgresStore


@pytest.fixture
def store() -> Iterator[PostgresStore]:
    """A table in a database of its own."""
    with closing(connect(Target(shared().new_database()))) as connection:
        yield new_store(connection)


def without_index(store: PostgresStore) -> None:
    """Put documents into a table and drop its index over vectors."""
    for number in range(6):
        bodies = [f"word{number}" for number in range(500)]
        drawn = embeddings(len(bodies), seed=number)
        store.upsert(
            document(f"part{number}.md", *bodies),
            chunks(*bodies),
            drawn,
            chunking_fingerprint=FINGERPRINT,
        )
    store.table.execute(DROP_VECTOR_INDEX, schema=sql.Identifier("public"))
    assert not is_indexed(store)


def is_indexed(store: PostgresStore) -> bool:
    """Whether the index is there and valid."""
    return not find_missing(store.table, VECTOR_INDEX)


def nearest(store: PostgresStore) -> set[tuple[str, int]]:
    """The chunks nearest to the first one of all."""
    query = SearchRequest(text=None, vector=vectors(1, seed=0)[0], limit=20)
    found = store.search(query).items
    return {(candidate.source, candidate.chunk.ordinal) for candidate in found}


def test_a_missing_index_is_built(store: PostgresStore) -> None:
    """Searches find the same before; nothing is left to do afterwards."""
    without_index(store)
    before = nearest(store)
    assert ("part0.md", 0) in before
    shares = list(store.build_vector_index())
    assert all(0 <= share <= 1 for share in shares)
    assert is_indexed(store)
    assert nearest(store) == before
    assert list(store.build_vector_index()) == []


def test_an_index_is_valid_after_every_document(store: PostgresStore) -> None:
    """Whenever a load is killed: there is no moment without the index."""
    for number in range(3):
        put(store, f"part{number}.md", *(f"word{word}" for word in range(2_500)))
        assert is_indexed(store)


def test_an_index_that_cannot_be_built_is_an_error(store: PostgresStore) -> None:
    """What goes wrong in the building is told as any other failure of the database."""
    without_index(store)
    store.table.connection.execute("SET statement_timeout = '1ms'")
    with pytest.raises(DatabaseError, match="canceling statement due to statement timeout"):
        list(store.build_vector_index())
    store.table.connection.execute("RESET statement_timeout")
    list(store.build_vector_index())
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
    store.table.execute(delete)
    wanted = dict.fromkeys(("whole.md", "gone.md", "lame.md", "other.md"), 2)
    assert store.find_incomplete(wanted) == ["gone.md", "lame.md", "other.md"]
