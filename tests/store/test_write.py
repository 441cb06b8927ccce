"""Documents are stored verbatim, replaced as a whole, and removed."""

from __future__ import annotations

import dataclasses
import hashlib
import signal
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pgvector.psycopg.halfvec import HalfVectorBinaryDumper

from ragpg.errors import (
    DatabaseError,
    ModelMismatchError,
)
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from ragpg.types import EmbeddedDocument, Embedding, SearchRequest
from tests.support.documents import (
    DIMENSION,
    FINGERPRINT,
    axis,
    chunks,
    document,
    embeddings,
)
from tests.support.postgres import at_once, shared
from tests.support.store import new_store, put, read_documents, sound, sources, upsert

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg.store.statements import Connection

# Everything that a decoded file can hold: no NUL, and no half of a surrogate pair.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@settings(max_examples=60)
@given(source=texts.filter(bool), preamble=texts, bodies=st.lists(texts, max_size=4), title=texts)
def test_round_trip(source: str, preamble: str, bodies: list[str], title: str) -> None:
    """Whatever a file holds comes back to the letter: the document, its chunks, their spans."""
    store = round_trip_store()
    made = document(source, *bodies, preamble=preamble, title=title, metadata={"title": preamble})
    made = dataclasses.replace(made, origin=None, from_directory=True)
    parts = chunks(*bodies, start=len(preamble), heading=[title, source])
    upsert(store, made, parts, embeddings(len(parts)), chunking_fingerprint=FINGERPRINT)
    assert read_documents(store) == [made]
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
    assert [made.text for made in read_documents(store)] == [text]
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
    upsert(store, made, [], embeddings(0), chunking_fingerprint=FINGERPRINT)
    assert read_documents(store) == [made]


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
    upsert(store, made, chunks("alpha ", "beta"), embeddings(2), chunking_fingerprint=b"finer")
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
        upsert(store, made, chunks("beta"), broken, chunking_fingerprint=FINGERPRINT)
    assert caught.value.message.endswith("NaN not allowed in halfvec")
    assert [kept.text for kept in read_documents(store)] == ["alpha"]
    assert sound(store)


def test_documents_leave_nothing_in_memory(store: PostgresStore) -> None:
    """The type of vectors is registered once a connection, not once a document."""
    put(store, "first.md", "alpha")
    before = len(HalfVectorBinaryDumper.__subclasses__())
    for number in range(3):
        put(store, f"{number}.md", "alpha")
    assert len(HalfVectorBinaryDumper.__subclasses__()) == before


def test_what_an_interrupted_write_has_left(target: Target) -> None:
    """It is asked on another connection; what this one was doing is ended before."""
    with closing(connect(target)) as connection:
        store = new_store(connection)
        stored = put(store, "a.md", "one")
        asked = [stored, document("a.md", "two"), document("b.md", "one")]
        pid = connection.info.backend_pid
        connection.pgconn.send_query(b"SELECT pg_sleep(60)")
        assert store.find_written(
            [EmbeddedDocument(each, [], [], chunking_fingerprint=FINGERPRINT) for each in asked]
        ) == [True, False, False]
        assert connection.closed
    with closing(connect(target)) as connection:
        alive = "SELECT FROM pg_stat_activity WHERE pid = %s"
        assert connection.execute(alive, [pid]).rowcount == 0


def test_vectors_of_another_size(store: PostgresStore) -> None:
    """A model that suddenly gives other vectors than it said is refused before anything is done."""
    with pytest.raises(ModelMismatchError) as caught:
        upsert(
            store,
            document("a.md", "x"),
            chunks("x"),
            embeddings(1, dimension=8),
            chunking_fingerprint=FINGERPRINT,
        )
    assert caught.value.message == (
        "the embedding model gave vectors of 8 dimensions, "
        f'and the table "{store.table.name}" holds 16'
    )


def alone(target: Target, action: Callable[[Connection], object]) -> Callable[[], None]:
    """Let something be done on a connection of its own."""

    def act() -> None:
        with closing(connect(target)) as connection:
            action(connection)

    return act


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
    assert [(made.source, made.text) for made in read_documents(store)] == sorted(
        (source, "".join(bodies)) for source, bodies in contents.items()
    )
    assert sound(store)


WRITER = """
import sys
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from tests.support.store import put
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
        for made in read_documents(store):
            assert made.text == made.text[: len(made.text) // 20] * 20
            assert made.digest == hashlib.sha256(made.text.encode()).digest()
        assert sound(store)
    assert sources(store) == ["a.md", "b.md"]
