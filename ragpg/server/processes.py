"""The processes of a server, for the rare case that one does not end.

They are found by their working directory, which is the cluster, also once the first is gone.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.server.pid_file import is_server_of, read_pid_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psutil

    from ragpg.server.cluster import Cluster

CHECKPOINTER = re.compile(r"""postgres: checkpointer|.* --forkchild="?checkpointer""")
"""The command line of that process; on Windows it does not say what it does, but began as."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Which processes there are, and how much the checkpointer has written, in bytes.

    Where the system does not tell (macOS, some containers), `written` is its processor time.
    """

    pids: frozenset[int]
    written: float | None

    @property
    def has_checkpointer(self) -> bool:
        """Whether the process lives that writes the last checkpoint."""
        return self.written is not None


def find_processes(cluster: Cluster) -> list[psutil.Process]:
    """Return the processes of a cluster's server, the first one, if it lives, at the end."""
    import psutil

    first = read_pid_file(cluster.directory).pid
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if is_server_of(process.pid, cluster.directory) or (first and process.ppid() == first):
                found.append(process)
    return sorted(found, key=lambda process: process.pid == first)


def measure_progress(processes: Sequence[psutil.Process]) -> Progress:
    """Return how far an ending server has come; two equal values mean that nothing happened."""
    import psutil

    written: float | None = None
    for process in processes:
        with suppress(psutil.Error):
            if CHECKPOINTER.match(" ".join(process.cmdline())):
                written = _measure_writing(process)
    return Progress(frozenset(process.pid for process in processes), written)


def _measure_writing(process: psutil.Process) -> float:
    import psutil

    with suppress(psutil.AccessDenied, AttributeError):
        return float(process.io_counters().write_chars)
    return float(sum(process.cpu_times()[:2]))
