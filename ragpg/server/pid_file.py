"""What `postmaster.pid` says, and how far that can be believed.

Source: PostgreSQL's src/include/utils/pidfile.h: line 1 is the PID, 5 the directory of the socket,
8 the state. After a crash the file stays behind, whole, cut off or empty, and its PID may be
anybody's.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ragpg.errors import DatabaseError


@dataclass(frozen=True, slots=True)
class PidFile:
    """The parts of `postmaster.pid` that are there; `ready` is what the server last said."""

    pid: int | None
    socket_directory: Path | None
    ready: bool


def read_pid_file(cluster: Path) -> PidFile:
    """Read the file as far as it goes."""
    try:
        content = os.fsdecode((cluster / "postmaster.pid").read_bytes())
    except FileNotFoundError:
        content = ""
    lines = [line.strip() for line in content.split("\n")] + [""] * 8
    pid = int(lines[0]) if lines[0].isascii() and lines[0].isdecimal() else 0
    return PidFile(
        pid=pid if 0 < pid < 2**31 else None,
        socket_directory=Path(lines[4]) if lines[4].startswith("/") else None,
        ready=lines[7] == "ready",
    )


def clear_stale_pid_file(cluster: Path) -> None:
    """Remove a file over which PostgreSQL would refuse to start though no server is left.

    It refuses when the file is empty or malformed or its PID lives. A dead one it handles itself,
    and looks at the shared memory too.
    """
    pid = read_pid_file(cluster).pid
    if pid and works_in(pid, cluster):
        raise DatabaseError(
            f"a PostgreSQL that ragpg did not start works in '{cluster}', as process {pid}",
            hint="stop that server",
        )
    if pid is None or _lives(pid):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def works_in(pid: int, cluster: Path) -> bool:
    """Whether a process is the server of this cluster: a server's current directory is that."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        # No such process, no /proc, or root of a container, who may not look at others' there.
        return f" -D {cluster} " in _command_line(pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _command_line(pid: int) -> str:
    if Path("/proc/self").exists():
        try:
            return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).replace("\0", " ")
        except OSError:
            return ""
    listing = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    done = subprocess.run(  # noqa: S603 (the system's own program)
        listing, check=False, capture_output=True, text=True
    )
    return done.stdout
