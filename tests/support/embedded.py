"""Several processes that share one embedded PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

import psutil
import psycopg

from ragpg.server.cluster import Availability
from ragpg.server.liveness import is_alive
from ragpg.server.pid_file import read_pid_file
from ragpg.server.prepare import prepare_cluster
from ragpg.server.processes import find_processes
from ragpg.server.sockets import probe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ragpg.server import Server

HOLD = """
import signal, sys
from pathlib import Path
from ragpg.server import run_server, systems
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
with run_server(Path(sys.argv[1]), system=getattr(systems, sys.argv[2])) as server:
    print(server.host, flush=True)
    sys.stdin.read()
"""


class Holder:
    """A process that keeps the server running until it leaves or is killed."""

    def __init__(self, data_dir: Path, *, system: str = "BY_SOCKET", **environment: str) -> None:
        clean = {key: value for key, value in os.environ.items() if key != "XDG_RUNTIME_DIR"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, data_dir, system],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**clean, **environment},
        )

    def host(self) -> str:
        """Wait until the server runs, and return the directory of its socket."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> int:
        """Let the process leave, and return its exit status."""
        self.process.communicate(timeout=60)
        return self.process.returncode

    def signal(self, number: int) -> int:
        """Send a signal, and return the exit status."""
        self.process.send_signal(number)
        return self.leave()


@contextmanager
def holding(data_dir: Path, *, system: str = "BY_SOCKET", **environment: str) -> Iterator[Holder]:
    """Start a holder, and kill it at the end in any case.

    `system` is the name of one in `ragpg.server.systems`.
    """
    holder = Holder(data_dir, system=system, **environment)
    try:
        yield holder
    finally:
        holder.process.kill()
        holder.process.communicate()


def query(server: Server | str, statement: LiteralString, database: str = "postgres") -> Any:
    """Return one value from a server, which may be given as its socket's directory."""
    place: dict[str, Any] = {"host": server, "port": 5432}
    if not isinstance(server, str):
        place = {"host": server.host, "port": server.port, "password": server.password}
    with psycopg.connect(**place, user="ragpg", dbname=database, autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    return row and row[0]


def alive(data_dir: Path) -> bool:
    """Return whether any process of this directory's server lives."""
    return is_alive(prepare_cluster(data_dir, "pg18"))


def postmaster(data_dir: Path) -> int:
    """Return the PID of the server."""
    pid = read_pid_file(data_dir / "pg18").pid
    assert pid is not None
    return pid


def crash_a_session(data_dir: Path, host: str) -> None:
    """Kill a session, and wait until the server begins to end its other processes for it."""
    *others, _ = find_processes(prepare_cluster(data_dir, "pg18"))
    with psycopg.connect(host=host, user="ragpg", dbname="postgres") as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        # Whether the server answers would be asked too late, if it has recovered meanwhile.
        await_that(lambda: not all(process.is_running() for process in others))
        connection.close()


def stop_in_recovery(data_dir: Path, host: str) -> None:
    """Let a session crash, and ask the server to stop while it certainly recovers from that."""
    recovery = hold_recovery(data_dir, host)
    os.kill(postmaster(data_dir), signal.SIGINT)
    await_that(lambda: read_pid_file(data_dir / "pg18").stopping)
    recovery.resume()
    recovery.wait(30)


def hold_recovery(data_dir: Path, host: str) -> psutil.Process:
    """Let a session crash, as often as needed to halt the process that recovers from it."""
    first = psutil.Process(postmaster(data_dir))
    for _ in range(50):
        crash_a_session(data_dir, host)
        while probe(Path(host)) is not Availability.READY:
            for process in first.children():
                with suppress(psutil.NoSuchProcess):
                    if process.cmdline()[:1] == ["postgres: startup "] and is_halted(process):
                        return process
    raise AssertionError("the server recovers too fast")


def is_halted(process: psutil.Process) -> bool:
    """Halt a process; one that is about to end is a zombie, or gone, instead."""
    process.suspend()
    await_that(lambda: process.status() != psutil.STATUS_RUNNING)
    is_stopped: bool = process.status() == psutil.STATUS_STOPPED
    return is_stopped


def await_end(data_dir: Path) -> None:
    """Wait until the server has ended and removed its PID file."""
    await_that(lambda: not alive(data_dir))
    assert not (data_dir / "pg18" / "postmaster.pid").exists()


def await_that(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, at most 30 seconds."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.005)
