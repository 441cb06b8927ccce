"""The embedded PostgreSQL: started, shared between processes, stopped."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ragpg.server import default_data_dir, is_initialised, run_server
from tests.support.embedded import alive, await_end, await_that, holding, postmaster, query

VISIT = """
import random, sys, time
from pathlib import Path
import psycopg
from ragpg.server import run_server
chance = random.Random(sys.argv[2])
for _ in range(5):
    time.sleep(chance.random() * 0.2)
    with run_server(Path(sys.argv[1])) as server:
        with psycopg.connect(host=server.host, user=server.user, dbname="postgres") as connection:
            assert connection.execute("SELECT 42").fetchone() == (42,)
            time.sleep(chance.random() * 0.2)
            assert connection.execute("SELECT 43").fetchone() == (43,)
"""


def test_first_use_sets_up_a_server_that_listens_on_a_private_socket_only(data_dir: Path) -> None:
    """The first use creates the cluster; only its user can reach the socket."""
    with run_server(data_dir) as server:
        assert (server.port, server.user, server.data) == (5432, "ragpg", data_dir / "pg18")
        assert query(server, "SHOW server_version_num").startswith("18")
        assert query(server, "SHOW listen_addresses") == ""
        assert query(server, "SELECT current_user") == "ragpg"
        assert stat.S_IMODE(os.lstat(server.host).st_mode) == 0o700
        assert len(os.fsencode(f"{server.host}/.s.PGSQL.5432")) <= 103
        assert stat.S_IMODE((data_dir / "pg18.log").stat().st_mode) == 0o600
    await_end(data_dir)
    assert not Path(server.host).exists()


def test_what_was_written_is_there_the_next_time(used: Path) -> None:
    """A second use starts the same cluster again."""
    with run_server(used) as server:
        query(server, "CREATE TABLE kept AS SELECT 7 AS number")
    with run_server(used) as server:
        assert query(server, "SELECT number FROM kept") == 7
    await_end(used)


def test_is_initialised_creates_nothing(data_dir: Path) -> None:
    """Asking whether there is a cluster does not create one."""
    place = data_dir / "not" / "yet"
    assert not is_initialised(place)
    assert list(data_dir.iterdir()) == []
    with run_server(place):
        pass
    assert is_initialised(place)
    await_end(place)


def test_uses_within_one_process_nest(used: Path) -> None:
    """The inner use does not stop the server of the outer one."""
    with run_server(used) as outer:
        with run_server(used) as inner:
            assert inner == outer
        assert query(outer, "SELECT 1") == 1
    await_end(used)


def test_databases_fold_the_case_of_every_script(used: Path) -> None:
    """The builtin locale C.UTF-8 knows umlauts and Cyrillic, whatever the system's locale."""
    with run_server(used) as server:
        query(
            server,
            "CREATE DATABASE folded TEMPLATE template0 LOCALE_PROVIDER builtin "
            "BUILTIN_LOCALE 'C.UTF-8'",
        )
        assert query(server, "SELECT lower('ÄPFEL ЖУК ΩΔ')", "folded") == "äpfel жук ωδ"
        matches = query(
            server,
            "SELECT to_tsvector('simple', 'ÄPFEL ЖУК') @@ to_tsquery('simple', 'äpfel & жук')",
            "folded",
        )
        assert matches is True
        assert query(server, "SHOW server_encoding", "folded") == "UTF8"


def test_many_processes_come_and_go(data_dir: Path) -> None:
    """Eight processes enter and leave at random: all can ask, and no server is left."""
    visitors = [
        subprocess.Popen([sys.executable, "-c", VISIT, data_dir, str(seed)]) for seed in range(8)
    ]
    assert [visitor.wait(timeout=120) for visitor in visitors] == [0] * 8
    await_end(data_dir)
    assert sorted(path.name for path in data_dir.iterdir()) == [
        "pg18",
        "pg18.alive",
        "pg18.log",
        "pg18.mutex",
        "pg18.users",
    ]


def test_the_last_one_stops_the_server_without_waiting_for_it(used: Path) -> None:
    """The last user does not wait for the end of the server; the next one does."""
    with run_server(used):
        first = postmaster(used)
        os.kill(first, signal.SIGSTOP)
    assert alive(used)
    with holding(used) as next_one:
        with pytest.raises(subprocess.TimeoutExpired):
            next_one.process.wait(0.5)
        os.kill(first, signal.SIGCONT)
        assert query(next_one.host(), "SELECT 1") == 1
        assert postmaster(used) != first
        assert next_one.leave() == 0
    await_end(used)


def test_the_server_stays_while_another_process_uses_it(used: Path) -> None:
    """Whoever leaves first does not take the server away from the others."""
    with holding(used) as holder:
        host = holder.host()
        with run_server(used) as server:
            assert server.host == host
        assert query(host, "SELECT 1") == 1
        assert holder.leave() == 0
    await_end(used)


def test_a_killed_process_leaves_a_server_that_the_next_one_uses_and_stops(used: Path) -> None:
    """After SIGKILL the server lives on, is used by the next process and stopped by it."""
    with holding(used) as killed:
        host = killed.host()
        killed.signal(signal.SIGKILL)
    before = postmaster(used)
    with run_server(used) as server:
        assert server.host == host
        assert postmaster(used) == before
        assert query(server, "SELECT 1") == 1
    await_end(used)


def test_a_kill_while_the_cluster_is_made_leaves_nothing_half_made(data_dir: Path) -> None:
    """The next process creates the cluster again and removes the first attempt."""
    with holding(data_dir) as killed:
        await_that(lambda: any(data_dir.glob("pg18.new-*/global")))
        killed.signal(signal.SIGKILL)
    assert not is_initialised(data_dir)
    with run_server(data_dir) as server:
        assert query(server, "SELECT 1") == 1
        assert list(data_dir.glob("*.new-*")) == []
    await_end(data_dir)


def test_a_terminated_process_leaves_no_server(data_dir: Path) -> None:
    """SIGTERM at random moments of setting up, starting, using and leaving: nothing stays."""
    chance = random.Random(18)
    for _ in range(10):
        with holding(data_dir) as terminated:
            time.sleep(chance.uniform(0.05, 0.7))
            assert terminated.signal(signal.SIGTERM) in {143, -signal.SIGTERM}
        await_that(lambda: not alive(data_dir))


def test_ctrl_c_does_not_reach_the_server(used: Path) -> None:
    """A terminal's signals go to the foreground group, of which the server is no part."""
    with run_server(used) as server:
        pid = postmaster(used)
        assert os.getpgid(pid) == os.getsid(pid) == pid
        assert query(server, "SELECT 1") == 1
    await_end(used)


def test_the_default_place_is_one_that_the_server_can_reach(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Root's data lies below /var/lib, everybody else's where the platform has it."""
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    if os.geteuid() == 0:
        assert default_data_dir() == Path("/var/lib/ragpg")
    elif sys.platform == "linux":
        assert default_data_dir() == Path("/somewhere/ragpg")
    else:
        assert default_data_dir() == Path.home() / "Library/Application Support/ragpg"
