"""The server's processes as POSIX has them: they inherit a lock, and get signals."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

from ragpg.server.binaries import find_program
from ragpg.server.cluster import ENVIRONMENT
from ragpg.server.data_directory import open_own
from ragpg.server.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import psutil

    from ragpg.server.cluster import Cluster


class PosixProcesses:
    """A `ProcessControl` by locks and signals."""

    @contextmanager
    def supervise(self, cluster: Cluster) -> Iterator[dict[str, Any]]:
        """Yield arguments by which a program inherits the lock, and no other file."""
        with Lock(cluster.alive) as alive:
            alive.acquire()
            yield {
                "start_new_session": True,
                **alive.inherited,
                **cluster.account.subprocess_user,
            }

    def launch(self, cluster: Cluster, programs: Path, settings: Sequence[str]) -> None:
        """Start the server, none being alive."""
        with self.supervise(cluster) as supervision, open_own(cluster.log) as log:
            process = subprocess.Popen(  # noqa: S603 (the program that came with ragpg)
                [
                    find_program(programs, "postgres"),
                    *("-D", cluster.directory),
                    *(part for setting in settings for part in ("-c", setting)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=cluster.data_dir,
                env=ENVIRONMENT,
                **supervision,
            )
        # If it ends before this process does, it is reaped here and does not stay a zombie.
        Thread(target=process.wait, daemon=True).start()

    def is_alive(self, cluster: Cluster) -> bool:
        """Return whether any process has the lock still: it is free once the last has ended."""
        with Lock(cluster.alive) as lock:
            return not lock.try_acquire()

    def interrupt(self, cluster: Cluster, pid: int) -> None:  # noqa: ARG002 - the protocol's
        """Send SIGINT to the server."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)

    def send(
        self,
        cluster: Cluster,  # noqa: ARG002 - the protocol's
        name: str,
        processes: Sequence[psutil.Process],
    ) -> None:
        """Send a signal to each process, in this order, unless it has ended."""
        import psutil

        for process in processes:
            with suppress(psutil.Error):
                process.send_signal(getattr(signal, name))
