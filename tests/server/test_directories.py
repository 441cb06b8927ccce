"""The directories of the embedded PostgreSQL: data, programs, socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ragpg.errors import DatabaseError
from ragpg.server import run_server
from ragpg.server.binaries import LIBRARIES, PACKAGE, find_installation
from ragpg.server.lifecycle import share_server
from ragpg.server.prepare import prepare_cluster
from ragpg.server.sockets import MAX_ADDRESS_LENGTH
from tests.support.embedded import await_end, holding, query

ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not ROOT, reason="only root runs the server as another user")


@pytest.mark.parametrize("way", ["open", "link", pytest.param("foreign", marks=only_root)])
def test_a_socket_directory_that_somebody_else_made_is_never_used(
    used: Path, elsewhere: Path, way: str
) -> None:
    """Open to others, a link, or another user's: the socket goes to another directory."""
    with run_server(used) as server:
        hijacked = Path(server.host)
    await_end(used)
    if way == "link":
        elsewhere.chmod(0o700)
        hijacked.symlink_to(elsewhere)
    else:
        hijacked.mkdir()
        hijacked.chmod(0o777 if way == "open" else 0o700)
    if way == "foreign":
        os.chown(hijacked, 12345, 12345)
    try:
        with run_server(used) as server, run_server(used) as same:
            assert Path(server.host).parent == hijacked.parent
            assert server.host == same.host != str(hijacked)
            assert query(server, "SELECT 1") == 1
        await_end(used)
        assert list(hijacked.iterdir()) == []
    finally:
        hijacked.unlink() if hijacked.is_symlink() else hijacked.rmdir()


def test_processes_with_other_runtime_directories_meet(used: Path, elsewhere: Path) -> None:
    """The first process decides, for all, where the socket is."""
    first_place, second_place = elsewhere / "first", elsewhere / "second"
    for place in (first_place, second_place):
        place.mkdir()
        place.chmod(0o755)
    with holding(used, XDG_RUNTIME_DIR=str(first_place)) as first:
        host = first.host()
        assert Path(host).parent == first_place
        with holding(used, XDG_RUNTIME_DIR=str(second_place)) as second:
            assert second.host() == host
            assert (first.leave(), second.leave()) == (0, 0)
    await_end(used)
    assert list(elsewhere.glob("*/*")) == []


@pytest.mark.parametrize("variable", ["XDG_RUNTIME_DIR", "TMPDIR"])
def test_a_long_or_open_directory_gets_no_socket(
    used: Path, elsewhere: Path, variable: str
) -> None:
    """Where the socket's path would be too long, or others could replace it, it goes to /tmp."""
    long = elsewhere / ("x" * 80)
    long.mkdir()
    long.chmod(0o755)
    unsafe = elsewhere / "open"
    unsafe.mkdir()
    unsafe.chmod(0o777)
    for place in (long, unsafe):
        with holding(used, **{"TMPDIR": "/tmp", variable: str(place)}) as holder:
            host = holder.host()
            assert Path(host).parent == Path("/tmp").resolve()
            assert len(os.fsencode(host)) + len("/.s.PGSQL.5432") <= MAX_ADDRESS_LENGTH
            assert query(host, "SELECT 1") == 1
            assert holder.leave() == 0
        await_end(used)


def test_a_data_directory_that_is_a_file_is_named(elsewhere: Path) -> None:
    """An error of the system names the setting and the place."""
    (elsewhere / "file").touch()
    with pytest.raises(DatabaseError) as caught, run_server(elsewhere / "file" / "data"):
        pass
    assert caught.value.message == (
        f"dataDir '{elsewhere}/file/data' cannot be used: Not a directory ('{elsewhere}/file/data')"
    )


@pytest.mark.skipif(ROOT, reason="root may write everywhere")
def test_a_data_directory_that_cannot_be_written_is_named(elsewhere: Path) -> None:
    """A closed parent is named, and the way out."""
    elsewhere.chmod(0o555)
    with pytest.raises(DatabaseError) as caught, run_server(elsewhere / "data"):
        pass
    assert caught.value.message == (
        f"dataDir '{elsewhere}/data' cannot be used: Permission denied ('{elsewhere}/data')"
    )
    assert caught.value.hint == (
        "set dataDir to a directory that you can write to, or dbHost to use a PostgreSQL server"
    )


@only_root
def test_a_data_directory_out_of_the_server_s_reach_is_named(elsewhere: Path) -> None:
    """Root may enter, the server's user may not: that is reported before anything is created."""
    elsewhere.chmod(0o700)
    with pytest.raises(DatabaseError) as caught, run_server(elsewhere / "data"):
        pass
    account = prepare_cluster(Path(tempfile.gettempdir()), "pg18").account
    assert caught.value.message == (
        f"dataDir '{elsewhere}/data' is out of reach of the user '{account.name}', "
        f"as whom PostgreSQL runs for root: '{elsewhere}' is closed to others"
    )
    assert caught.value.hint == "set dataDir to another directory, such as /var/lib/ragpg"
    assert list(elsewhere.iterdir()) == []
    assert elsewhere.stat().st_mode & 0o777 == 0o700


@only_root
def test_programs_out_of_the_server_s_reach_are_copied(data_dir: Path, elsewhere: Path) -> None:
    """A virtual environment that is closed to others works, and stays closed."""
    closed = elsewhere / "closed"
    source = find_installation(18).parents[1]
    for part in (f"{PACKAGE}/pginstall18", *LIBRARIES):
        if (source / part).exists():
            shutil.copytree(source / part, closed / part)
    closed.chmod(0o700)
    installation = closed / PACKAGE / "pginstall18"
    for _ in range(2):
        with share_server(prepare_cluster(data_dir, "pg18"), installation) as address:
            query(address.host, "CREATE EXTENSION IF NOT EXISTS vector")
            assert query(address.host, "SELECT '[3,4]'::vector <-> '[0,0]'") == 5
        await_end(data_dir)
    assert len(list(data_dir.glob("binaries-*"))) == 1
    assert closed.stat().st_mode & 0o777 == 0o700


@only_root
def test_a_cluster_keeps_its_owner(data_dir: Path) -> None:
    """Who owned the cluster yesterday runs it today, whichever users were added since."""
    with run_server(data_dir):
        pass
    await_end(data_dir)
    for path in (data_dir / "pg18", *(data_dir / "pg18").rglob("*")):
        os.chown(path, 12345, 12345)
    with run_server(data_dir) as server:
        assert query(server, "SELECT 1") == 1
        assert os.lstat(server.host).st_uid == 12345
    await_end(data_dir)


@only_root
def test_a_user_unknown_to_the_system_is_reported(elsewhere: Path) -> None:
    """PostgreSQL cannot set up a cluster for a bare number, as `docker --user` gives one."""
    elsewhere.chmod(0o777)
    os.seteuid(54321)
    try:
        with pytest.raises(DatabaseError) as caught, run_server(elsewhere / "data"):
            pass
    finally:
        os.seteuid(0)
    assert caught.value.message == (
        "the embedded PostgreSQL cannot be set up by user 54321: the system has no such user"
    )
    assert caught.value.hint == (
        "run as a user that has an entry in /etc/passwd, or set dbHost to use a PostgreSQL server"
    )


def test_without_the_programs_dbhost_is_the_way_out() -> None:
    """Where there is no wheel, as on Windows, the error names the alternative."""
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from ragpg.errors import DatabaseError; from ragpg.server import run_server\n"
        "try:\n    with run_server(Path('/nowhere')): pass\n"
        "except DatabaseError as error: print(error.message, '|', error.hint)\n"
    )
    bare = [sys.executable, "-I", "-S", "-c", script, str(Path(__file__).parents[2])]
    process = subprocess.run(bare, check=True, capture_output=True, text=True)
    assert process.stdout == (
        "no embedded PostgreSQL 18 is installed here | set dbHost to use a PostgreSQL server\n"
    )
