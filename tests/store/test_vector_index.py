"""The index over vectors: built once a table is large, and kept up from then on."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import DatabaseError
from ragpg.store import restriction, vector_index, vector_scan
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from ragpg.store.table import INDEXES
from ragpg.store.vector_index import BIT_INDEX, VECTOR_INDEX, find_missing
from ragpg.types import EmbeddingModel, Level, Scan, SearchRequest
from tests.support.documents import FINGERPRINT, chunks, document, embeddings, vectors
from tests.support.postgres import shared
from tests.support.store import new_store, put, replaced, sound, upsert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.store.table import Table


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresStore]:
    """A table in a database of its own, where a few chunks make a large table."""
    monkeypatch.setattr(vector_index, "SMALL_TABLE_CHUNKS", 50)
    with closing(connect(Target(shared().new_database()))) as connection:
        yield new_store(connection)


def without_index(store: PostgresStore) -> None:
    """Put documents into a table that has no index over vectors yet."""
    for number in range(6):
        bodies = [f"word{number}" for number in range(500)]
        drawn = embeddings(len(bodies), seed=number)
        upsert(
            store,
            document(f"part{number}.md", *bodies),
            chunks(*bodies),
            drawn,
            chunking_fingerprint=FINGERPRINT,
        )
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
    shares = list(store.build_vector_index(added=0))
    assert all(0 <= share <= 1 for share in shares)
    assert is_indexed(store)
    assert nearest(store) == before
    assert list(store.build_vector_index(added=0)) == []


def test_what_the_user_wants_survives_a_new_index(store: PostgresStore) -> None:
    """The table is read again from the database, which doesn't know how long its writers wait."""
    without_index(store)
    store.table = replace(store.table, lock_timeout=3.0, distributed=True)
    for _ in store.build_vector_index(added=0):
        pass
    assert (store.table.lock_timeout, store.table.distributed) == (3.0, True)


def test_a_small_table_has_no_index(store: PostgresStore) -> None:
    """The end of the ingest that makes it large is when it gets one, which it keeps."""
    put(store, "small.md", *(f"word{word}" for word in range(50)))
    assert list(store.build_vector_index()) == []
    assert not is_indexed(store)
    assert sound(store)
    put(store, "more.md", "one more")
    [check] = [check for check in store.status().checks if check.level is not Level.OK]
    assert check.message.startswith("missing or invalid indexes: hnsw on ")
    list(store.build_vector_index(added=1))
    assert is_indexed(store)
    assert sound(store)
    store.remove(["small.md"])
    assert list(store.build_vector_index(added=0)) == []
    assert is_indexed(store)
    assert sound(store)


def test_an_index_is_valid_after_every_document(store: PostgresStore) -> None:
    """Whenever an ingest is killed: once there is an index, every document goes into it."""
    without_index(store)
    list(store.build_vector_index())
    for number in range(3):
        put(store, f"more{number}.md", *(f"word{word}" for word in range(500)))
        assert is_indexed(store)
        assert ("more0.md", 0) in nearest(store)


def test_an_index_that_cannot_be_built_is_an_error(store: PostgresStore) -> None:
    """What goes wrong in the building is told as any other failure of the database."""
    without_index(store)
    store.table.connection.execute("SET statement_timeout = '1ms'")
    with pytest.raises(DatabaseError, match="canceling statement due to statement timeout"):
        list(store.build_vector_index(added=0))
    store.table.connection.execute("RESET statement_timeout")
    list(store.build_vector_index(added=0))
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


WIDE = EmbeddingModel("wide", 256, b"wide")


def write_wide(store: PostgresStore, number: int, *, count: int) -> None:
    """Put a document with vectors into a table whose index begins with bits."""
    bodies = [f"word{n}" for n in range(count)]
    drawn = embeddings(count, seed=number, dimension=256)
    made = document(f"part{number}.md", *bodies)
    upsert(store, made, chunks(*bodies), drawn, chunking_fingerprint=FINGERPRINT)


def has_bits(store: PostgresStore) -> bool:
    """Whether there is one index over vectors, and it is over their bits."""
    [name] = store.table.select_column(
        str, vector_index.FIND_VECTOR_INDEXES, [store.table.regclass("embedding")]
    )
    assert name == store.table.name + INDEXES["vectors"]
    return not find_missing(store.table, BIT_INDEX)


def test_a_table_grows_out_of_its_index(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large ingest replaces an index that is meant for fewer vectors, a small one leaves it."""
    wide = new_store(store.table.connection, "wide", model=WIDE)
    write_wide(wide, 1, count=100)
    monkeypatch.setattr(vector_index, "MAX_BIT_INDEX_CHUNKS", 120)
    list(wide.build_vector_index(added=100))
    assert has_bits(wide)
    write_wide(wide, 2, count=100)
    list(wide.build_vector_index(added=5))
    assert has_bits(wide)
    assert wide.table.has_bit_index
    list(wide.build_vector_index(added=100))
    assert not has_bits(wide)
    assert not wide.table.has_bit_index
    assert not PostgresStore.open(store.table.connection, "wide").table.has_bit_index
    # And a rebuild begins with the right one.
    with replaced(wide, model=WIDE, language="english") as fresh:
        put(fresh, "new.md", *(f"word{n}" for n in range(200)), dimension=256)
    assert not has_bits(wide)
    assert not wide.table.has_bit_index


@pytest.mark.parametrize("limit", [1, 1000])
def test_searches_follow_the_index(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """The scan is of the index that there is, whatever size it is meant for."""
    monkeypatch.setattr(vector_index, "MAX_BIT_INDEX_CHUNKS", limit)
    monkeypatch.setattr(restriction, "SMALL_TABLE_CHUNKS", 10)
    wide = new_store(store.table.connection, "wide", model=WIDE)
    write_wide(wide, 1, count=100)
    list(wide.build_vector_index(added=100))
    opened = PostgresStore.open(store.table.connection, "wide")
    query = SearchRequest(None, vectors(1, seed=5, dimension=256)[0], 10)
    assert opened.search(query).plan.scan is (Scan.INDEX if limit == 1 else Scan.BITS)


def test_more_candidates_of_larger_tables(store: PostgresStore) -> None:
    """The index is asked for more candidates where the table is larger, or few are wanted."""
    bits = replace(store.table, has_bit_index=True)
    query = SearchRequest(None, None, 50)
    few = replace(query, limit=10)

    def limits(table: Table, query: SearchRequest) -> list[int]:
        sizes = (10_000, 50_000, 800_000)
        return [vector_scan.index_limit(table, query, chunks=size) for size in sizes]

    assert limits(bits, query) == limits(bits, few) == [400, 400, 1600]
    assert limits(store.table, query) == [50, 50, 50]
    values = [
        vector_scan.ef_search(store.table, query, chunks=size) for size in (10_000, 50_000, 800_000)
    ]
    assert values == [100, 100, 400]
    assert vector_scan.ef_search(bits, query, chunks=800_000) == vector_scan.MAX_EF_SEARCH
