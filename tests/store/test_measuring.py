"""Measured checks: what searches find, beside what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg.store import health, measuring, restriction, vector_index
from ragpg.types import Embedding, EmbeddingModel, HealthCheck, Level
from tests.support.documents import FINGERPRINT, chunks, document, vectors
from tests.support.store import new_store, replaced, upsert

if TYPE_CHECKING:
    from ragpg.protocols import DocumentWriter
    from ragpg.store.postgres import PostgresStore
    from ragpg.store.statements import Connection

WIDE = EmbeddingModel("wide", 256, b"wide")
MANY = 6_000


@pytest.fixture
def wide(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> PostgresStore:
    """A table that is large enough for its index over bits to be used."""
    monkeypatch.setattr(measuring, "SMALL_TABLE_CHUNKS", 100)
    monkeypatch.setattr(restriction, "SMALL_TABLE_CHUNKS", 100)
    store = new_store(connection, model=WIDE)
    with replaced(store, model=WIDE, language="english") as fresh:
        write(fresh, "many.md", seed=1)
    store.vacuum()
    return store


def write(store: DocumentWriter, source: str, *, seed: int) -> None:
    """Write a document of many chunks, with vectors that an index orders well."""
    bodies = [f"word{number} " for number in range(MANY)]
    turn = vectors(8, seed=0, dimension=256)
    drawn = [Embedding(point @ turn) for point in vectors(MANY, seed=seed, dimension=8)]
    made = document(source, *bodies)
    upsert(store, made, chunks(*bodies), drawn, chunking_fingerprint=FINGERPRINT)


def set_maintained(store: PostgresStore, *, maintained: bool) -> None:
    """Let the index take up what is written, or miss it."""
    query = "UPDATE pg_index SET indisready = %s WHERE indexrelid = %s::regclass"
    name = f"{store.table.name}_vectors_idx"
    store.table.connection.execute(query, [maintained, name])


def test_a_small_table_needs_no_index(connection: Connection) -> None:
    """Where every vector is compared, there is nothing to measure."""
    message = "every vector is compared: the table is too small for the index"
    assert new_store(connection).measure() == [HealthCheck("recall", Level.OK, message)]


def test_recall_is_measured(wide: PostgresStore) -> None:
    """An index that half of the table is missing from is valid, and found out all the same."""
    assert [check.level for check in wide.measure()] == [Level.OK, Level.OK]
    set_maintained(wide, maintained=False)
    write(wide, "more.md", seed=2)
    set_maintained(wide, maintained=True)
    assert Level.FAULT not in {check.level for check in wide.status().checks}
    recall, plan = wide.measure()
    assert (recall.name, recall.level) == ("recall", Level.FAULT)
    share, compared = recall.message.split("% of the nearest chunks are found, of ")
    assert 30 < int(share) < 70
    assert int(compared.split()[0]) >= 900
    assert plan == HealthCheck("plan", Level.OK, "searches use the index over vectors")
    assert list(wide.repair([recall])) == ["built the index over the vectors"]
    assert [check.level for check in wide.measure()] == [Level.OK, Level.OK]


def test_recall_is_measured_by_a_sample(
    wide: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large table a part is compared: those of it that are as near as what was found."""
    monkeypatch.setattr(measuring, "MAX_COMPARED", MANY // 3)
    [recall, _] = wide.measure()
    compared = int(recall.message.split()[-2])
    assert 150 < compared < 600


def test_an_outgrown_index_is_a_warning(
    wide: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that is meant for fewer vectors is named, and a repair replaces it."""
    assert wide.table.has_bit_index
    monkeypatch.setattr(vector_index, "MAX_BIT_INDEX_CHUNKS", 100)
    [check] = [check for check in wide.status().checks if check.level is not Level.OK]
    message = f"the index over vectors is meant for fewer than {MANY}: searches take longer"
    assert check == HealthCheck("vector index", Level.WARNING, message, health.REPAIR)
    assert list(wide.repair([check])) == ["built the index over the vectors"]
    assert not wide.table.has_bit_index
    assert {check.level for check in wide.status().checks} == {Level.OK}
    assert list(wide.repair(wide.status().checks)) == []


def test_a_bloated_index_is_a_warning(wide: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index most of which is empty is named, and a repair makes it as small as it can be."""
    wide.table.execute("DELETE FROM {embedding} WHERE ordinal > 600")
    wide.table.execute("DELETE FROM {chunk} WHERE ordinal > 600")
    wide.table.execute("UPDATE {term} SET frequency = 601 WHERE term = 0")
    wide.vacuum()
    monkeypatch.setattr(health, "SMALLEST_BLOATED", 100_000)
    found = {check.name: check for check in wide.status().checks}["vector index"]
    message = "more than half of the index over 601 vectors is empty"
    assert found == HealthCheck("vector index", Level.WARNING, message, health.REPAIR)
    assert "built the index over the vectors" in list(wide.repair([found]))
    assert {check.name: check for check in wide.status().checks}["vector index"].level is Level.OK
