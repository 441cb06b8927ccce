"""The server's processes: start them, wait for them, stop them. All of it under the mutex."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.server import sockets
from ragpg.server.cluster import ENVIRONMENT, last_words
from ragpg.server.locks import Lock
from ragpg.server.pid_file import clear_stale_pid_file, read_pid_file, works_in
from ragpg.server.sockets import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg.server.cluster import Cluster

PAUSE = 0.005
PATIENCE = 600.0
"""Seconds: the recovery after a crash is bounded by the log that is to be read, not by a habit."""
SETTINGS = (
    "listen_addresses=",
    f"port={sockets.PORT}",
    "unix_socket_permissions=0700",
    "max_connections=50",
    "maintenance_work_mem=256MB",
)


def settle(cluster: Cluster, users: Lock) -> Path | None:
    """Wait until the server either takes connections, at the directory returned, or is gone."""
    for _ in _while_alive(cluster, seconds=PATIENCE):
        found = read_pid_file(cluster.directory)
        directory = found.socket_directory
        if not found.ready or directory is None:
            continue
        ours = sockets.is_ours(directory, cluster.account)
        answer = sockets.knock(directory) if ours else Answer.ABSENT
        if answer is Answer.READY:
            return directory
        if answer is Answer.ABSENT:
            _end_unreachable(cluster, users, directory)
    if not is_alive(cluster):
        return None
    raise DatabaseError(
        f"the embedded PostgreSQL in '{cluster.directory}' takes no connections "
        f"after {PATIENCE / 60:.0f} minutes",
        hint=f"see {cluster.log}; does another container use the same dataDir?",
    )


def start(cluster: Cluster, *, installation: Path, users: Lock) -> Path:
    """Start the server where none is alive; return its socket's directory."""
    clear_stale_pid_file(cluster.directory)
    _launch(cluster, installation=installation, socket_directory=sockets.claim(cluster))
    directory = settle(cluster, users)
    if directory is None:
        words = last_words(cluster.log.read_text(errors="replace"))
        raise DatabaseError(
            f"the embedded PostgreSQL in '{cluster.directory}' does not start: {words}",
            hint=f"its log is {cluster.log}",
        )
    return directory


def stop(cluster: Cluster) -> None:
    """Ask the server to stop, if there is one, and do not wait for it.

    Whoever comes next finds no socket and knows that it is going. One that was launched a moment
    ago has no PID file yet: it gets a second.
    """
    for _ in _while_alive(cluster, seconds=1):
        found = read_pid_file(cluster.directory)
        if found.pid and works_in(found.pid, cluster.directory):
            if found.socket_directory:
                sockets.discard(found.socket_directory, cluster.account)
            _interrupt(found.pid)
            return


def is_alive(cluster: Cluster) -> bool:
    """Whether any process of the server lives, be it an orphan of a killed one."""
    with Lock(cluster.alive) as lock:
        return not lock.take()


def _while_alive(cluster: Cluster, *, seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while is_alive(cluster) and time.monotonic() < end:
        yield
        time.sleep(PAUSE)


def _end_unreachable(cluster: Cluster, users: Lock, directory: Path) -> None:
    """Stop a server without a socket: it is stopping anyway, or someone cleaned the directory."""
    pid = read_pid_file(cluster.directory).pid
    if pid is None or not works_in(pid, cluster.directory):
        return
    alone = users.take()
    users.share()
    if not alone:
        raise DatabaseError(
            f"the socket of the embedded PostgreSQL, in '{directory}', was removed "
            "while another ragpg uses the server",
            hint="wait until the other ragpg has ended",
        )
    _interrupt(pid)


def _interrupt(pid: int) -> None:
    """Ask for a fast shutdown, which ends sessions and writes a checkpoint."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)


def _launch(cluster: Cluster, *, installation: Path, socket_directory: Path) -> None:
    quoted = '"' + str(socket_directory).replace('"', '""') + '"'
    settings = (*SETTINGS, f"unix_socket_directories={quoted}")
    cluster.log.touch(mode=0o600)
    with Lock(cluster.alive) as alive, cluster.log.open("wb") as log:
        alive.take_when_free()
        process = subprocess.Popen(  # noqa: S603 (the program that came with ragpg)
            [
                installation / "bin" / "postgres",
                *("-D", cluster.directory),
                *(part for setting in settings for part in ("-c", setting)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=cluster.data_dir,
            env=ENVIRONMENT,
            start_new_session=True,
            # The server's processes hold this lock from now on, and nothing else of ours.
            pass_fds=[alive.descriptor],
            **cluster.account.switch,
        )
    # It may outlive us; if it does not, someone has to take note of its end.
    Thread(target=process.wait, daemon=True).start()
