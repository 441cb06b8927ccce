"""A table is filled from documents with all that belongs to them, at once or not at all."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ragpg.errors import ArchiveError, DatabaseError
from ragpg.store import load as module
from ragpg.store.connection import Target, connect
from ragpg.store.load import load
from ragpg.store.postgres import PostgresStore
from ragpg.store.table import LAYOUT_VERSION
from ragpg.store.vector_index import SMALL_TABLE_INDEXES, find_missing
from ragpg.types import TableName
from tests.support.archive import DOCUMENTS, assert_equal, contents_of, indexed
from tests.support.layouts import LAYOUTS, TEXTS
from tests.support.postgres import shared
from tests.support.store import names, new_store, put, read_documents, rows, sound, sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.store.statements import Connection
    from ragpg.types import IndexedDocument

COLUMNS = """
SELECT column_name::text FROM information_schema.columns
WHERE table_schema = %s AND table_name = ANY(%s)
"""
COMPUTED = {"doc_id", "ordinal", "preamble", "chunks", "body", "term", "frequency", "terms"}
"""What follows from other columns."""
LINES = {"start_line", "end_line"}
LEFT_OUT = {"ingested"}
"""What is not in a snapshot: an import is another ingest."""


def fill(
    connection: Connection,
    name: str,
    documents: Sequence[IndexedDocument] = DOCUMENTS,
    **settings: Any,
) -> PostgresStore:
    """Load documents into a table, one by one."""
    settings = {"replaces": False, **settings}
    groups = ([item] for item in documents)
    written = load(connection, TableName(None, name), contents_of(documents), groups, **settings)
    assert list(written) == [len(item.chunks) for item in documents]
    return PostgresStore.open(connection, name)


def snapshot(store: PostgresStore) -> list[IndexedDocument]:
    """All that a table holds."""
    with store.take_snapshot() as taken:
        return list(taken.read_documents())


def assert_holds(store: PostgresStore, documents: Sequence[IndexedDocument]) -> None:
    """The table has these documents, and is sound."""
    found = snapshot(store)
    assert [item.document.source for item in found] == [d.document.source for d in documents]
    for mine, theirs in zip(found, documents, strict=True):
        assert_equal(mine, theirs)
    assert sound(store)
    assert find_missing(store.table, SMALL_TABLE_INDEXES) == []


def test_what_is_loaded_is_there(connection: Connection) -> None:
    """With counted terms, all indexes, and nothing left of the table that was filled."""
    store = fill(connection, next(names))
    assert_holds(store, DOCUMENTS)
    left = "SELECT relname FROM pg_class WHERE starts_with(relname, 'ragpg_import_')"
    assert connection.execute(left).fetchall() == []


def test_a_snapshot_has_every_column(store: PostgresStore) -> None:
    """One that is added to the tables has to be added to it, or to be left out on purpose."""
    from ragpg.store.snapshot import ChunkRow, DocumentRow

    table = store.table
    relations = [table.name + suffix for suffix in ("_document", "", "_lexical", "_embedding")]
    found = {name for (name,) in table.connection.execute(COLUMNS, [table.schema, relations])}
    read = {*DocumentRow._fields, *ChunkRow._fields}
    assert found - LEFT_OUT - COMPUTED - LINES == read - COMPUTED - LINES


def test_a_table_with_documents(store: PostgresStore) -> None:
    """It is left alone, or replaced as a whole; rights on it are kept."""
    connection, name = store.table.connection, store.table.name
    put(store, "old.md", "Old words.\n")
    with pytest.raises(ArchiveError, match="has 1 documents already"):
        fill(connection, name)
    assert sources(store) == ["old.md"]
    store.table.execute("GRANT SELECT ON {document} TO PUBLIC")
    store = fill(connection, name, replaces=True)
    assert_holds(store, DOCUMENTS)
    granted = "SELECT has_table_privilege('pg_monitor', %s, 'SELECT')"
    assert connection.execute(granted, [store.table.regclass("document")]).fetchone() == (True,)
    put(store, "more.md", "More words.\n")
    assert sound(store)


def failing() -> Iterator[list[IndexedDocument]]:
    """Documents that end with an error."""
    yield DOCUMENTS[:2]
    raise ArchiveError("it ends")


@pytest.mark.parametrize("there", [True, False])
def test_an_error_in_between(connection: Connection, there: bool) -> None:
    """Leaves the table as it was, and none where there was none."""
    name = next(names)
    store = new_store(connection, name) if there else None
    if store:
        put(store, "old.md", "Old words.\n")
    written = load(
        connection, TableName(None, name), contents_of(DOCUMENTS), failing(), replaces=True
    )
    with pytest.raises(ArchiveError, match="it ends"):
        list(written)
    if store:
        assert sources(store) == ["old.md"]
        assert sound(store)
    else:
        assert connection.execute("SELECT to_regclass(%s)", [name]).fetchone() == (None,)


def test_fewer_documents_than_were_said(connection: Connection) -> None:
    """It is noticed before they are there for good."""
    name = next(names)
    contents = contents_of(DOCUMENTS)
    with pytest.raises(DatabaseError, match="does not have what was written"):
        list(load(connection, TableName(None, name), contents, [DOCUMENTS[:1]], replaces=False))
    assert connection.execute("SELECT to_regclass(%s)", [name]).fetchone() == (None,)


def test_a_table_on_a_cluster(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows are written in several transactions, and take their place in one."""
    monkeypatch.setattr(module, "is_distributed", lambda table: table.name == store.table.name)
    connection, name = store.table.connection, store.table.name
    assert_holds(fill(connection, name), DOCUMENTS)
    with pytest.raises(ArchiveError, match="has 4 documents already"):
        fill(connection, name)
    other = [indexed("other.md", "Other words.\n")]
    store = fill(connection, name, other, replaces=True)
    assert_holds(store, other)
    assert [document.text for document in read_documents(store)] == ["Other words.\n"]


def test_vectors_are_those_that_were_loaded(connection: Connection) -> None:
    """To the last bit."""
    store = fill(connection, next(names))
    found = rows(store, "SELECT vector FROM {embedding} ORDER BY doc_id, ordinal")
    stored = sorted(vector.to_numpy().tobytes() for (vector,) in found)
    loaded = np.concatenate([item.vectors for item in DOCUMENTS if len(item.vectors)])
    assert stored == sorted(vector.tobytes() for vector in loaded)


def test_a_table_of_an_older_layout() -> None:
    """It is exported as it is, and what is made of it has the present layout."""
    with closing(connect(Target(shared().new_database()))) as connection:
        connection.execute((LAYOUTS / "2.sql").read_bytes())
        old = PostgresStore.open(connection, "ragpg")
        assert old.table.layout_version == 2
        documents = snapshot(old)
        assert {item.document.source: item.document.text for item in documents} == TEXTS
        groups = [documents]
        with old.take_snapshot() as taken:
            contents = taken.contents
        list(load(connection, TableName(None, "new"), contents, groups, replaces=False))
        new = PostgresStore.open(connection, "new")
        assert new.table.layout_version == LAYOUT_VERSION
        assert_holds(new, documents)
        list(load(connection, TableName(None, "ragpg"), contents, groups, replaces=True))
        assert PostgresStore.open(connection, "ragpg").table.layout_version == LAYOUT_VERSION
