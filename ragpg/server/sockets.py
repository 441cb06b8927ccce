"""The Unix socket: its directory, and whether the server answers there."""

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
SOCKET_NAME = f".s.PGSQL.{PORT}"
MAX_ADDRESS_LENGTH = 103
"""Largest length of a Unix socket's address, in bytes, on all systems (macOS: 104 with its NUL)."""


class Availability(Enum):
    """Whether a server accepts connections at a socket.

    RECOVERING is one that was ready, and begins anew because one of its processes crashed.
    """

    READY = auto()
    BUSY = auto()
    RECOVERING = auto()
    ABSENT = auto()


def create_socket_directory(cluster: Cluster) -> Path:
    """Create an empty directory for the socket that only the server's user can enter.

    Raises DatabaseError.
    """
    name = f"ragpg-{sha256(os.fsencode(cluster.directory)).hexdigest()[:16]}"
    for parent in _list_parents():
        if not _is_suitable(parent / name, cluster.account):
            continue
        with suppress(FileExistsError):
            (parent / name).mkdir()
            (parent / name).chmod(0o700)
        directory = parent / name
        if not is_private(directory, cluster.account):
            # Another user took the name; other processes find this directory in the PID file.
            directory = Path(tempfile.mkdtemp(prefix="ragpg-", dir=parent))
        cluster.account.take_ownership(directory)
        _remove_socket_files(directory)
        return directory
    parents = " and ".join(map(str, _list_parents()))
    raise DatabaseError(
        f"PostgreSQL's socket has no place: {parents} "
        "have names too long or are closed to its user",
        hint="set TMPDIR to a directory with a short name that you can write to",
    )


def remove_socket_directory(directory: Path, account: Account) -> None:
    """Remove the socket and its directory, if ragpg created it."""
    if directory.name.startswith("ragpg-") and is_private(directory, account):
        _remove_socket_files(directory)
        with suppress(OSError):
            directory.rmdir()


def is_private(directory: Path, account: Account) -> bool:
    """Return whether this is a real directory that only the server's user or root can enter."""
    try:
        status = directory.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(status.st_mode)
        and stat.S_IMODE(status.st_mode) == 0o700
        and status.st_uid in (account.uid, os.geteuid())
    )


def probe(directory: Path) -> Availability:
    """Open a session and end it, the only proof that the server accepts connections.

    Source: PostgreSQL's manual, "Message Formats": StartupMessage, Terminate, ErrorResponse.
    """
    startup = struct.pack("!I", 0x30000) + f"user\0{SUPERUSER}\0database\0postgres\0\0".encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(directory / SOCKET_NAME))
        except (FileNotFoundError, ConnectionRefusedError):
            return Availability.ABSENT
        except OSError:
            return Availability.BUSY
        try:
            connection.sendall(struct.pack("!I", len(startup) + 4) + startup + b"X\0\0\0\4")
            reply = b"".join(iter(lambda: connection.recv(4096), b""))
        except OSError:
            return Availability.BUSY
    # 57P03 is cannot_connect_now: the server starts, stops or recovers.
    if reply and b"C57P03\0" not in reply:
        return Availability.READY
    # The server's language is that of cluster.ENVIRONMENT.
    return Availability.RECOVERING if b"in recovery mode" in reply else Availability.BUSY


def _list_parents() -> list[Path]:
    names = [os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"]  # noqa: S108 (the one directory that is always short)
    parents = (Path(os.path.realpath(name)) for name in names if name.startswith("/"))
    return list(dict.fromkeys(parents))


def _is_suitable(directory: Path, account: Account) -> bool:
    parent = directory.parent
    if (
        len(os.fsencode(directory / SOCKET_NAME)) > MAX_ADDRESS_LENGTH
        or not str(parent).isprintable()
    ):
        return False
    try:
        mode = parent.stat().st_mode
    except OSError:
        return False
    # Where others may write, only the sticky bit keeps them from replacing the directory.
    is_safe = not mode & 0o022 or mode & stat.S_ISVTX
    return (
        bool(is_safe)
        and os.access(parent, os.W_OK | os.X_OK)
        and account.find_closed(parent) is None
    )


def _remove_socket_files(directory: Path) -> None:
    for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (directory / name).unlink(missing_ok=True)
