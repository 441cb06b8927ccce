"""The embedded PostgreSQL: one server for a user, shared by every ragpg that runs at the time.

The first one that comes starts it, the last one that leaves stops it and does not wait. Who is
there, and whether the server lives, is told by locks that the kernel keeps, not by PIDs.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.server.binaries import locate
from ragpg.server.error_messages import naming

if TYPE_CHECKING:
    from collections.abc import Iterator

MAJOR = 18
CLUSTER = f"pg{MAJOR}"


@dataclass(frozen=True, slots=True)
class Server:
    """Where the embedded PostgreSQL takes connections.

    `host` is the directory of its socket, `port` a part of the socket's name, `user` its superuser,
    `data` the directory of the cluster.
    """

    host: str
    port: int
    user: str
    data: Path


def default_data_dir() -> Path:
    """Give the platform's directory for user data; for root one that other users can reach."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/ragpg")
    from platformdirs import user_data_path

    path = user_data_path("ragpg", appauthor=False)
    if not path.is_absolute():
        raise DatabaseError(
            "there is no home directory to keep the embedded PostgreSQL in",
            hint="set dataDir, or dbHost to use a PostgreSQL server",
        )
    return path


def initialised(data_dir: Path) -> bool:
    """Whether the embedded PostgreSQL was ever used here; creates nothing."""
    with naming(data_dir):
        return (data_dir / CLUSTER).is_dir()


@contextmanager
def running(data_dir: Path) -> Iterator[Server]:
    """Keep the embedded PostgreSQL running, set up if need be; raises DatabaseError."""
    installation = locate(MAJOR)

    # Windows has neither the embedded PostgreSQL nor what the rest is made of: locks, users.
    from ragpg.server.cluster import SUPERUSER, prepare
    from ragpg.server.lifecycle import session
    from ragpg.server.sockets import PORT

    with naming(data_dir):
        cluster = prepare(data_dir, CLUSTER)
    with session(cluster, installation) as host:
        yield Server(host=str(host), port=PORT, user=SUPERUSER, data=cluster.directory)
