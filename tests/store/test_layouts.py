"""Tables that earlier releases made: they are brought up to date, and serve as new ones do."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import DatabaseError
from ragpg.filters import parse_filter
from ragpg.pipeline.ingest import ingest
from ragpg.pipeline.search import Searcher, SearchOptions
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from ragpg.store.table import LAYOUT_VERSION
from ragpg.types import DocumentStatus, Receipt, SearchRequest
from tests.support.layouts import LAYOUTS, TEXTS, files, fill
from tests.support.pipeline import CHUNKER, MODEL, HashingEmbedder, measure
from tests.support.postgres import shared
from tests.support.store import read_documents, sound

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.types import Hit

QUERIES = ("When is Abate ripe?", "apples", "How long do they keep in a cellar?")


@pytest.mark.parametrize("path", sorted(LAYOUTS.glob("*.sql")), ids=lambda path: path.stem)
def test_a_released_layout(path: Path) -> None:
    """It is opened, ingested into, searched and checked; hits are those of a fresh ingest."""
    with closing(connect(Target(shared().new_database()))) as connection:
        connection.execute(path.read_bytes())
        [(version,)] = connection.execute("SELECT version FROM ragpg_table").fetchall()
        assert str(version) == path.stem
        assert version <= LAYOUT_VERSION
        store, fresh = fill(connection, "ragpg"), fill(connection, "fresh")
        assert replace(store.table, name="fresh") == fresh.table
        assert {made.source: made.text for made in read_documents(store)} == TEXTS
        assert search(store) == search(fresh) != []
        assert sound(store)
        store.remove(["apples.md"])
        assert sound(store)


def test_an_older_layout_is_read_as_it_is() -> None:
    """Who may only read goes on doing so; what the older layout has no column for is an error."""
    with closing(connect(Target(shared().new_database()))) as connection:
        connection.execute((LAYOUTS / "2.sql").read_bytes())
        store = PostgresStore.open(connection, "ragpg")
        assert search(store) != []
        assert {made.source: made.text for made in read_documents(store)} == TEXTS
        assert {stored.modified for stored in store.list_documents()} == {None}
        assert store.find_documents(parse_filter("size == 0")) == ["empty.md"]
        with pytest.raises(DatabaseError) as caught:
            store.search(SearchRequest("apples", None, 1, filter=parse_filter("modified > 2020")))
        assert caught.value.message == (
            'the table "public.ragpg" was made by an older ragpg and has no modified yet'
        )


def test_languages_and_times_are_filled_in() -> None:
    """A table of layout 2 learns the languages of code from its text, and times from the files."""
    code = "# Code\n\n```Python\nprint(1)\n```\n"
    modified = datetime(2024, 5, 1, 12, tzinfo=UTC)
    with closing(connect(Target(shared().new_database()))) as connection:
        connection.execute((LAYOUTS / "2.sql").read_bytes())
        connection.execute("UPDATE ragpg SET body = body || %s WHERE ordinal = 0", [code])
        store = PostgresStore.create(connection, "ragpg", model=MODEL, language="english")
        filled = connection.execute("SELECT languages FROM ragpg WHERE ordinal = 0").fetchall()
        assert filled == [(["python"],), (["python"],)]
        # Another version of the chunker wrote them.
        store.table.execute("UPDATE {document} SET recipe = %s", [CHUNKER.fingerprint])
        ingest_again(store, modified)
        assert {stored.modified for stored in store.list_documents()} == {modified}
        ingest_again(store, datetime(2026, 1, 1, tzinfo=UTC))
        assert {stored.modified for stored in store.list_documents()} == {modified}
        assert sound(store)


def ingest_again(store: PostgresStore, modified: datetime) -> None:
    """Ingest the files, which were last modified then; nothing is written again."""
    found = [replace(file, modified=modified) for file in files()]
    events = ingest(
        found, work=measure(found), store=store, embedder=HashingEmbedder(), chunker=CHUNKER
    )
    receipts = [event for event in events if isinstance(event, Receipt)]
    assert {receipt.status for receipt in receipts} == {DocumentStatus.UNCHANGED}


def search(store: PostgresStore) -> list[Hit]:
    """The hits of several questions."""
    searcher = Searcher(store, HashingEmbedder(), SearchOptions())
    return [hit for query in QUERIES for hit in searcher.search(query).hits]
