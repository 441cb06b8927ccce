"""Asking the server to stop, and ending one that does not come to its end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.patience import Patience, logger
from ragpg.server.cluster import Availability
from ragpg.server.liveness import poll_while_alive
from ragpg.server.pid_file import is_server_of, read_pid_file
from ragpg.server.processes import find_processes, measure_progress

if TYPE_CHECKING:
    from ragpg.server.cluster import Address, Cluster
    from ragpg.server.locks import Lock
    from ragpg.server.pid_file import PidFile
    from ragpg.server.processes import Progress

RECOVERY_TIMEOUT = 600.0
"""Seconds that a recovery is waited for before the server is asked to stop all the same."""
ANSWER_TIMEOUT = 1.0
"""Seconds without an answer after which a server is asked to stop as it is."""
FIRST_CHECK = 1.0
"""Seconds of waiting before the first look at the processes of a server."""
CHECK_INTERVAL = 0.25
"""Seconds between two looks."""
GONE_TIMEOUT = 1.0
"""Seconds that a server may go on without its checkpointer, whose end is the last but one."""
IDLE_TIMEOUT = 10.0
"""Seconds that a checkpointer may write nothing before SIGQUIT; chosen by hand."""
QUIT_TIMEOUT = 20.0
"""Seconds between SIGQUIT and SIGKILL: after five the server kills its own processes."""


def stop_server(cluster: Cluster) -> None:
    """Ask the server to stop, if there is one, without waiting for its end.

    Its address is closed, so that the next process sees that the server is stopping. A server that
    was launched a moment ago has no PID file yet; that is waited for up to a second. A server that
    recovers from a crash is asked when it has recovered: PostgreSQL 18.4 would not come to its end.
    """
    for _ in poll_while_alive(cluster, seconds=1):
        pid_file = read_pid_file(cluster.directory)
        if pid_file.pid and is_server_of(pid_file.pid, cluster.directory):
            _await_recovery(cluster, pid_file)
            listener = cluster.system.listener
            if address := listener.find(pid_file):
                listener.close(address, cluster.account)
            cluster.system.processes.interrupt(cluster, pid_file.pid)
            return


def stop_unreachable(cluster: Cluster, users: Lock, address: Address) -> None:
    """Stop a server that is not at its address: it is stopping, or its socket was deleted."""
    pid = read_pid_file(cluster.directory).pid
    if pid is None or not is_server_of(pid, cluster.directory):
        return
    is_only_user = users.try_acquire()
    users.acquire_shared()
    if not is_only_user:
        raise DatabaseError(
            f"{cluster.system.listener.describe_absence(address)} "
            "while another ragpg uses the server",
            hint="wait until the other ragpg has ended",
        )
    cluster.system.processes.interrupt(cluster, pid)


class Ending:
    """Watches a server that is stopping, or has lost its first process, and ends it if it must.

    While its processes end, and its checkpointer writes, a server is left alone. Otherwise it gets
    SIGQUIT, which costs no data but a recovery, and at last its processes get SIGKILL.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        # Nearly every wait is over by then, and nothing has been asked of the system.
        self.next_check = time.monotonic() + FIRST_CHECK
        self.is_ending = False
        self.progress: Progress | None = None
        self.changed = 0.0
        self.was_quit = False

    def advance(self) -> bool:
        """Look at the server, a few times a second at most, and send the signal that is due.

        Returns whether the server is ending.
        """
        now = time.monotonic()
        if now >= self.next_check:
            self.next_check = now + CHECK_INTERVAL
            pid_file = read_pid_file(self.cluster.directory)
            is_led = pid_file.pid and is_server_of(pid_file.pid, self.cluster.directory)
            self.is_ending = pid_file.stopping or not is_led
            if self.is_ending:
                self._press(now)
        return self.is_ending

    def _press(self, now: float) -> None:
        processes = find_processes(self.cluster)
        progress = measure_progress(processes)
        if progress != self.progress:
            self.progress, self.changed = progress, now
        elif processes and now - self.changed >= self._timeout(progress):
            name = "SIGKILL" if self.was_quit else "SIGQUIT"
            logger.warning("the embedded PostgreSQL does not shut down: it gets %s", name)
            self.cluster.system.processes.send(self.cluster, name, processes)
            self.was_quit, self.changed = True, now

    def _timeout(self, progress: Progress) -> float:
        if self.was_quit:
            return QUIT_TIMEOUT
        return IDLE_TIMEOUT if progress.has_checkpointer else GONE_TIMEOUT


def _await_recovery(cluster: Cluster, pid_file: PidFile) -> None:
    """Wait while a server that was ready recovers from a crash of one of its processes."""
    listener = cluster.system.listener
    address = listener.find(pid_file)
    if not pid_file.ready or address is None:
        return
    patience, answered = Patience(), time.monotonic()
    for _ in poll_while_alive(cluster, seconds=RECOVERY_TIMEOUT):
        availability = listener.probe(address, cluster.account)
        if availability is Availability.RECOVERING:
            answered = time.monotonic()
        # In the first moments of a recovery connections are cut off without an answer.
        elif availability is not Availability.BUSY or time.monotonic() - answered > ANSWER_TIMEOUT:
            return
        patience.remark("for the embedded PostgreSQL, which recovers from a crash, to stop it")
