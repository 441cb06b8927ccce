"""The embedded PostgreSQL after crashes, with stale PID files, beside servers of others."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

from ragpg.errors import DatabaseError
from ragpg.server import run_server
from ragpg.server.binaries import find_installation
from ragpg.server.pid_file import read_pid_file
from ragpg.server.postmaster import choose_cache
from ragpg.server.prepare import prepare_cluster
from tests.support.embedded import (
    alive,
    await_end,
    await_that,
    crash_a_session,
    holding,
    postmaster,
    query,
)

if TYPE_CHECKING:
    from pathlib import Path


def put(path: Path, content: bytes) -> None:
    """Write a file as the server would have left it."""
    path.write_bytes(content)
    owner = path.parent.stat()
    os.chown(path, owner.st_uid, owner.st_gid)


WHOLE = "{pid}\n{cluster}\n1700000000\n5432\n/tmp/ragpg-gone\n\n  2146358        12\nready   \n"


@pytest.mark.parametrize(
    "content",
    [
        *("", "\n", "{pid}", "{pid}\n{cluster}\n17", WHOLE),
        *("{dead}", "{dead}\n{cluster}\n17", WHOLE.replace("{pid}", "{dead}")),
        *("-1\n", "0\n", "99999999999999999999\n", "\0\xff\n\0"),
    ],
)
def test_a_pid_file_of_a_server_that_is_gone_is_no_obstacle(cluster: Path, content: str) -> None:
    """Empty, cut off, garbled, of a dead process or of a living one that is another."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    text = content.format(pid=os.getpid(), dead=ended.pid, cluster=cluster)
    put(cluster / "postmaster.pid", text.encode("latin-1"))
    with run_server(cluster.parent) as server:
        assert query(server, "SELECT 1") == 1
    await_end(cluster.parent)


def test_a_killed_server_recovers_what_was_committed(used: Path) -> None:
    """After SIGKILL of the server, the next use finds what was committed."""
    with run_server(used) as server:
        query(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        os.kill(postmaster(used), signal.SIGKILL)
    with run_server(used) as server:
        assert query(server, "SELECT sum(number) FROM kept") == 500500
    await_end(used)


def test_the_next_server_waits_for_the_orphans_of_a_killed_one(used: Path) -> None:
    """Two servers never work in one cluster, even if backends outlive the first one."""
    with run_server(used) as server:
        connection = psycopg.connect(host=server.host, user="ragpg", dbname="postgres")
        orphan = connection.info.backend_pid
        os.kill(orphan, signal.SIGSTOP)
        os.kill(postmaster(used), signal.SIGKILL)
        with holding(used) as next_one:
            with pytest.raises(subprocess.TimeoutExpired):
                next_one.process.wait(0.5)
            assert alive(used)
            os.kill(orphan, signal.SIGCONT)
            assert query(next_one.host(), "SELECT 1") == 1
            assert next_one.leave() == 0
        connection.close()
    await_end(used)


def test_a_crashed_session_is_waited_for(used: Path) -> None:
    """While the server reinitialises after a crash, others wait until it accepts connections."""
    with run_server(used) as server:
        crash_a_session(used, server.host)
        with run_server(used) as same:
            assert query(same, "SELECT 1") == 1
    await_end(used)


def test_a_server_started_by_hand_is_left_alone(cluster: Path, elsewhere: Path) -> None:
    """Someone's own server in our cluster is named, and not harmed."""
    account = prepare_cluster(cluster.parent, "pg18").account
    account.take_ownership(elsewhere)
    program = find_installation(18) / "bin" / "postgres"
    with subprocess.Popen(
        [program, "-D", cluster, "-k", elsewhere, "-c", "listen_addresses="],
        stderr=subprocess.DEVNULL,
        cwd="/",
        **account.subprocess_user,
    ) as by_hand:
        try:
            await_that(lambda: read_pid_file(cluster).ready)
            with pytest.raises(DatabaseError) as caught, run_server(cluster.parent):
                pass
            assert query(str(elsewhere), "SELECT 1") == 1
        finally:
            by_hand.send_signal(signal.SIGINT)
    assert caught.value.message == (
        f"a PostgreSQL that ragpg did not start works in '{cluster}', as process {by_hand.pid}"
    )


def test_a_server_that_does_not_start_says_why(cluster: Path) -> None:
    """The last error in the log is the message, the log's path the hint."""
    before = (cluster / "postgresql.auto.conf").read_bytes()
    put(cluster / "postgresql.auto.conf", b"nonsense = 1\n")
    with pytest.raises(DatabaseError) as caught, run_server(cluster.parent):
        pass
    put(cluster / "postgresql.auto.conf", before)
    assert caught.value.message == (
        f"the embedded PostgreSQL in '{cluster}' does not start: "
        f'configuration file "{cluster}/postgresql.auto.conf" contains errors'
    )
    assert caught.value.hint == f"its log is {cluster.parent}/pg18.log"
    assert not alive(cluster.parent)


def test_a_socket_directory_that_was_deleted_costs_a_restart(used: Path) -> None:
    """A server that a killed process left behind is no use without its socket."""
    with holding(used) as killed:
        host = killed.host()
        killed.signal(signal.SIGKILL)
    before = postmaster(used)
    shutil.rmtree(host)
    with run_server(used) as server:
        assert query(server, "SELECT 1") == 1
        assert postmaster(used) != before
    await_end(used)


def test_a_socket_directory_deleted_under_another_process_is_reported(used: Path) -> None:
    """Nobody stops a server that another process still talks to."""
    with holding(used) as holder:
        host = holder.host()
        shutil.rmtree(host)
        with pytest.raises(DatabaseError) as caught, run_server(used):
            pass
        assert caught.value.message == (
            f"the socket of the embedded PostgreSQL, in '{host}', was removed "
            "while another ragpg uses the server"
        )
        assert alive(used)
        assert holder.leave() == 0
    await_end(used)


def test_large_tables_get_a_larger_cache(tmp_path: Path) -> None:
    """A second file of a relation tells that it has a gigabyte; small clusters start as fast."""
    files = tmp_path / "base" / "5"
    files.mkdir(parents=True)
    (files / "16384").touch()
    (files / "16384_fsm").touch()
    assert choose_cache(tmp_path) == []
    (files / "16384.1").touch()
    [setting] = choose_cache(tmp_path)
    assert 0 < int(setting.removeprefix("shared_buffers=").removesuffix("MB")) <= 2000
