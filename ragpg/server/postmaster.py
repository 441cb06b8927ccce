"""Starting the server, waiting for it and stopping it; callers hold the mutex."""

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
from ragpg.server.cluster import ENVIRONMENT, find_error_message
from ragpg.server.locks import Lock
from ragpg.server.pid_file import is_server_of, read_pid_file, remove_stale_pid_file
from ragpg.server.sockets import Availability

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg.server.cluster import Cluster

POLL_INTERVAL = 0.005
"""Seconds between two checks of the server."""
START_TIMEOUT = 600.0
"""Seconds: recovery after a crash takes as long as the write-ahead log is large. Chosen by hand."""
SETTINGS = (
    # `maintenance_work_mem` is enough to build the vector index of 100,000 chunks in memory, which
    # halves the time (measured in November 2026).
    "listen_addresses=",
    f"port={sockets.PORT}",
    "unix_socket_permissions=0700",
    "max_connections=50",
    "maintenance_work_mem=256MB",
)


def wait_until_ready(cluster: Cluster, users: Lock) -> Path | None:
    """Wait until the server accepts connections and return its socket's directory.

    Returns None if there is no server, or once it has ended; raises DatabaseError after a timeout.
    """
    for _ in _poll_while_alive(cluster, seconds=START_TIMEOUT):
        pid_file = read_pid_file(cluster.directory)
        directory = pid_file.socket_directory
        if not pid_file.ready or directory is None:
            continue
        is_private = sockets.is_private(directory, cluster.account)
        availability = sockets.probe(directory) if is_private else Availability.ABSENT
        if availability is Availability.READY:
            return directory
        if availability is Availability.ABSENT:
            _stop_unreachable(cluster, users, directory)
    if not is_alive(cluster):
        return None
    raise DatabaseError(
        f"the embedded PostgreSQL in '{cluster.directory}' takes no connections "
        f"after {START_TIMEOUT / 60:.0f} minutes",
        hint=f"see {cluster.log}; does another container use the same dataDir?",
    )


def start_server(cluster: Cluster, *, installation: Path, users: Lock) -> Path:
    """Start the server, none being alive, and return its socket's directory."""
    remove_stale_pid_file(cluster.directory)
    _launch(
        cluster,
        installation=installation,
        socket_directory=sockets.create_socket_directory(cluster),
    )
    directory = wait_until_ready(cluster, users)
    if directory is None:
        reason = find_error_message(cluster.log.read_text(errors="replace"))
        raise DatabaseError(
            f"the embedded PostgreSQL in '{cluster.directory}' does not start: {reason}",
            hint=f"its log is {cluster.log}",
        )
    return directory


def stop_server(cluster: Cluster) -> None:
    """Ask the server to stop, if there is one, without waiting for its end.

    The socket is removed, so that the next process sees that the server is stopping. A server that
    was launched a moment ago has no PID file yet; that is waited for up to a second.
    """
    for _ in _poll_while_alive(cluster, seconds=1):
        pid_file = read_pid_file(cluster.directory)
        if pid_file.pid and is_server_of(pid_file.pid, cluster.directory):
            if pid_file.socket_directory:
                sockets.remove_socket_directory(pid_file.socket_directory, cluster.account)
            _interrupt(pid_file.pid)
            return


def is_alive(cluster: Cluster) -> bool:
    """Return whether any process of the server lives, orphans of a killed one included."""
    with Lock(cluster.alive) as lock:
        return not lock.try_acquire()


def _poll_while_alive(cluster: Cluster, *, seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while is_alive(cluster) and time.monotonic() < end:
        yield
        time.sleep(POLL_INTERVAL)


def _stop_unreachable(cluster: Cluster, users: Lock, directory: Path) -> None:
    """Stop a server without a socket: it is stopping anyway, or its socket was deleted."""
    pid = read_pid_file(cluster.directory).pid
    if pid is None or not is_server_of(pid, cluster.directory):
        return
    is_only_user = users.try_acquire()
    users.acquire_shared()
    if not is_only_user:
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
        alive.acquire()
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
            # The server's processes inherit this lock, and no other file of this process.
            pass_fds=[alive.descriptor],
            **cluster.account.subprocess_user,
        )
    # If it ends before this process does, it is reaped here and does not stay a zombie.
    Thread(target=process.wait, daemon=True).start()
