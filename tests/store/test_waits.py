"""Writers that wait for each other: who, and for how long."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest

from ragpg.errors import DatabaseError
from ragpg.store import waits
from ragpg.store.connection import Target, connect
from ragpg.store.waits import announce_waits
from tests.support.database_state import opened, state
from tests.support.embedded import await_that
from tests.support.postgres import shared
from tests.support.store import new_store, put, sound, sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg.store.postgres import PostgresStore
    from ragpg.store.statements import Connection
    from tests.support.command_line import Project
    from tests.support.processes import Nursery


@pytest.fixture
def second(target: Target, store: PostgresStore) -> Iterator[PostgresStore]:
    """The same table, on a connection of its own."""
    with closing(connect(target)) as connection:
        yield new_store(connection, store.table.name, lock_timeout=1.0)


def waiting(connection: Connection) -> bool:
    """Whether anybody waits for a lock in this database."""
    query = """
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
    """
    return connection.execute(query).rowcount > 0


def test_documents_are_written_beside_each_other(
    store: PostgresStore, second: PostgresStore
) -> None:
    """A writer in the middle of a document keeps nobody from writing another one."""
    put(store, "a.md", "apples and pears", "plums")
    with store.table.transaction():
        store.table.lock_documents([1])
        put(second, "b.md", "apples")
    assert sources(store) == ["a.md", "b.md"]
    assert sound(store)


def test_a_document_has_one_writer_at_a_time(store: PostgresStore, second: PostgresStore) -> None:
    """Whoever comes second waits, sees what was written, and writes nothing twice."""
    with ThreadPoolExecutor() as pool:
        with store.table.transaction():
            put(store, "a.md", "apples", "pears")
            other = pool.submit(put, second, "a.md", "apples", "pears")
            await_that(lambda: waiting(store.table.connection))
        other.result()
    assert sources(store) == ["a.md"]
    assert sound(store)


@pytest.mark.parametrize("exclusive", ["lock", "lock_documents"])
def test_a_rebuild_or_a_removal_waits_for_all_writers(
    store: PostgresStore, second: PostgresStore, exclusive: str
) -> None:
    """They write the whole table, so that nobody may write a part of it meanwhile."""
    put(store, "a.md", "apples")
    with store.table.transaction():
        store.table.lock() if exclusive == "lock" else store.table.lock_documents([1])
        with pytest.raises(DatabaseError):
            second.remove(["a.md"])
    second.remove(["a.md"])
    assert sources(store) == []
    assert sound(store)


def test_a_role_with_another_isolation_level_writes_as_others_do(target: Target) -> None:
    """Repeatable read would not let a writer see what it has waited for."""
    parameters = dict(target.parameters)
    parameters["options"] = "-c default_transaction_isolation=repeatable\\ read"
    with (
        closing(connect(target)) as one,
        closing(connect(Target(parameters))) as other,
        ThreadPoolExecutor() as pool,
    ):
        store = new_store(one)
        second = new_store(other, store.table.name)
        with store.table.transaction():
            put(store, "a.md", "apples", "pears")
            written = pool.submit(put, second, "b.md", "apples", "plums")
            await_that(lambda: waiting(one))
        written.result()
        assert sound(store)


def test_who_is_waited_for_is_said(
    store: PostgresStore,
    second: PostgresStore,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The server's process, its program, where it runs and since when."""
    monkeypatch.setattr(waits, "FIRST_REMARK", 0.3)
    pid = store.table.connection.info.backend_pid
    with store.table.transaction():
        store.table.lock()
        with (
            pytest.raises(DatabaseError) as caught,
            announce_waits(second.table.connection, limit=1.0),
        ):
            put(second, "a.md", "apples")
    blocker = f"PostgreSQL's process {pid} (ragpg on 127.0.0.1, at work since "
    assert caught.value.message.startswith(f"gave up after 1 s of waiting for {blocker}")
    assert caught.value.hint == "run the command again later, or with a longer --lock-timeout"
    assert caplog.messages[0].startswith(f"waiting for {blocker}")
    assert sources(store) == []


def test_what_a_role_may_not_know_is_left_out(
    target: Target, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server hides from a role where others come from, and not who they are."""
    monkeypatch.setattr(waits, "FIRST_REMARK", 0.3)
    shared().execute("CREATE ROLE curious LOGIN PASSWORD 'secret'")
    role = {**target.parameters, "user": "curious", "password": "secret"}
    with closing(connect(target)) as holder, closing(connect(Target(role))) as other:
        holder.execute("SELECT pg_advisory_lock(1)")
        other.execute("SET lock_timeout = 1000")
        with pytest.raises(psycopg.errors.LockNotAvailable), announce_waits(other):
            other.execute("SELECT pg_advisory_lock(1)")
        pid = holder.info.backend_pid
    assert caplog.messages == [f"waiting for PostgreSQL's process {pid} (ragpg)"]


@pytest.mark.parametrize("command", [("ingest", "b.md"), ("remove", "a.md")])
def test_a_command_gives_up_when_it_was_asked_to(
    project: Project, tiny: Path, nursery: Nursery, command: tuple[str, ...]
) -> None:
    """Another writer is named, in one line and a hint, and nothing is written."""
    project = project.within({"RAGPG_EMBEDDING_MODEL": str(tiny)})
    project.write("a.md", "# A\n\nFirst.\n")
    project.write("b.md", "# B\n\nSecond.\n")
    project.ok("ingest", "a.md")
    with opened(project) as store, store.table.connection.transaction():
        store.table.lock()
        result = nursery.start(project, *command, "--lock-timeout", "1").ended()
        pid = store.table.connection.info.backend_pid
    assert (result.code, result.out) == (1, "")
    assert f"PostgreSQL's process {pid} (ragpg on this machine" in result.err
    error, hint = result.err.splitlines()[-2:]
    assert error.startswith("error: gave up after 1 s of waiting for PostgreSQL's process")
    assert hint == "hint: run the command again later, or with a longer --lock-timeout"
    assert list(state(project).texts()) == ["a.md"]
