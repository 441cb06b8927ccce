"""The database cluster: the directory that holds the databases, and its initialisation."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ragpg.errors import DatabaseError
from ragpg.server.account import ROOT_DATA_DIR, Account, choose_account
from ragpg.server.data_directory import (
    check_closed_to_others,
    create_atomically,
    find_newest,
)
from ragpg.server.known_clusters import refuse_unknown, remember
from ragpg.server.locks import Lock
from ragpg.server.shortages import explain_shortage

SUPERUSER = "ragpg"
# A fixed environment, so that no variable of the user changes the server or its messages.
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
INITDB = (
    f"--username={SUPERUSER}",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster in a canonical data directory; `account` is the user that owns and runs it.

    `must_be_known`: it runs only if ragpg made it for this user, since nobody but a file of some
    project names the directory.
    """

    data_dir: Path
    directory: Path
    account: Account
    must_be_known: bool = False

    @property
    def log(self) -> Path:
        """The file that takes the server's output; overwritten at every start."""
        return self.directory.with_suffix(".log")

    @property
    def mutex(self) -> Path:
        """The lock that is held while the server is started or stopped."""
        return self.directory.with_suffix(".mutex")

    @property
    def users(self) -> Path:
        """The lock that all processes that use the server share."""
        return self.directory.with_suffix(".users")

    @property
    def alive(self) -> Path:
        """The lock that PostgreSQL's own processes inherit: free once all of them have ended."""
        return self.directory.with_suffix(".alive")

    def read_log(self) -> str:
        """Return what the server has written since its last start."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


def prepare_cluster(data_dir: Path, name: str, *, must_be_known: bool = False) -> Cluster:
    """Create the data directory if needed, and return the cluster in it with its owner.

    Raises DatabaseError for an unknown cluster that must be known.
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
    return Cluster(data_dir, directory, account, must_be_known)


def check_reachable(data_dir: Path, account: Account) -> None:
    """Raise DatabaseError if the server's user cannot reach the data directory."""
    closed = account.find_closed(data_dir)
    if closed and closed.is_dir():
        raise DatabaseError(
            f"dataDir '{data_dir}' is out of reach of the user '{account.name}', "
            f"as whom PostgreSQL runs for root: '{closed}' is closed to others",
            hint=f"set dataDir to another directory, such as {ROOT_DATA_DIR}",
        )


def initialise_cluster(cluster: Cluster, installation: Path) -> None:
    """Create the cluster with initdb, completely or not at all; raises DatabaseError."""
    with Lock(cluster.alive) as alive, create_atomically(cluster.directory) as directory:
        alive.acquire()
        cluster.account.take_ownership(directory)
        initdb = subprocess.run(  # noqa: S603 (the program that came with ragpg)
            [installation / "bin" / "initdb", *INITDB, "--pgdata", directory],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            cwd=cluster.data_dir,
            env=ENVIRONMENT,
            start_new_session=True,
            # If this process is killed, the next one waits until initdb has ended too.
            pass_fds=[alive.descriptor],
            **cluster.account.subprocess_user,
        )
        if initdb.returncode != 0:
            raise explain_shortage(cluster.data_dir, initdb.stderr) or DatabaseError(
                f"the embedded PostgreSQL in '{cluster.data_dir}' cannot be set up: "
                f"{find_error_message(initdb.stderr) or f'initdb ended with {initdb.returncode}'}",
                hint="set dataDir to another directory, or dbHost to use a PostgreSQL server",
            )
        remember(directory)


def find_error_message(output: str) -> str:
    """Return the message of the last error in PostgreSQL's output, else its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reasons = [line for line in lines if re.search(r"\b(FATAL|PANIC|error):", line)]
    return re.sub(r"^.*?\b(?:FATAL|PANIC|error):\s+", "", (reasons or lines or [""])[-1])
