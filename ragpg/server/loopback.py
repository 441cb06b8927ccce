"""TCP on this machine with a password, where there are no Unix sockets.

Every user of the machine can reach the port. The password, 32 random characters, is in a file of
the cluster that only its user may read; on Windows it has the rights of the directory.
"""

from __future__ import annotations

import re
import socket
import string
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.server.cluster import Address
from ragpg.server.data_directory import open_own
from ragpg.server.probing import probe_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg.server.account import Account
    from ragpg.server.cluster import Availability, Cluster
    from ragpg.server.pid_file import PidFile

HOST = "127.0.0.1"
PASSWORD_FILE = "ragpg.password"  # noqa: S105 - a file's name
LETTERS = string.ascii_letters + string.digits
LENGTH = 32


class Loopback:
    """A `Listener` at a port of the loopback address."""

    @contextmanager
    def protect(self, cluster: Cluster, new: Path) -> Iterator[list[str]]:
        """Yield options that set a new password, which is then kept in the cluster."""
        import secrets

        draft = cluster.directory.with_suffix(".password")
        try:
            with open_own(draft) as file:
                file.write("".join(secrets.choice(LETTERS) for _ in range(LENGTH)).encode())
            cluster.account.take_ownership(draft)
            yield ["--auth=scram-sha-256", f"--pwfile={draft}"]
            draft.replace(new / PASSWORD_FILE)
        finally:
            draft.unlink(missing_ok=True)

    def open(self, cluster: Cluster) -> list[str]:
        """Return the settings of a server at a free port."""
        self.read_password(cluster)
        with socket.socket() as free:
            free.bind((HOST, 0))
            port = free.getsockname()[1]
        return [f"listen_addresses={HOST}", f"port={port}", "unix_socket_directories="]

    def find(self, pid_file: PidFile) -> Address | None:
        """Return the address of a server that listens here."""
        if pid_file.listen_address != HOST or pid_file.port is None:
            return None
        return Address(HOST, pid_file.port)

    def probe(self, address: Address, account: Account) -> Availability:  # noqa: ARG002
        """Ask the server at the port."""
        with socket.socket() as connection:
            # Whoever ends a session while a password is waited for causes an error in the log.
            return probe_server(connection, (address.host, address.port), farewell=b"")

    def close(self, address: Address, account: Account) -> None:
        """Do nothing: a port cannot be taken from a server."""

    def describe_absence(self, address: Address) -> str:
        """Say that nobody answers at the port."""
        return f"the embedded PostgreSQL does not answer at {address.host}:{address.port}"

    def read_password(self, cluster: Cluster) -> str:
        """Return the password; raises DatabaseError if its file is missing, or is none."""
        path = cluster.directory / PASSWORD_FILE
        try:
            content = path.read_text("ascii", errors="replace").strip()
        except FileNotFoundError:
            content = ""
        if not re.fullmatch(f"[A-Za-z0-9]{{{LENGTH}}}", content):
            raise DatabaseError(
                f"the password of the embedded PostgreSQL is not in '{path}'",
                hint="restore that file; or move the directory that it is in away, and ingest "
                "again",
            )
        return content
