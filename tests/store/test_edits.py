"""A document that is replaced keeps the rows of chunks that have not changed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, LiteralString

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragpg.store.connection import Target, connect
from tests.support.documents import FINGERPRINT, chunks, document, embeddings
from tests.support.postgres import shared
from tests.support.store import new_store, put, read_documents, rows, sound, upsert

if TYPE_CHECKING:
    from ragpg.store.postgres import PostgresStore
    from ragpg.store.statements import Connection

BODIES = ["leave is granted ", "leave is encashed ", "sick leave ", "a notice is given "]
SECOND = "SELECT terms FROM {lexical} WHERE ordinal = 1"
versions = st.lists(st.sampled_from(BODIES), max_size=6)


def written_in(store: PostgresStore, relation: str) -> list[Any]:
    """The transaction that wrote each row, by the row's chunk."""
    queries = {
        "chunk": "SELECT ordinal, xmin::text FROM {chunk} ORDER BY ordinal",
        "lexical": "SELECT ordinal, xmin::text FROM {lexical} ORDER BY ordinal",
        "embedding": "SELECT ordinal, xmin::text FROM {embedding} ORDER BY ordinal",
    }
    return [number for _, number in rows(store, queries[relation])]


def test_unchanged_chunks_stay(store: PostgresStore) -> None:
    """Of three chunks the second is edited: the words and vectors of the others stay as they are.

    The third moves, and the first is not touched at all.
    """
    put(store, "a.md", "one ", "two ", "three")
    before = {name: written_in(store, name) for name in ("chunk", "lexical", "embedding")}
    put(store, "a.md", "one ", "second ", "three")
    for relation in ("lexical", "embedding"):
        after = written_in(store, relation)
        assert [a == b for a, b in zip(after, before[relation], strict=True)] == [True, False, True]
    chunk_rows = zip(written_in(store, "chunk"), before["chunk"], strict=True)
    assert [a == b for a, b in chunk_rows] == [True, False, False]
    assert [made.text for made in read_documents(store)] == ["one second three"]
    assert sound(store)


def test_other_chunkers_keep_nothing(store: PostgresStore) -> None:
    """What a chunk's words are depends on the chunker, whose fingerprint is another one."""
    put(store, "a.md", "one ", "two")
    before = written_in(store, "lexical")
    put(store, "a.md", "one ", "two", chunking_fingerprint=b"other")
    assert not set(before).intersection(written_in(store, "lexical"))
    [stored] = store.list_documents()
    assert stored.chunking_fingerprint == b"other"


def test_other_headings_keep_nothing(store: PostgresStore) -> None:
    """A chunk below another heading is another one, whatever its text is."""
    for heading in (["Leave"], ["Notice"]):
        made, parts = document("a.md", "one", title=heading[0]), chunks("one", heading=heading)
        made = replace(made, digest=heading[0].encode())
        upsert(store, made, parts, embeddings(1), chunking_fingerprint=FINGERPRINT)
    assert rows(store, "SELECT DISTINCT heading FROM {chunk}") == [(["Notice"],)]
    assert sound(store)


@pytest.mark.parametrize("relation", ["embedding", "lexical"])
def test_what_a_chunk_has_lost_is_written_anew(store: PostgresStore, relation: str) -> None:
    """An edit of its document completes a chunk without a vector or without keywords."""
    lose: dict[str, LiteralString] = {
        "embedding": "DELETE FROM {embedding} WHERE ordinal = 1",
        "lexical": "DELETE FROM {lexical} WHERE ordinal = 1",
    }
    put(store, "a.md", "one ", "two ", "three")
    store.table.execute(lose[relation])
    store.table.execute("UPDATE {term} SET frequency = (SELECT count(*) FROM {lexical})")
    put(store, "a.md", "one ", "two ", "third")
    assert [made.text for made in read_documents(store)] == ["one two third"]
    assert [len(written_in(store, name)) for name in ("chunk", "lexical", "embedding")] == [3, 3, 3]


def test_several_languages_keep_nothing(connection: Connection) -> None:
    """One edit may make a document another language's, and so the words of all its chunks."""
    store = new_store(connection, language="auto")
    put(store, "a.md", "the notice of the leave ", "Frist")
    put(store, "a.md", "die Kündigung und der Urlaub sind nicht das gleiche ", "Frist")
    edited = rows(store, SECOND)
    other = new_store(connection, language="auto")
    put(other, "a.md", "die Kündigung und der Urlaub sind nicht das gleiche ", "Frist")
    assert edited == rows(other, SECOND)


@settings(max_examples=60)
@given(history=st.lists(versions, min_size=1, max_size=4))
def test_edits_leave_what_a_first_ingest_writes(history: list[list[str]]) -> None:
    """Whatever a document was before, its rows are those of its last version."""
    edited, fresh = kept_store("edited"), kept_store("fresh")
    for bodies in history:
        put_same(edited, bodies)
    put_same(fresh, history[-1])
    assert read_documents(edited) == read_documents(fresh)
    assert contents(edited) == contents(fresh)
    assert sound(edited)
    for store in (edited, fresh):
        store.remove(["a.md"])
        assert not rows(store, "SELECT FROM {term}")


@cache
def kept_store(name: str) -> PostgresStore:
    """One table for all examples; hypothesis does not run fixtures for each of them."""
    return new_store(connect(Target(shared().new_database())), name)


def put_same(store: PostgresStore, bodies: list[str]) -> None:
    """Put a document whose vectors depend on its texts alone, as a model's do."""
    made, parts = document("a.md", *bodies, title="a.md"), chunks(*bodies)
    vectors = [embeddings(1, seed=BODIES.index(body))[0] for body in bodies]
    upsert(store, made, parts, vectors, chunking_fingerprint=FINGERPRINT)


def contents(store: PostgresStore) -> list[list[Any]]:
    """All that is stored but the time."""
    return [
        rows(store, query)
        for query in (
            "SELECT doc_id, digest, recipe, title, preamble, size, chunks FROM {document}",
            "SELECT * FROM {chunk} ORDER BY ordinal",
            "SELECT * FROM {lexical} ORDER BY ordinal",
            "SELECT * FROM {embedding} ORDER BY ordinal",
            "SELECT * FROM {term} ORDER BY term",
        )
    ]
