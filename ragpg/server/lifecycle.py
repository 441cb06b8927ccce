"""Coming and going: the first starts the server, the last stops it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ragpg.server.binaries import within_reach
from ragpg.server.cluster import initialise
from ragpg.server.error_messages import naming
from ragpg.server.locks import Lock
from ragpg.server.postmaster import settle, start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg.server.cluster import Cluster


@contextmanager
def session(cluster: Cluster, installation: Path) -> Iterator[Path]:
    """Give the directory of the socket of a server that runs until the last session ends."""
    with naming(cluster.data_dir):
        mutex, users = Lock(cluster.mutex), Lock(cluster.users)
    with mutex, users:
        try:
            with naming(cluster.data_dir), mutex.held():
                directory = _enter(cluster, installation=installation, users=users)
            yield directory
        finally:
            try:
                _leave(cluster, mutex=mutex, users=users)
            except BaseException:
                # A signal that arrives while we tidy up must not leave a server behind.
                _leave(cluster, mutex=mutex, users=users)
                raise


def _enter(cluster: Cluster, *, installation: Path, users: Lock) -> Path:
    users.share()
    if directory := settle(cluster, users):
        return directory
    programs = within_reach(installation, account=cluster.account, data_dir=cluster.data_dir)
    if not cluster.directory.is_dir():
        initialise(cluster, programs)
    return start(cluster, installation=programs, users=users)


def _leave(cluster: Cluster, *, mutex: Lock, users: Lock) -> None:
    users.release()
    with naming(cluster.data_dir), mutex.held():
        if users.take():
            stop(cluster)
        users.release()
