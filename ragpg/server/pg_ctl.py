"""The server's processes where they inherit no locks and get no signals, as on Windows.

pg_ctl starts and stops the server there: it also gives up an administrator's rights, with which
PostgreSQL does not run. Whether the server lives is known from its PID file and its processes.
"""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

from ragpg.operating_system import WINDOWS
from ragpg.patience import POLL_INTERVAL
from ragpg.server.binaries import ensure_reachable, find_installation, find_program
from ragpg.server.cluster import ENVIRONMENT
from ragpg.server.data_directory import open_own
from ragpg.server.pid_file import is_server_of, read_pid_file
from ragpg.server.processes import find_processes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import psutil

    from ragpg.server.cluster import Cluster

WATCH_TIMEOUT = 600
"""Seconds that pg_ctl watches a start, to tell that it failed: as long as ragpg waits for it."""
NOTICE_TIMEOUT = 5.0
"""Seconds in which a server takes note that it is to stop, or gives up its log. Chosen by hand."""
# A new group: Ctrl-C in the terminal is not meant for the server.
DETACHED: dict[str, Any] = (
    {
        "creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        | getattr(subprocess, "CREATE_NO_WINDOW", 0)
    }
    if WINDOWS
    else {"start_new_session": True}
)


class PgCtl:
    """A `ProcessControl` by pg_ctl and psutil, which works on all systems."""

    @contextmanager
    def supervise(self, cluster: Cluster) -> Iterator[dict[str, Any]]:
        """Yield arguments of `subprocess`; a program that outlives this process is not known of."""
        yield {**DETACHED, **cluster.account.subprocess_user}

    def launch(self, cluster: Cluster, programs: Path, settings: Sequence[str]) -> None:
        """Start the server, and return when it has its PID file, or has failed."""
        self._renew_log(cluster)
        options = " ".join(f"-c {setting}" for setting in settings)
        command = self._command(cluster, programs, "start")
        process = subprocess.Popen(  # noqa: S603 (the program that came with ragpg)
            [
                *command,
                *("--wait", f"--timeout={WATCH_TIMEOUT}"),
                *(f"--log={cluster.log}", f"--options={options}"),
            ],
            **self._environment(cluster),
        )
        try:
            self._await_pid_file(process, cluster)
        except BaseException:
            # Whoever was interrupted stops the server, and has to find it.
            self._await_pid_file(process, cluster)
            raise
        # pg_ctl goes on until the server is ready; it is reaped here if it ends before.
        Thread(target=process.wait, daemon=True).start()

    def is_alive(self, cluster: Cluster) -> bool:
        """Return whether the server lives, or processes of one that was killed."""
        pid = read_pid_file(cluster.directory).pid
        # The PID file of one that was stopped is gone: no process needs to be looked for.
        return pid is not None and (
            is_server_of(pid, cluster.directory) or bool(find_processes(cluster))
        )

    def interrupt(self, cluster: Cluster, pid: int) -> None:
        """Ask the server to stop, and return when its PID file says so.

        Until then the next process would take it for one that is ready.
        """
        programs = self._find_programs(cluster)
        command = [*self._command(cluster, programs, "stop"), "--mode=fast", "--no-wait"]
        subprocess.run(command, check=False, **self._environment(cluster))  # noqa: S603
        end = time.monotonic() + NOTICE_TIMEOUT
        while time.monotonic() < end and is_server_of(pid, cluster.directory):
            if read_pid_file(cluster.directory).stopping:
                return
            time.sleep(POLL_INTERVAL)

    def send(self, cluster: Cluster, name: str, processes: Sequence[psutil.Process]) -> None:
        """Send SIGQUIT by pg_ctl, SIGKILL as the system ends processes."""
        import psutil

        program = str(find_program(self._find_programs(cluster), "pg_ctl"))
        for process in processes:
            if name == "SIGKILL":
                with suppress(psutil.Error):
                    process.kill()
            else:
                command = [program, "kill", name.removeprefix("SIG"), str(process.pid)]
                subprocess.run(command, check=False, **self._environment(cluster))  # noqa: S603

    def _renew_log(self, cluster: Cluster) -> None:
        end = time.monotonic() + NOTICE_TIMEOUT
        while True:
            try:
                open_own(cluster.log).close()
            except PermissionError:
                # The shell of a server that has just ended may have it open still.
                if not WINDOWS or time.monotonic() >= end:
                    raise
                time.sleep(POLL_INTERVAL)
            else:
                cluster.account.take_ownership(cluster.log)
                return

    def _await_pid_file(self, process: subprocess.Popen[bytes], cluster: Cluster) -> None:
        while process.poll() is None:
            pid = read_pid_file(cluster.directory).pid
            if pid and is_server_of(pid, cluster.directory):
                return
            time.sleep(POLL_INTERVAL)

    def _find_programs(self, cluster: Cluster) -> Path:
        major = int((cluster.directory / "PG_VERSION").read_text("ascii"))
        return ensure_reachable(find_installation(major), cluster)

    def _command(self, cluster: Cluster, programs: Path, action: str) -> list[str]:
        return [str(find_program(programs, "pg_ctl")), action, f"--pgdata={cluster.directory}"]

    def _environment(self, cluster: Cluster) -> dict[str, Any]:
        quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        place = {"cwd": cluster.data_dir, "env": ENVIRONMENT}
        return {**quiet, **place, **DETACHED, **cluster.account.subprocess_user}
