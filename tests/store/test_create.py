"""Tables are created once, and brought up to date."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import (
    ConfigurationError,
    DatabaseError,
    NothingIngestedError,
)
from ragpg.store import migrations
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from ragpg.store.statements import transaction
from ragpg.types import EmbeddingModel, SearchRequest
from tests.support.documents import (
    MODEL,
    axis,
    vectors,
)
from tests.support.postgres import at_once, shared, start
from tests.support.store import new_store, put, replaced, rows, sound, sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg.store.statements import Connection
    from ragpg.store.table import Table


def test_empty_database_stays_empty() -> None:
    """Looking for a table makes nothing in a database where nothing is."""
    with closing(connect(Target(shared().new_database()))) as connection:
        with pytest.raises(NothingIngestedError):
            PostgresStore.open(connection, "ragpg")
        query = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        assert connection.execute(query).fetchone() == (0,)
        assert connection.execute("SELECT extname FROM pg_extension").fetchall() == [("plpgsql",)]


def test_no_schema() -> None:
    """Where PostgreSQL would not know where to put a table, a schema has to be named."""
    with closing(connect(Target(shared().new_database()))) as connection:
        connection.execute("CREATE EXTENSION vector SCHEMA pg_catalog")
        connection.execute("DROP SCHEMA public")
        with pytest.raises(DatabaseError) as caught:
            new_store(connection, "docs")
        assert caught.value.message == (
            f'the database "{connection.info.dbname}" has no schema for new tables'
        )
        assert caught.value.hint == 'write tableName as "schema.table"'
        assert new_store(connection, "docs.pages").list_documents() == []


def test_many_dimensions(connection: Connection) -> None:
    """More than the 2,000 dimensions of an index over whole vectors work."""
    store = new_store(connection, model=EmbeddingModel("large", 4000, b"large"))
    put(store, "a.md", "alpha", dimension=4000)
    [found] = store.search(SearchRequest(None, vectors(1, dimension=4000)[0], 5)).items
    assert found.cosine == pytest.approx(1, abs=1e-3)
    with pytest.raises(ConfigurationError) as caught:
        new_store(connection, model=EmbeddingModel("huge", 4001, b"huge"))
    assert caught.value.message == (
        'the vectors of "huge" have 4001 dimensions, and pgvector indexes at most 4000'
    )


def test_no_citus(connection: Connection) -> None:
    """A table cannot be spread by a server that knows nothing of others, and none is made."""
    with pytest.raises(DatabaseError) as caught:
        new_store(connection, "spread", distributed=True)
    info = connection.info
    assert caught.value.message == (
        f'dbDistributed is true, and the database "{info.dbname}" at {info.host}:{info.port} '
        "has no Citus"
    )
    assert caught.value.hint == (
        "leave dbDistributed out; or name a cluster's coordinator in dbHost, and an "
        f'administrator runs: psql -d "{info.dbname}" -c "CREATE EXTENSION citus;"'
    )
    with pytest.raises(NothingIngestedError):
        PostgresStore.open(connection, "spread")


def rename_points(table: Table) -> None:
    """A step in Python."""
    table.execute("ALTER TABLE {document} RENAME COLUMN points TO stars")


def test_migration(store: PostgresStore) -> None:
    """Each version's statements run once, in order, on the tables that they name."""
    steps = {
        1: ("ALTER TABLE {document} ADD COLUMN rating int",),
        2: ("ALTER TABLE {document} RENAME COLUMN rating TO points", rename_points),
    }
    with transaction(store.table.connection):
        migrations.migrate(
            dataclasses.replace(store.table, layout_version=1), migrations=steps, target=3
        )
    assert rows(store, "SELECT stars FROM {document}") == []
    query = "SELECT version FROM ragpg_table WHERE name = %s"
    assert store.table.connection.execute(query, [store.table.name]).fetchone() == (3,)


def alone(target: Target, action: Callable[[Connection], object]) -> Callable[[], None]:
    """Let something be done on a connection of its own."""

    def act() -> None:
        with closing(connect(target)) as connection:
            action(connection)

    return act


def test_first_ingests_at_once() -> None:
    """Processes that all make the first table of a database find the same one."""
    target = Target(shared().new_database())

    def first(number: int, connection: Connection) -> None:
        store = new_store(connection, f"docs.pages{number % 2}")
        put(store, f"{number}.md", "alpha", str(number))

    at_once(*[alone(target, partial(first, n)) for n in range(6)])
    with closing(connect(target)) as connection:
        for number, expected in ((0, ["0.md", "2.md", "4.md"]), (1, ["1.md", "3.md", "5.md"])):
            store = PostgresStore.open(connection, f"docs.pages{number}")
            assert sources(store) == expected
            assert sound(store)


def test_older_postgresql() -> None:
    """Everything works on PostgreSQL 16 as well."""
    server = start(major=16)
    try:
        with closing(connect(Target(server.new_database()))) as connection:
            store = new_store(connection, "docs.pages")
            put(store, "a.md", "alpha ", "beta")
            with replaced(store, model=MODEL, language="simple") as fresh:
                put(fresh, "a.md", "alpha beta")
            [found] = store.search(SearchRequest("beta", axis(0), 5, sources=("*",))).items
            assert found.chunk.text == "alpha beta"
            assert store.status().server["version"].startswith("16.")  # type: ignore[union-attr]  # a string
            assert sound(store)
    finally:
        server.stop()
