"""Helpers of the tests that need several processes around one embedded PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg

from ragpg.server.cluster import prepare_cluster
from ragpg.server.pid_file import read_pid_file
from ragpg.server.postmaster import is_alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ragpg.server import Server

HOLD = """
import signal, sys
from pathlib import Path
from ragpg.server import run_server
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
with run_server(Path(sys.argv[1])) as server:
    print(server.host, flush=True)
    sys.stdin.read()
"""


class Holder:
    """A process that keeps the server running until it is told to leave, or killed."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        clean = {key: value for key, value in os.environ.items() if key != "XDG_RUNTIME_DIR"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, data_dir],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**clean, **environment},
        )

    def host(self) -> str:
        """Wait until it is in, and give the directory of the socket."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> int:
        """Let it leave, and give its exit status."""
        self.process.communicate(timeout=60)
        return self.process.returncode

    def signal(self, number: int) -> int:
        """Send a signal, and give the exit status."""
        self.process.send_signal(number)
        return self.leave()


@contextmanager
def holding(data_dir: Path, **environment: str) -> Iterator[Holder]:
    """Start a holder; end it in any case."""
    holder = Holder(data_dir, **environment)
    try:
        yield holder
    finally:
        holder.process.kill()
        holder.process.communicate()


def query(server: Server | str, statement: LiteralString, database: str = "postgres") -> Any:
    """Ask the server (or the one behind a socket's directory) for one value."""
    host = server if isinstance(server, str) else server.host
    with psycopg.connect(host=host, user="ragpg", dbname=database, autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    return row and row[0]


def alive(data_dir: Path) -> bool:
    """Whether any process of this directory's server lives."""
    return is_alive(prepare_cluster(data_dir, "pg18"))


def postmaster(data_dir: Path) -> int:
    """Give the PID of the server."""
    pid = read_pid_file(data_dir / "pg18").pid
    assert pid is not None
    return pid


def await_end(data_dir: Path) -> None:
    """Wait until the server is gone and has tidied up after itself."""
    await_that(lambda: not alive(data_dir))
    assert not (data_dir / "pg18" / "postmaster.pid").exists()


def await_that(condition: Callable[[], bool]) -> None:
    """Wait for something that is about to happen."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.005)
