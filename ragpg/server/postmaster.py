"""Starting the server and waiting for it; callers hold the mutex."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.patience import Patience
from ragpg.server.cluster import Availability, find_error_message
from ragpg.server.liveness import is_alive, poll_while_alive
from ragpg.server.pid_file import read_pid_file, remove_stale_pid_file
from ragpg.server.shortages import explain_shortage
from ragpg.server.shutdown import Ending, stop_unreachable

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.server.cluster import Address, Cluster
    from ragpg.server.locks import Lock

START_TIMEOUT = 600.0
"""Seconds: recovery after a crash takes as long as the write-ahead log is large. Chosen by hand."""
STARTING = "for the embedded PostgreSQL to start, or to recover from a crash"
ENDING = "for the embedded PostgreSQL to shut down"
SETTINGS = (
    # `maintenance_work_mem` is enough to build the vector index of 100,000 chunks in memory, which
    # halves the time (measured in November 2026).
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
    import psutil

    memory = psutil.virtual_memory().total
    return [f"shared_buffers={min(LARGEST_CACHE, memory // CACHED_SHARE) // 1_000_000}MB"]


def wait_until_ready(cluster: Cluster, users: Lock) -> Address | None:
    """Wait until the server accepts connections and return its address.

    Returns None if there is no server, or once it has ended; raises DatabaseError after a timeout.
    """
    patience, ending, listener = Patience(), Ending(cluster), cluster.system.listener
    for _ in poll_while_alive(cluster, seconds=START_TIMEOUT):
        pid_file = read_pid_file(cluster.directory)
        address = listener.find(pid_file)
        if pid_file.ready and address:
            availability = listener.probe(address, cluster.account)
            if availability is Availability.READY:
                return address
            if availability is Availability.ABSENT:
                stop_unreachable(cluster, users, address)
        is_ending = ending.advance()
        patience.remark(ENDING if is_ending else STARTING)
    if not is_alive(cluster):
        return None
    raise DatabaseError(
        f"the embedded PostgreSQL in '{cluster.directory}' takes no connections "
        f"after {START_TIMEOUT / 60:.0f} minutes",
        hint=f"see {cluster.log}; does another container use the same dataDir?",
    )


def start_server(cluster: Cluster, *, installation: Path, users: Lock) -> Address:
    """Start the server, none being alive, and return its address."""
    remove_stale_pid_file(cluster.directory)
    settings = [
        *SETTINGS,
        *choose_cache(cluster.directory),
        *cluster.system.listener.open(cluster),
    ]
    cluster.system.processes.launch(cluster, installation, settings)
    address = wait_until_ready(cluster, users)
    if address is None:
        log = cluster.read_log()
        raise explain_shortage(cluster.data_dir, log) or DatabaseError(
            f"the embedded PostgreSQL in '{cluster.directory}' does not start: "
            f"{find_error_message(log)}",
            hint=f"its log is {cluster.log}",
        )
    return address
