"""The embedded PostgreSQL: one server for each data directory, shared by all processes of ragpg.

The first process starts it, the last one stops it without waiting. Who uses the server, and whether
it lives, is known from file locks, which the kernel releases when a process dies, not from PIDs.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.operating_system import is_root
from ragpg.server.binaries import find_installation
from ragpg.server.data_directory import list_clusters, translate_os_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg.server.cluster import System

MAJOR = 18
CLUSTER = f"pg{MAJOR}"


@dataclass(frozen=True, slots=True)
class Server:
    """Where the embedded PostgreSQL accepts connections.

    `host` is the directory of its socket, `port` a part of the socket's name, `user` its superuser,
    `data` the directory of the cluster. Where there are no sockets, `host` is the loopback address
    and there is a `password`.
    """

    host: str
    port: int
    user: str
    data: Path
    password: str | None = field(default=None, repr=False)


def default_data_dir() -> Path:
    """Return the platform's directory for user data; for root one that other users can reach."""
    if is_root():
        from ragpg.server.account import ROOT_DATA_DIR

        return ROOT_DATA_DIR
    from platformdirs import user_data_path

    path = user_data_path("ragpg", appauthor=False)
    if not path.is_absolute():
        raise DatabaseError(
            "there is no home directory to keep the embedded PostgreSQL in",
            hint="set dataDir, or dbHost to use a PostgreSQL server",
        )
    return path


def is_initialised(data_dir: Path) -> bool:
    """Return whether there is a cluster in a data directory; creates nothing."""
    with translate_os_errors(data_dir):
        return (data_dir / CLUSTER).is_dir() or bool(list_clusters(data_dir))


@contextmanager
def run_server(
    data_dir: Path, *, must_be_known: bool = False, system: System | None = None
) -> Iterator[Server]:
    """Keep the embedded PostgreSQL running, created at the first use; raises DatabaseError.

    What another major version has left in the data directory is copied at the first use.

    With `must_be_known` no cluster is started that ragpg did not make for this user. `system` is
    this machine's unless another one is given.
    """
    installation = find_installation(MAJOR)

    # What is not needed to ask whether there is a cluster.
    from ragpg.server.cluster import SUPERUSER
    from ragpg.server.lifecycle import share_server
    from ragpg.server.prepare import prepare_cluster

    with translate_os_errors(data_dir):
        cluster = prepare_cluster(data_dir, CLUSTER, must_be_known=must_be_known, system=system)
    if not cluster.directory.is_dir():
        from ragpg.server.upgrade import upgrade_older

        upgrade_older(cluster, major=MAJOR, installation=installation)
    with share_server(cluster, installation) as address:
        yield Server(
            host=address.host,
            port=address.port,
            user=SUPERUSER,
            data=cluster.directory,
            password=address.password,
        )
