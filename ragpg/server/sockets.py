"""The Unix socket: its directory, and whether someone answers there."""

from __future__ import annotations

import os
import socket
import stat
import struct
import tempfile
from contextlib import suppress
from enum import Enum, auto
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.server.cluster import SUPERUSER

if TYPE_CHECKING:
    from ragpg.server.account import Account
    from ragpg.server.cluster import Cluster

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
LONGEST = 103
"""Bytes that the address of a Unix socket may have on every system (macOS: 104 with its NUL)."""


class Answer(Enum):
    """What came back from a socket."""

    READY = auto()
    BUSY = auto()
    ABSENT = auto()


def claim(cluster: Cluster) -> Path:
    """Make an empty directory for the socket that belongs to the server's user alone."""
    name = f"ragpg-{sha256(os.fsencode(cluster.directory)).hexdigest()[:16]}"
    for base in _bases():
        if not _suits(base / name, cluster.account):
            continue
        with suppress(FileExistsError):
            (base / name).mkdir()
            (base / name).chmod(0o700)
        directory = base / name
        if not is_ours(directory, cluster.account):
            # Somebody took the name first; those who come later find this one in the PID file.
            directory = Path(tempfile.mkdtemp(prefix="ragpg-", dir=base))
        cluster.account.own(directory)
        _empty(directory)
        return directory
    raise DatabaseError(
        f"PostgreSQL's socket has no place: {' and '.join(f'{base}' for base in _bases())} "
        "have names too long or are closed to its user",
        hint="set TMPDIR to a directory with a short name that you can write to",
    )


def discard(directory: Path, account: Account) -> None:
    """Remove the socket and its directory, if it is one of ours."""
    if directory.name.startswith("ragpg-") and is_ours(directory, account):
        _empty(directory)
        with suppress(OSError):
            directory.rmdir()


def is_ours(directory: Path, account: Account) -> bool:
    """Whether this is a real directory that no one but the server's user, and root, can enter."""
    try:
        status = directory.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(status.st_mode)
        and stat.S_IMODE(status.st_mode) == 0o700
        and status.st_uid in (account.uid, os.geteuid())
    )


def knock(directory: Path) -> Answer:
    """Ask for a session and end it: the one proof that the server takes connections.

    Source: PostgreSQL's manual, "Message Formats": StartupMessage, Terminate, ErrorResponse.
    """
    startup = struct.pack("!I", 0x30000) + f"user\0{SUPERUSER}\0database\0postgres\0\0".encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(directory / SOCKET))
        except (FileNotFoundError, ConnectionRefusedError):
            return Answer.ABSENT
        except OSError:
            return Answer.BUSY
        try:
            connection.sendall(struct.pack("!I", len(startup) + 4) + startup + b"X\0\0\0\4")
            reply = b"".join(iter(lambda: connection.recv(4096), b""))
        except OSError:
            return Answer.BUSY
    return Answer.BUSY if not reply or b"C57P03\0" in reply else Answer.READY


def _bases() -> list[Path]:
    named = [os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"]  # noqa: S108 (the one directory that is always short)
    places = (Path(os.path.realpath(base)) for base in named if base.startswith("/"))
    return list(dict.fromkeys(places))


def _suits(directory: Path, account: Account) -> bool:
    base = directory.parent
    if len(os.fsencode(directory / SOCKET)) > LONGEST or not str(base).isprintable():
        return False
    try:
        mode = base.stat().st_mode
    except OSError:
        return False
    # Where others may write, only the sticky bit keeps them from replacing our directory.
    safe = not mode & 0o022 or mode & stat.S_ISVTX
    return bool(safe) and os.access(base, os.W_OK | os.X_OK) and account.barrier(base) is None


def _empty(directory: Path) -> None:
    for name in (SOCKET, f"{SOCKET}.lock"):
        (directory / name).unlink(missing_ok=True)
