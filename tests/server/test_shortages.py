"""Too little room on the disk, or too few files, for the embedded PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import DatabaseError
from ragpg.server import run_server
from ragpg.store.connection import Target, connect
from ragpg.store.statements import transaction
from tests.support.embedded import await_end, query

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZE = 90_000_000
WRITE = "SELECT pg_logical_emit_message(true, '', repeat('x', 1000000))"
MESSAGE = "the disk of the embedded PostgreSQL is full: '{}' has "
HINT = "free 100 MB there, then run the command again: what was ingested before is kept"


@pytest.fixture
def disk(elsewhere: Path) -> Iterator[Path]:
    """A file system of little size, where the system lets these tests make one."""
    options = ["-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs"]
    if os.geteuid() != 0 or subprocess.run(["mount", *options, elsewhere], check=False).returncode:
        pytest.skip("only root mounts file systems")
    yield elsewhere
    subprocess.run(["umount", "-l", elsewhere], check=True)


def fill(disk: Path) -> Path:
    """Write to a file until there is no room left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filler


def test_a_full_disk_is_named_at_each_start_until_there_is_room(disk: Path) -> None:
    """Questions are answered as long as the server has to write nothing; no data are lost."""
    data_dir = disk / "data"
    with run_server(data_dir) as server:
        query(server, "CREATE TABLE kept AS SELECT 7 AS number")
    await_end(data_dir)
    filler = fill(disk)
    with run_server(data_dir) as server:
        assert query(server, "SELECT number FROM kept") == 7
    await_end(data_dir)
    filler.unlink()
    with pytest.raises(DatabaseError) as caught:
        write_until_it_fails(data_dir, disk)
    assert "is full: " in caught.value.message
    for _ in range(2):
        with pytest.raises(DatabaseError) as caught, run_server(data_dir):
            pass
        assert caught.value.message.startswith(MESSAGE.format(data_dir))
        assert caught.value.hint == HINT
    (disk / "filler").unlink()
    with run_server(data_dir) as server:
        assert query(server, "SELECT number FROM kept") == 7
    await_end(data_dir)


def write_until_it_fails(data_dir: Path, disk: Path) -> None:
    """Fill the disk while the server runs, and then its write-ahead log."""
    with run_server(data_dir) as server:
        fill(disk)
        target = Target({"host": server.host, "user": "ragpg", "dbname": "postgres"})
        with closing(connect(target)) as connection:
            while True:
                with transaction(connection):
                    connection.execute(WRITE)


def test_a_disk_too_small_for_a_cluster_is_named(disk: Path) -> None:
    """Also where nothing is there yet, and nothing half-made stays."""
    fill(disk)
    with pytest.raises(DatabaseError) as caught, run_server(disk / "data"):
        pass
    assert caught.value.message == MESSAGE.format(disk / "data") + "0 MB left"
    assert not list((disk / "data").glob("pg18*new*"))


def test_too_few_files_are_named(used: Path) -> None:
    """The limit is that of the shell which started the command."""
    script = (
        "import sys; from pathlib import Path\n"
        "from ragpg.errors import DatabaseError; from ragpg.server import run_server\n"
        "try:\n    with run_server(Path(sys.argv[1])): pass\n"
        "except DatabaseError as error: print(error.message, '|', error.hint)\n"
    )
    few = ["sh", "-c", 'ulimit -n 24; exec "$@"', "sh", sys.executable, "-c", script, str(used)]
    process = subprocess.run(few, check=True, capture_output=True, text=True)
    assert process.stdout == (
        "the embedded PostgreSQL may not open enough files: `ulimit -n` is 24 "
        "| raise it: ulimit -n 1024\n"
    )
