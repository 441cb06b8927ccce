"""The embedded PostgreSQL as on Windows, on any system: TCP, a password, pg_ctl, the PID file."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import psutil
import psycopg
import pytest

from ragpg.api.location import embedded_target
from ragpg.errors import DatabaseError
from ragpg.operating_system import WINDOWS
from ragpg.server import is_initialised, run_server
from ragpg.server.prepare import prepare_cluster
from ragpg.server.processes import find_processes
from ragpg.server.systems import BY_LOOPBACK, BY_SOCKET
from ragpg.store.connection import connect
from tests.support.embedded import await_that, holding, postmaster, query

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.server import Server
    from ragpg.server.cluster import Cluster


def cluster_in(data_dir: Path) -> Cluster:
    """The cluster of a data directory."""
    return prepare_cluster(data_dir, "pg18", system=BY_LOOPBACK)


def await_end(data_dir: Path) -> None:
    """Wait until no process of the server is left."""
    cluster = cluster_in(data_dir)
    await_that(lambda: not BY_LOOPBACK.processes.is_alive(cluster))
    await_that(lambda: find_processes(cluster) == [])


def password_file(data_dir: Path) -> Path:
    """Where the password is kept."""
    return data_dir / "pg18" / "ragpg.password"


def connect_with(server: Server, password: str) -> psycopg.Connection[Any]:
    """Connect as the superuser."""
    return psycopg.connect(
        host=server.host, port=server.port, user="ragpg", dbname="postgres", password=password
    )


def test_it_listens_on_this_machine_only_and_wants_the_password(data_dir: Path) -> None:
    """32 random characters, which a file of the cluster has, and neither a log nor a command."""
    with run_server(data_dir, system=BY_LOOPBACK) as server:
        assert (server.host, server.user) == ("127.0.0.1", "ragpg")
        assert query(server, "SHOW listen_addresses") == "127.0.0.1"
        assert query(server, "SHOW unix_socket_directories") == ""
        assert query(server, "SHOW server_version_num").startswith("18")
        assert query(server, "SHOW password_encryption") == "scram-sha-256"
        rules = "SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules"
        assert query(server, rules) == "scram-sha-256"
        assert server.password is not None
        assert len(server.password) == 32
        assert server.password not in repr(server)
        assert password_file(data_dir).read_text() == server.password
        if not WINDOWS:
            assert stat.S_IMODE(password_file(data_dir).stat().st_mode) == 0o600
        for password in ("", "wrong"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                connect_with(server, password)
        commands = [" ".join(p.cmdline()) for p in find_processes(cluster_in(data_dir))]
        assert commands
        assert server.password not in "\n".join([*commands, (data_dir / "pg18.log").read_text()])
    await_end(data_dir)
    assert sorted(path.name for path in data_dir.iterdir()) == [
        *("pg18", "pg18.log", "pg18.mutex", "pg18.users")
    ]


def test_processes_share_it_and_the_last_one_stops_it(data_dir: Path) -> None:
    """Whoever comes second joins; what was written is there after the next start."""
    with holding(data_dir, system="BY_LOOPBACK") as holder:
        assert holder.host() == "127.0.0.1"
        first = postmaster(data_dir)
        with run_server(data_dir, system=BY_LOOPBACK) as server:
            assert postmaster(data_dir) == first
            query(server, "CREATE TABLE kept AS SELECT 7 AS number")
        with run_server(data_dir, system=BY_LOOPBACK) as server:
            assert postmaster(data_dir) == first
            assert holder.leave() == 0
            assert query(server, "SELECT number FROM kept") == 7
    # At once: the server that is stopping is not taken for one that is ready.
    with run_server(data_dir, system=BY_LOOPBACK) as server:
        assert postmaster(data_dir) != first
        assert query(server, "SELECT number FROM kept") == 7
    await_end(data_dir)


def test_what_was_committed_survives_the_end_of_the_server(data_dir: Path) -> None:
    """The next use recovers; backends of the killed server are gone before."""
    with run_server(data_dir, system=BY_LOOPBACK) as server:
        query(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        first = postmaster(data_dir)
        psutil.Process(first).kill()
    with run_server(data_dir, system=BY_LOOPBACK) as server:
        assert postmaster(data_dir) != first
        assert query(server, "SELECT sum(number) FROM kept") == 500500
    await_end(data_dir)


def test_a_killed_process_leaves_a_server_that_the_next_one_stops(data_dir: Path) -> None:
    """The kernel gives up the lock of the one; the other is the last user."""
    with holding(data_dir, system="BY_LOOPBACK") as killed:
        killed.host()
        killed.process.kill()
        killed.leave()
    first = postmaster(data_dir)
    with run_server(data_dir, system=BY_LOOPBACK) as server:
        assert postmaster(data_dir) == first
        assert query(server, "SELECT 1") == 1
    await_end(data_dir)


@pytest.mark.skipif(WINDOWS, reason="programs there are not asked to end, but ended")
def test_a_terminated_process_leaves_no_server(data_dir: Path) -> None:
    """At moments of setting up, starting and using; the password's draft is gone, too."""
    for trial in range(5):
        with holding(data_dir, system="BY_LOOPBACK") as terminated:
            if trial == 4:
                terminated.host()
            else:
                with pytest.raises(subprocess.TimeoutExpired):
                    terminated.process.wait(0.25 + 0.2 * trial)
            assert terminated.signal(signal.SIGTERM) in {143, -signal.SIGTERM}
        await_that(lambda: find_processes(cluster_in(data_dir)) == [])
        assert not (data_dir / "pg18.password").exists()


@pytest.mark.parametrize("name", ["SIGQUIT", "SIGKILL"])
def test_a_server_that_does_not_stop_is_ended(data_dir: Path, name: str) -> None:
    """First it is asked to quit, then its processes are ended; neither loses what was committed."""
    cluster = cluster_in(data_dir)
    with run_server(data_dir, system=BY_LOOPBACK) as server:
        query(server, "CREATE TABLE kept AS SELECT 7 AS number")
        BY_LOOPBACK.processes.send(cluster, name, find_processes(cluster))
        await_end(data_dir)
    with run_server(data_dir, system=BY_LOOPBACK) as server:
        assert query(server, "SELECT number FROM kept") == 7
    await_end(data_dir)


def test_a_wrong_password_is_named_and_never_shown(data_dir: Path) -> None:
    """A file that is missing, has something else, or another password than the server's."""
    with run_server(data_dir, system=BY_LOOPBACK):
        pass
    await_end(data_dir)
    path = password_file(data_dir)
    right = path.read_text()
    path.write_text("x" * 32)
    expected = f"the embedded PostgreSQL in '{path.parent}' refuses the password that is kept there"
    with (
        run_server(data_dir, system=BY_LOOPBACK) as server,
        pytest.raises(DatabaseError) as refused,
    ):
        connect(embedded_target(server, "postgres"))
    assert refused.value.message == expected
    assert "xxxx" not in str(refused.value.hint)
    await_end(data_dir)
    for content in ("", "secret\nvalue"):
        path.write_text(content)
        with pytest.raises(DatabaseError) as missing, run_server(data_dir, system=BY_LOOPBACK):
            pass
        assert (
            missing.value.message == f"the password of the embedded PostgreSQL is not in '{path}'"
        )
        assert find_processes(cluster_in(data_dir)) == []
    path.write_text(right)
    with run_server(data_dir, system=BY_LOOPBACK) as server:
        connect(embedded_target(server, "postgres")).close()
    await_end(data_dir)


@pytest.mark.skipif(WINDOWS, reason="there are no sockets")
def test_a_cluster_without_a_password_is_not_opened_to_the_machine(data_dir: Path) -> None:
    """One that was made for a socket trusts whoever reaches it."""
    with run_server(data_dir, system=BY_SOCKET):
        pass
    with (
        pytest.raises(DatabaseError, match="the password of the embedded PostgreSQL is not in"),
        run_server(data_dir, system=BY_LOOPBACK),
    ):
        pass
    await_end(data_dir)


def test_a_kill_while_the_cluster_is_made_leaves_nothing_half_made(data_dir: Path) -> None:
    """The next process makes it anew, with another password."""
    with holding(data_dir, system="BY_LOOPBACK") as killed:
        await_that(lambda: any(data_dir.glob("pg18.new-*/global")))
        killed.process.kill()
        killed.leave()
    assert not is_initialised(data_dir)
    with run_server(data_dir, system=BY_LOOPBACK) as server:
        assert query(server, "SELECT 1") == 1
    await_end(data_dir)


def test_ctrl_c_does_not_reach_the_server(data_dir: Path) -> None:
    """It runs in a group of its own."""
    with run_server(data_dir, system=BY_LOOPBACK) as server:
        if sys.platform != "win32":
            import os

            assert os.getpgid(postmaster(data_dir)) != os.getpgid(0)
        assert query(server, "SELECT 1") == 1
    await_end(data_dir)
