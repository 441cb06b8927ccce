"""The Unix socket: its directory, and whether the server answers there."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.operating_system import current_uid
from ragpg.server.cluster import Address, Availability
from ragpg.server.probing import probe_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.server.account import Account
    from ragpg.server.cluster import Cluster
    from ragpg.server.pid_file import PidFile

PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
MAX_ADDRESS_LENGTH = 103
"""Largest length of a Unix socket's address, in bytes, on all systems (macOS: 104 with its NUL)."""


class UnixSocket:
    """A `Listener` at a Unix socket, in a directory that only the server's user can enter."""

    @contextmanager
    def protect(self, cluster: Cluster, new: Path) -> Iterator[list[str]]:  # noqa: ARG002
        """Yield the option that asks for no password."""
        yield ["--auth=trust"]

    def open(self, cluster: Cluster) -> list[str]:
        """Return the settings with which a new server listens; raises DatabaseError."""
        quoted = '"' + str(create_socket_directory(cluster)).replace('"', '""') + '"'
        return [
            "listen_addresses=",
            f"port={PORT}",
            "unix_socket_permissions=0700",
            f"unix_socket_directories={quoted}",
        ]

    def find(self, pid_file: PidFile) -> Address | None:
        """Return the address of a server that has a socket."""
        directory = pid_file.socket_directory
        return Address(str(directory), PORT) if directory else None

    def probe(self, address: Address, account: Account) -> Availability:
        """Ask the server at the socket, unless others could have put it there."""
        directory = Path(address.host)
        return probe(directory) if is_private(directory, account) else Availability.ABSENT

    def close(self, address: Address, account: Account) -> None:
        """Remove the socket, and its directory if ragpg created it."""
        remove_socket_directory(Path(address.host), account)

    def describe_absence(self, address: Address) -> str:
        """Say that the socket is gone."""
        return f"the socket of the embedded PostgreSQL, in '{address.host}', was removed"

    def read_password(self, cluster: Cluster) -> None:
        """Return None: who can enter the directory needs no password."""


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
        and status.st_uid in (account.uid, current_uid())
    )


def probe(directory: Path) -> Availability:
    """Open a session at the socket in a directory, and end it."""
    with socket.socket(socket.AF_UNIX) as connection:
        return probe_server(connection, str(directory / SOCKET_NAME))


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
