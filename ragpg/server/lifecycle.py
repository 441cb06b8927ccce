"""Sharing the server: the first process starts it, the last one stops it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from ragpg.errors import LostConnectionError
from ragpg.server.binaries import ensure_reachable
from ragpg.server.data_directory import translate_os_errors
from ragpg.server.initdb import initialise_cluster
from ragpg.server.locks import Lock
from ragpg.server.postmaster import start_server, wait_until_ready
from ragpg.server.shortages import explain_shortage
from ragpg.server.shutdown import stop_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg.server.cluster import Address, Cluster

ANOTHER = "for another ragpg, which starts or stops the embedded PostgreSQL"


@contextmanager
def share_server(cluster: Cluster, installation: Path) -> Iterator[Address]:
    """Yield the address of a server that runs until its last user leaves."""
    with translate_os_errors(cluster.data_dir):
        mutex, users = Lock(cluster.mutex), Lock(cluster.users)
    with mutex, users:
        try:
            with translate_os_errors(cluster.data_dir), mutex.hold(waiting=ANOTHER):
                address = _join(cluster, installation=installation, users=users)
                password = cluster.system.listener.read_password(cluster)
            yield replace(address, password=password)
        except LostConnectionError as error:
            shortage = explain_shortage(cluster.data_dir, cluster.read_log())
            raise shortage or error from error.__cause__
        finally:
            try:
                _leave(cluster, mutex=mutex, users=users)
            except BaseException:
                # An exception raised by a signal meanwhile must not leave a server running.
                _leave(cluster, mutex=mutex, users=users)
                raise


def _join(cluster: Cluster, *, installation: Path, users: Lock) -> Address:
    users.acquire_shared()
    if address := wait_until_ready(cluster, users):
        return address
    programs = ensure_reachable(installation, cluster)
    if not cluster.directory.is_dir():
        initialise_cluster(cluster, programs)
    return start_server(cluster, installation=programs, users=users)


def _leave(cluster: Cluster, *, mutex: Lock, users: Lock) -> None:
    users.release()
    with translate_os_errors(cluster.data_dir), mutex.hold(waiting=ANOTHER):
        if users.try_acquire():
            stop_server(cluster)
        users.release()
