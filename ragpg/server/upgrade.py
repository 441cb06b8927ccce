"""Databases of an older PostgreSQL are copied into a new cluster, by pg_dump and pg_restore.

The older cluster stays as it was, and the new one gets its name at the end: whatever goes wrong,
nothing is lost, and the next command begins anew.
"""

from __future__ import annotations

import logging
import os
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.server.binaries import find_installation, find_program
from ragpg.server.cluster import ENVIRONMENT, SUPERUSER, find_error_message
from ragpg.server.data_directory import list_clusters, translate_os_errors
from ragpg.server.known_clusters import refuse_unknown
from ragpg.server.lifecycle import share_server
from ragpg.server.liveness import poll_while_alive
from ragpg.server.locks import Lock
from ragpg.server.shortages import explain_shortage

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.server.cluster import Address, Cluster

ANOTHER = "for another ragpg, which upgrades the embedded PostgreSQL"
STOP_TIMEOUT = 600.0
"""Seconds: the last checkpoint takes as long as the disk is slow. Chosen by hand."""
LIST_DATABASES = "SELECT datname FROM pg_database WHERE datallowconn AND datname <> 'template1'"
# The server has one user, and perhaps no other role than its superuser's.
DUMP = ("pg_dump", "--format=custom", "--compress=0", "--no-privileges")
RESTORE = ("pg_restore", "--create", "--clean", "--if-exists", "--exit-on-error", "--no-owner")

logger = logging.getLogger("ragpg")


def upgrade_older(cluster: Cluster, *, major: int, installation: Path) -> None:
    """Fill a new cluster from the newest older one in its data directory, if there is one.

    Raises DatabaseError where that cannot be done.
    """
    others = list_clusters(cluster.data_dir)
    if not others:
        return
    older = replace(cluster, directory=others[max(others)])
    programs = find_older_installation(older, max(others), major=major)
    new = replace(cluster, directory=cluster.directory.with_name(f"upgrade-to-{major}"))
    with (
        translate_os_errors(cluster.data_dir),
        Lock(cluster.mutex) as mutex,
        mutex.hold(waiting=ANOTHER),
    ):
        if cluster.directory.is_dir():
            return
        refuse_used(older)
        if cluster.must_be_known and new.directory.is_dir():
            refuse_unknown(new.data_dir, new.directory)
        logger.warning("upgrading '%s' to PostgreSQL %d", older.directory, major)
        with share_server(older, programs) as source, share_server(new, installation) as target:
            for database in list_databases(source, installation):
                copy_database(
                    database, source, target, installation, data_dir=new.data_dir, lock=mutex
                )
        for _ in poll_while_alive(new, seconds=STOP_TIMEOUT):
            pass
        new.directory.rename(cluster.directory)
        for path in (new.log, new.mutex, new.users, new.alive):
            path.unlink(missing_ok=True)
    logger.warning("upgraded; '%s' is not used any more and may be deleted", older.directory)


def find_older_installation(older: Cluster, found: int, *, major: int) -> Path:
    """Return the programs that run the cluster of another major version; raises DatabaseError."""
    message = f"the documents in '{older.directory}' are in the format of PostgreSQL {found}"
    if found > major:
        raise DatabaseError(
            f"{message}, and this ragpg has PostgreSQL {major}",
            hint="upgrade ragpg, or set dataDir to another directory; nothing was changed",
        )
    try:
        return find_installation(found)
    except DatabaseError as error:
        raise DatabaseError(
            f"{message}, which is not installed here with PostgreSQL {major}",
            hint="use the version of ragpg that made them, or move that directory away and "
            "ingest again; nothing was changed",
        ) from error


def refuse_used(older: Cluster) -> None:
    """Raise DatabaseError if another program, of an older version, uses a cluster."""
    with Lock(older.users) as users:
        if not users.try_acquire():
            raise DatabaseError(
                f"another ragpg uses '{older.directory}', which is to be upgraded",
                hint="run the command again when it has ended",
            )


def list_databases(server: Address, installation: Path) -> list[str]:
    """Return the names of the databases that people may have put something into."""
    command = [*client("psql", server, installation), "--no-psqlrc", "--tuples-only", "--no-align"]
    command += ["--record-separator-zero", "--dbname=postgres", "--command", LIST_DATABASES]
    listed = subprocess.run(  # noqa: S603 (a program that came with ragpg)
        command, check=True, capture_output=True, encoding="utf-8", env=environment(server)
    )
    return [name for name in listed.stdout.split("\0") if name.strip()]


def copy_database(
    database: str,
    source: Address,
    target: Address,
    installation: Path,
    *,
    data_dir: Path,
    lock: Lock,
) -> None:
    """Copy a database from one server to another; raises DatabaseError.

    The programs that copy keep the lock: they outlive this process if it is killed, and until they
    have ended too, nobody else may begin anew.
    """
    dump = [*client(DUMP[0], source, installation), *DUMP[1:]]
    restore = [*client(RESTORE[0], target, installation), *RESTORE[1:], "--dbname=template1"]
    # A name in the variable is not read as a connection string.
    named = {**environment(source), "PGDATABASE": database}
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603
        dump, stdout=pipe, stderr=pipe, env=named, **lock.inherited
    ) as dumping:
        try:
            restoring = subprocess.run(  # noqa: S603
                restore,
                check=False,
                stdin=dumping.stdout,
                stderr=pipe,
                env=environment(target),
                **lock.inherited,
            )
        finally:
            # It ends by itself unless its reader has ended early.
            dumping.stdout.close() if dumping.stdout else None
            _, earlier = dumping.communicate()
    if dumping.returncode or restoring.returncode:
        output = (earlier + restoring.stderr).decode(errors="replace")
        raise explain_shortage(data_dir, output) or DatabaseError(
            f"the database '{database}' cannot be copied to a newer PostgreSQL: "
            f"{find_error_message(output)}",
            hint="nothing was lost: use the version of ragpg that made it",
        )


def client(name: str, server: Address, installation: Path) -> list[str]:
    """Return the command of a client that connects to a server."""
    program = os.fspath(find_program(installation, name))
    return [program, f"--host={server.host}", f"--port={server.port}", f"--username={SUPERUSER}"]


def environment(server: Address) -> dict[str, str]:
    """Return the environment of such a client: others can see a command, and not what is in it."""
    return ENVIRONMENT | ({"PGPASSWORD": server.password} if server.password else {})
