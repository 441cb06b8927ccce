"""The data directory is made ready, and the cluster in it found, with the user that runs it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.server.account import ROOT_DATA_DIR, choose_account
from ragpg.server.cluster import Cluster
from ragpg.server.data_directory import check_closed_to_others, find_newest
from ragpg.server.known_clusters import refuse_unknown
from ragpg.server.systems import choose_system

if TYPE_CHECKING:
    from ragpg.server.account import Account
    from ragpg.server.cluster import System


def prepare_cluster(
    data_dir: Path, name: str, *, must_be_known: bool = False, system: System | None = None
) -> Cluster:
    """Create the data directory if needed, and return the cluster in it with its owner.

    `system` is this machine's unless another one is given. Raises DatabaseError for an unknown
    cluster that must be known.
    """
    data_dir = Path(os.path.realpath(data_dir))
    directory = data_dir / name
    # One of another major version, which is to be upgraded, is trusted and owned as the new one is.
    present = directory if directory.is_dir() else find_newest(data_dir) or directory
    if must_be_known:
        refuse_unknown(data_dir, present)
    account = choose_account(present)
    mode = 0o700
    if account.subprocess_user:
        check_reachable(data_dir, account)
        mode = 0o755
    for directory_on_path in reversed((data_dir, *data_dir.parents)):
        if not directory_on_path.exists():
            directory_on_path.mkdir(exist_ok=True)
            directory_on_path.chmod(mode)
    check_closed_to_others(data_dir)
    return Cluster(data_dir, directory, account, system or choose_system(), must_be_known)


def check_reachable(data_dir: Path, account: Account) -> None:
    """Raise DatabaseError if the server's user cannot reach the data directory."""
    closed = account.find_closed(data_dir)
    if closed and closed.is_dir():
        raise DatabaseError(
            f"dataDir '{data_dir}' is out of reach of the user '{account.name}', "
            f"as whom PostgreSQL runs for root: '{closed}' is closed to others",
            hint=f"set dataDir to another directory, such as {ROOT_DATA_DIR}",
        )
