"""pgbouncer before a server of the tests: transactions share its connections."""

from __future__ import annotations

import shutil
import signal
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.postgres import PASSWORD, USER, as_other_user, free_port, make_directory, wait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import Server

CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {pool}
server_lifetime = 1
"""


def find_pgbouncer() -> str | None:
    """The program, which Debian keeps where only root looks for programs."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


@contextmanager
def pooled(server: Server, *, pool: int) -> Iterator[Server]:
    """Run pgbouncer in transaction mode, with so many connections to each database."""
    program = find_pgbouncer()
    assert program
    directory, port = make_directory(), free_port()
    users, file = directory / "users", directory / "pgbouncer.ini"
    users.write_text(f'"{USER}" "{PASSWORD}"\n')
    file.write_text(CONFIGURATION.format(server=server.port, port=port, users=users, pool=pool))
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen([program, file], stdout=log, stderr=log, **as_other_user())
    pooler = replace(server, port=port, process=process, directory=Path(directory))
    try:
        wait(pooler)
        yield pooler
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        shutil.rmtree(directory)
