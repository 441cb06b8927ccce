"""Tables that earlier releases made: they are brought up to date, and serve as new ones do."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ragpg.pipeline.search import Searcher, SearchOptions
from ragpg.store.connection import Target, connect
from ragpg.store.table import LAYOUT_VERSION
from tests.support.layouts import LAYOUTS, TEXTS, fill
from tests.support.pipeline import HashingEmbedder
from tests.support.postgres import shared
from tests.support.store import read_documents, sound

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.store.postgres import PostgresStore
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


def search(store: PostgresStore) -> list[Hit]:
    """The hits of several questions."""
    searcher = Searcher(store, HashingEmbedder(), SearchOptions())
    return [hit for query in QUERIES for hit in searcher.search(query).hits]
