"""A new cluster is made by initdb, completely or not at all."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.server.binaries import find_program
from ragpg.server.cluster import ENVIRONMENT, SUPERUSER, find_error_message
from ragpg.server.data_directory import create_atomically
from ragpg.server.known_clusters import remember
from ragpg.server.shortages import explain_shortage

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.server.cluster import Cluster

INITDB = (
    f"--username={SUPERUSER}",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
)


def initialise_cluster(cluster: Cluster, installation: Path) -> None:
    """Create the cluster with initdb; raises DatabaseError."""
    system = cluster.system
    with (
        # If this process is killed, the next one waits until initdb has ended too.
        system.processes.supervise(cluster) as supervision,
        create_atomically(cluster.directory) as directory,
    ):
        cluster.account.take_ownership(directory)
        with system.listener.protect(cluster, directory) as protection:
            initdb = subprocess.run(  # noqa: S603 (the program that came with ragpg)
                [
                    find_program(installation, "initdb"),
                    *INITDB,
                    *protection,
                    *("--pgdata", directory),
                ],
                check=False,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                stdin=subprocess.DEVNULL,
                cwd=cluster.data_dir,
                env=ENVIRONMENT,
                **supervision,
            )
            if initdb.returncode != 0:
                raise explain_failure(cluster, initdb.stderr, initdb.returncode)
        remember(directory)


def explain_failure(cluster: Cluster, output: str, code: int) -> DatabaseError:
    """Return the error to show where initdb wrote `output` and ended with a code."""
    return explain_shortage(cluster.data_dir, output) or DatabaseError(
        f"the embedded PostgreSQL in '{cluster.data_dir}' cannot be set up: "
        f"{find_error_message(output) or f'initdb ended with {code}'}",
        hint="set dataDir to another directory, or dbHost to use a PostgreSQL server",
    )
