"""The directory that holds the databases, and how it is made."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ragpg.errors import DatabaseError
from ragpg.server.account import Account, account_for
from ragpg.server.atomic_directory import built_aside
from ragpg.server.locks import Lock

SUPERUSER = "ragpg"
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
    """A cluster's place in a canonical data directory, and the user that owns it."""

    data_dir: Path
    directory: Path
    account: Account

    @property
    def log(self) -> Path:
        """Where the server's output of this run goes."""
        return self.directory.with_suffix(".log")

    @property
    def mutex(self) -> Path:
        """The lock of whoever starts or stops the server."""
        return self.directory.with_suffix(".mutex")

    @property
    def users(self) -> Path:
        """The lock that all who use the server share."""
        return self.directory.with_suffix(".users")

    @property
    def alive(self) -> Path:
        """The lock that PostgreSQL's own processes keep: free only when the last one is gone."""
        return self.directory.with_suffix(".alive")


def prepare(data_dir: Path, name: str) -> Cluster:
    """Make the data directory and find out who owns the cluster in it."""
    data_dir = Path(os.path.realpath(data_dir))
    directory = data_dir / name
    account = account_for(directory)
    mode = 0o700
    if account.switch:
        refuse_barrier(data_dir, account)
        mode = 0o755
    for place in reversed((data_dir, *data_dir.parents)):
        if not place.exists():
            place.mkdir(exist_ok=True)
            place.chmod(mode)
    return Cluster(data_dir, directory, account)


def refuse_barrier(data_dir: Path, account: Account) -> None:
    """Say so if the server's user cannot reach the data directory."""
    barrier = account.barrier(data_dir)
    if barrier and barrier.is_dir():
        raise DatabaseError(
            f"dataDir '{data_dir}' is out of reach of the user '{account.name}', "
            f"as whom PostgreSQL runs for root: '{barrier}' is closed to others",
            hint="set dataDir to another directory, such as /var/lib/ragpg",
        )


def initialise(cluster: Cluster, installation: Path) -> None:
    """Make the cluster; a kill in the middle leaves no half-made one in its place."""
    with Lock(cluster.alive) as alive, built_aside(cluster.directory) as aside:
        alive.take_when_free()
        cluster.account.own(aside)
        done = subprocess.run(  # noqa: S603 (the program that came with ragpg)
            [installation / "bin" / "initdb", *INITDB, "--pgdata", aside],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            cwd=cluster.data_dir,
            env=ENVIRONMENT,
            start_new_session=True,
            # Should we be killed, the next process waits until initdb has ended, too.
            pass_fds=[alive.descriptor],
            **cluster.account.switch,
        )
        if done.returncode != 0:
            raise DatabaseError(
                f"the embedded PostgreSQL in '{cluster.data_dir}' cannot be set up: "
                f"{last_words(done.stderr) or f'initdb ended with {done.returncode}'}",
                hint="set dataDir to another directory, or dbHost to use a PostgreSQL server",
            )


def last_words(output: str) -> str:
    """Pick the line that says why PostgreSQL gave up."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reasons = [line for line in lines if re.search(r"\b(FATAL|PANIC|error):", line)]
    return re.sub(r"^.*?\b(?:FATAL|PANIC|error):\s+", "", (reasons or lines or [""])[-1])
