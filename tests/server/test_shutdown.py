"""A server that comes to its end late, or not by itself."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

import pytest

from ragpg import patience
from ragpg.server import run_server, shutdown
from ragpg.server.locks import Lock
from ragpg.server.postmaster import wait_until_ready
from ragpg.server.prepare import prepare_cluster
from tests.support.embedded import (
    alive,
    await_end,
    await_that,
    crash_a_session,
    holding,
    query,
    stop_in_recovery,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.server.cluster import Cluster

PROCESS = """
import signal, sys, time
from pathlib import Path
ways = sys.argv[1:]
# What starts the tests in the background may have SIGQUIT ignored.
signal.signal(signal.SIGQUIT, signal.SIG_IGN if "stubborn" in ways else signal.SIG_DFL)
print("ready", flush=True)
end = time.monotonic() + 60
while time.monotonic() < end and not Path("end").exists():
    if "writing" in ways:
        Path("page").write_bytes(b"x" * 1000)
    time.sleep(0.05)
"""


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that takes seconds takes tenths of them."""
    monkeypatch.setattr(patience, "FIRST_REMARK", 0.3)
    monkeypatch.setattr(shutdown, "FIRST_CHECK", 0.1)
    monkeypatch.setattr(shutdown, "CHECK_INTERVAL", 0.1)
    monkeypatch.setattr(shutdown, "GONE_TIMEOUT", 0.3)
    monkeypatch.setattr(shutdown, "IDLE_TIMEOUT", 1.0)
    monkeypatch.setattr(shutdown, "QUIT_TIMEOUT", 0.5)


@pytest.fixture
def cluster_of_its_own(elsewhere: Path) -> Cluster:
    """The directory of a cluster, without a server."""
    cluster = prepare_cluster(elsewhere, "pg18")
    cluster.directory.mkdir()
    return cluster


@contextmanager
def ending(cluster: Cluster, *ways: str) -> Iterator[None]:
    """Run what looks like a server that is stopping: a first process and a checkpointer.

    They end after a minute, or when there is a file "end".
    """
    with ExitStack() as stack:
        lock = Lock(cluster.alive)
        lock.acquire()
        for title in ("postgres: checkpointer ", "postgres"):
            process = subprocess.Popen(
                [title, "-ISc", PROCESS, *ways],
                executable=Path(sys.executable).resolve(),
                cwd=cluster.directory,
                stdout=subprocess.PIPE,
                text=True,
                pass_fds=[lock.descriptor],
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        state = f"{process.pid}\n{cluster.directory}\n1\n5432\n/nowhere\n\n 1 2\nstopping\n"
        (cluster.directory / "postmaster.pid").write_text(state)
        lock.__exit__()  # closed here, it is the processes' alone
        yield


def wait(cluster: Cluster) -> float:
    """Wait for the end of a server as the next command does, and return the seconds it took."""
    started = time.monotonic()
    with Lock(cluster.users) as users:
        users.acquire_shared()
        assert wait_until_ready(cluster, users) is None
    return time.monotonic() - started


@pytest.mark.parametrize("pause", [0.0, 0.01, 0.03])
def test_a_server_that_recovers_from_a_crash_comes_to_its_end(used: Path, pause: float) -> None:
    """The last one who leaves asks it to stop once it has recovered."""
    with run_server(used) as server:
        crash_a_session(used, server.host)
        time.sleep(pause)
    await_end(used)


def test_a_shutdown_that_hangs_is_ended_by_the_next_process(
    used: Path, hasty: None, caplog: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL 18.4 that is asked to stop while it recovers mostly never stops by itself."""
    for _ in range(10):
        with holding(used) as holder:
            stop_in_recovery(used, holder.host())
            holder.leave()
        time.sleep(1)
        if alive(used):
            break
    assert alive(used)
    with run_server(used) as server:
        assert query(server, "SELECT 1") == 1
    assert "waiting for the embedded PostgreSQL to shut down" in caplog.messages
    assert "the embedded PostgreSQL does not shut down: it gets SIGQUIT" in caplog.messages
    await_end(used)


def test_a_shutdown_that_makes_progress_is_waited_for(
    cluster_of_its_own: Cluster, hasty: None, caplog: pytest.LogCaptureFixture
) -> None:
    """As long as the checkpointer writes nobody hurries it, and the wait is not a silent one."""
    with ending(cluster_of_its_own, "writing"):
        end = Timer(2.0, (cluster_of_its_own.directory / "end").touch)
        end.start()
        assert 2 < wait(cluster_of_its_own) < 40
    assert caplog.messages == ["waiting for the embedded PostgreSQL to shut down"]


def test_a_shutdown_without_progress_is_hurried(
    cluster_of_its_own: Cluster,
    hasty: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A checkpointer that writes nothing gets SIGQUIT, like all others."""
    monkeypatch.setattr(shutdown, "QUIT_TIMEOUT", 30.0)  # on a busy machine they need a while
    with ending(cluster_of_its_own):
        assert wait(cluster_of_its_own) < 40
    assert caplog.messages[1:] == ["the embedded PostgreSQL does not shut down: it gets SIGQUIT"]


def test_processes_that_do_not_heed_sigquit_are_killed(
    cluster_of_its_own: Cluster, hasty: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody waits for ever."""
    with ending(cluster_of_its_own, "stubborn"):
        assert wait(cluster_of_its_own) < 40
    assert caplog.messages[1:] == [
        "the embedded PostgreSQL does not shut down: it gets SIGQUIT",
        "the embedded PostgreSQL does not shut down: it gets SIGKILL",
    ]


def test_a_wait_for_another_process_is_not_a_silent_one(
    used: Path, hasty: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever starts or stops the server holds a lock; the others say that they wait for it."""
    cluster = prepare_cluster(used, "pg18")
    with Lock(cluster.mutex) as mutex, ThreadPoolExecutor() as pool:
        mutex.acquire()
        visit = pool.submit(query_once, used)
        await_that(lambda: bool(caplog.messages))
        mutex.release()
        assert visit.result() == 1
    assert caplog.messages == [
        "waiting for another ragpg, which starts or stops the embedded PostgreSQL"
    ]
    await_end(used)


def query_once(data_dir: Path) -> int:
    """Use the server for a moment."""
    with run_server(data_dir) as server:
        return int(query(server, "SELECT 1"))
