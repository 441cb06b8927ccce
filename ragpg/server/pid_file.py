"""Reading `postmaster.pid`, and checking what it says against the processes that run.

Source: PostgreSQL's src/include/utils/pidfile.h: line 1 is the PID, 4 the port, 5 the directory of
the socket, 6 the first address it listens at, 8 the state. After a crash the file stays, whole, cut
off or empty, and its PID may belong to any other process meanwhile.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ragpg.errors import DatabaseError
from ragpg.operating_system import WINDOWS


@dataclass(frozen=True, slots=True)
class PidFile:
    """The parts of `postmaster.pid` that are there.

    `ready` and `stopping` are the state that the server last wrote: one that recovers from a crash
    of one of its processes stays `ready`.
    """

    pid: int | None
    socket_directory: Path | None
    ready: bool
    stopping: bool = False
    port: int | None = None
    listen_address: str = ""


def read_pid_file(cluster: Path) -> PidFile:
    """Read the file of a cluster as far as it goes; a missing one is empty."""
    try:
        content = os.fsdecode((cluster / "postmaster.pid").read_bytes())
    except FileNotFoundError:
        content = ""
    except PermissionError:
        if not WINDOWS:  # where a file that is being removed cannot be opened
            raise
        content = ""
    lines = [line.strip() for line in content.split("\n")] + [""] * 8
    pid, port = _read_number(lines[0]), _read_number(lines[3])
    return PidFile(
        pid=pid if 0 < pid < 2**31 else None,
        socket_directory=Path(lines[4]) if lines[4].startswith("/") else None,
        ready=lines[7] == "ready",
        stopping=lines[7] == "stopping",
        port=port if 0 < port < 2**16 else None,
        listen_address=lines[5],
    )


def _read_number(line: str) -> int:
    return int(line) if line.isascii() and line.isdecimal() else 0


def remove_stale_pid_file(cluster: Path) -> None:
    """Remove the file if PostgreSQL would refuse to start because of it though no server is left.

    It refuses if the file is empty or malformed, or if its PID lives. The file of a dead server is
    left to PostgreSQL, which then checks the shared memory too. Raises DatabaseError if the server
    lives.
    """
    pid = read_pid_file(cluster).pid
    if pid and is_server_of(pid, cluster):
        raise DatabaseError(
            f"a PostgreSQL that ragpg did not start works in '{cluster}', as process {pid}",
            hint="stop that server",
        )
    if pid is None or _exists(pid):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def is_server_of(pid: int, cluster: Path) -> bool:
    """Return whether a process is the server of a cluster, which is its working directory."""
    try:
        # Linux answers without the 10 ms that psutil takes to be imported: this is asked at every
        # stop of the server. It compares inodes, so that it holds across mounts and links.
        return Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        # No such process, no /proc, or a container's root, who may not see others' directories.
        return _looks_like_server_of(pid, cluster)


def _looks_like_server_of(pid: int, cluster: Path) -> bool:
    import psutil

    try:
        process = psutil.Process(pid)
        with suppress(psutil.AccessDenied, OSError):
            if directory := process.cwd():
                return Path(directory).samefile(cluster)
        return f" -D {cluster} " in " ".join([*process.cmdline(), ""])
    except psutil.Error:  # gone, a zombie, or closed to this user
        return False


def _exists(pid: int) -> bool:
    if WINDOWS:  # where `os.kill` would not ask, but end the process
        import psutil

        return bool(psutil.pid_exists(pid))
    # PostgreSQL asks in the same way. psutil.pid_exists doesn't: it says no for a thread's number,
    # with which PostgreSQL would refuse to start.
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
