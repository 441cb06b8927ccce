"""Starting the server and waiting for it; callers hold the mutex."""

from __future__ import annotations

import os
import subprocess
from threading import Thread
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.patience import Patience
from ragpg.server import sockets
from ragpg.server.cluster import ENVIRONMENT, find_error_message
from ragpg.server.data_directory import open_own
from ragpg.server.liveness import is_alive, poll_while_alive
from ragpg.server.locks import Lock
from ragpg.server.pid_file import read_pid_file, remove_stale_pid_file
from ragpg.server.shortages import explain_shortage
from ragpg.server.shutdown import Ending, stop_unreachable
from ragpg.server.sockets import Availability

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.server.cluster import Cluster

START_TIMEOUT = 600.0
"""Seconds: recovery after a crash takes as long as the write-ahead log is large. Chosen by hand."""
STARTING = "for the embedded PostgreSQL to start, or to recover from a crash"
ENDING = "for the embedded PostgreSQL to shut down"
SETTINGS = (
    # `maintenance_work_mem` is enough to build the vector index of 100,000 chunks in memory, which
    # halves the time (measured in November 2026).
    "listen_addresses=",
    f"port={sockets.PORT}",
    "unix_socket_permissions=0700",
    "max_connections=50",
    "maintenance_work_mem=256MB",
)

LARGEST_CACHE = 2_000_000_000
"""Bytes of a server's cache for large tables. A search among a million chunks takes 0.4 of the time
with it; to prepare it takes 50 ms at each start, and is not worth it for small tables."""
CACHED_SHARE = 8
"""The part of the machine's memory that the cache may have: one in so many."""


def choose_cache(data: Path) -> list[str]:
    """Return the setting of the cache for what a data directory holds, where the default is not it.

    A relation of more than a gigabyte has a second file.
    """
    if not any(data.glob("base/*/*.1")):
        return []
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return [f"shared_buffers={min(LARGEST_CACHE, memory // CACHED_SHARE) // 1_000_000}MB"]


def wait_until_ready(cluster: Cluster, users: Lock) -> Path | None:
    """Wait until the server accepts connections and return its socket's directory.

    Returns None if there is no server, or once it has ended; raises DatabaseError after a timeout.
    """
    patience, ending = Patience(), Ending(cluster)
    for _ in poll_while_alive(cluster, seconds=START_TIMEOUT):
        pid_file = read_pid_file(cluster.directory)
        directory = pid_file.socket_directory
        if pid_file.ready and directory:
            is_private = sockets.is_private(directory, cluster.account)
            availability = sockets.probe(directory) if is_private else Availability.ABSENT
            if availability is Availability.READY:
                return directory
            if availability is Availability.ABSENT:
                stop_unreachable(cluster, users, directory)
        is_ending = ending.advance()
        patience.remark(ENDING if is_ending else STARTING)
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
        log = cluster.read_log()
        raise explain_shortage(cluster.data_dir, log) or DatabaseError(
            f"the embedded PostgreSQL in '{cluster.directory}' does not start: "
            f"{find_error_message(log)}",
            hint=f"its log is {cluster.log}",
        )
    return directory


def _launch(cluster: Cluster, *, installation: Path, socket_directory: Path) -> None:
    quoted = '"' + str(socket_directory).replace('"', '""') + '"'
    settings = (*SETTINGS, *choose_cache(cluster.directory), f"unix_socket_directories={quoted}")
    with Lock(cluster.alive) as alive, open_own(cluster.log) as log:
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
