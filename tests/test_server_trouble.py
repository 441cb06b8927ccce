"""The embedded PostgreSQL where things went wrong: crashes, PID files, sockets, permissions."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from ragpg.errors import DatabaseError
from ragpg.server import running
from ragpg.server.binaries import LIBRARIES, PACKAGE, locate
from ragpg.server.cluster import prepare
from ragpg.server.pid_file import read_pid_file
from ragpg.server.session import session
from ragpg.server.sockets import LONGEST
from tests.conftest import reachable_directory
from tests.embedded import alive, await_end, await_that, holding, postmaster, query

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not ROOT, reason="only root runs the server as another user")


@pytest.fixture(scope="module")
def used() -> Iterator[Path]:
    """A data directory that was used before, its server gone: one for all tests here."""
    path = reachable_directory()
    with running(path):
        pass
    await_end(path)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def cluster(used: Path) -> Path:
    """The cluster in it."""
    return used / "pg18"


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A directory for sockets, or to be in the way."""
    path = reachable_directory()
    yield path
    shutil.rmtree(path, ignore_errors=True)


def put(path: Path, content: bytes) -> None:
    """Write a file as the server would have left it."""
    path.write_bytes(content)
    owner = path.parent.stat()
    os.chown(path, owner.st_uid, owner.st_gid)


WHOLE = "{pid}\n{cluster}\n1700000000\n5432\n/tmp/ragpg-gone\n\n  2146358        12\nready   \n"


@pytest.mark.parametrize(
    "content",
    [
        *("", "\n", "{pid}", "{pid}\n{cluster}\n17", WHOLE),
        *("{dead}", "{dead}\n{cluster}\n17", WHOLE.replace("{pid}", "{dead}")),
        *("-1\n", "0\n", "99999999999999999999\n", "\0\xff\n\0"),
    ],
)
def test_a_pid_file_of_a_server_that_is_gone_is_no_obstacle(cluster: Path, content: str) -> None:
    """Empty, cut off, garbled, of a dead process or of a living one that is another."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    text = content.format(pid=os.getpid(), dead=ended.pid, cluster=cluster)
    put(cluster / "postmaster.pid", text.encode("latin-1"))
    with running(cluster.parent) as server:
        assert query(server, "SELECT 1") == 1
    await_end(cluster.parent)


def test_a_killed_server_recovers_what_was_committed(used: Path) -> None:
    """After SIGKILL of the server, the next use finds what was committed."""
    with running(used) as server:
        query(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        os.kill(postmaster(used), signal.SIGKILL)
    with running(used) as server:
        assert query(server, "SELECT sum(number) FROM kept") == 500500
    await_end(used)


def test_the_next_server_waits_for_the_orphans_of_a_killed_one(used: Path) -> None:
    """Two servers never work in one cluster, even if the first one lost its head."""
    with running(used) as server:
        connection = psycopg.connect(host=server.host, user="ragpg", dbname="postgres")
        orphan = connection.info.backend_pid
        os.kill(orphan, signal.SIGSTOP)
        os.kill(postmaster(used), signal.SIGKILL)
        with holding(used) as next_one:
            with pytest.raises(subprocess.TimeoutExpired):
                next_one.process.wait(0.5)
            assert alive(used)
            os.kill(orphan, signal.SIGCONT)
            assert query(next_one.host(), "SELECT 1") == 1
            assert next_one.leave() == 0
        connection.close()
    await_end(used)


def test_a_crashed_session_is_waited_for(used: Path) -> None:
    """While the server reinitialises after a crash, nobody gets a server that refuses."""
    with running(used) as server:
        connection = psycopg.connect(host=server.host, user="ragpg", dbname="postgres")
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with running(used) as same:
            assert query(same, "SELECT 1") == 1
        connection.close()
    await_end(used)


def test_a_server_started_by_hand_is_left_alone(cluster: Path, elsewhere: Path) -> None:
    """Someone's own server in our cluster is named, and not harmed."""
    account = prepare(cluster.parent, "pg18").account
    account.own(elsewhere)
    program = locate(18) / "bin" / "postgres"
    with subprocess.Popen(
        [program, "-D", cluster, "-k", elsewhere, "-c", "listen_addresses="],
        stderr=subprocess.DEVNULL,
        cwd="/",
        **account.switch,
    ) as by_hand:
        try:
            await_that(lambda: read_pid_file(cluster).ready)
            with pytest.raises(DatabaseError) as caught, running(cluster.parent):
                pass
            assert query(str(elsewhere), "SELECT 1") == 1
        finally:
            by_hand.send_signal(signal.SIGINT)
    assert caught.value.message == (
        f"a PostgreSQL that ragpg did not start works in '{cluster}', as process {by_hand.pid}"
    )


def test_a_server_that_does_not_start_says_why(cluster: Path) -> None:
    """The last word of the log is the message, its place the hint."""
    before = (cluster / "postgresql.auto.conf").read_bytes()
    put(cluster / "postgresql.auto.conf", b"nonsense = 1\n")
    with pytest.raises(DatabaseError) as caught, running(cluster.parent):
        pass
    put(cluster / "postgresql.auto.conf", before)
    assert caught.value.message == (
        f"the embedded PostgreSQL in '{cluster}' does not start: "
        f'configuration file "{cluster}/postgresql.auto.conf" contains errors'
    )
    assert caught.value.hint == f"its log is {cluster.parent}/pg18.log"
    assert not alive(cluster.parent)


def test_a_socket_directory_that_was_cleaned_away_costs_a_restart(used: Path) -> None:
    """A server that a killed process left behind is no use without its socket."""
    with holding(used) as killed:
        host = killed.host()
        killed.signal(signal.SIGKILL)
    before = postmaster(used)
    shutil.rmtree(host)
    with running(used) as server:
        assert query(server, "SELECT 1") == 1
        assert postmaster(used) != before
    await_end(used)


def test_a_socket_directory_cleaned_away_under_another_process_is_said(used: Path) -> None:
    """Nobody stops a server that another process still talks to."""
    with holding(used) as other:
        host = other.host()
        shutil.rmtree(host)
        with pytest.raises(DatabaseError) as caught, running(used):
            pass
        assert caught.value.message == (
            f"the socket of the embedded PostgreSQL, in '{host}', was removed "
            "while another ragpg uses the server"
        )
        assert alive(used)
        assert other.leave() == 0
    await_end(used)


@pytest.mark.parametrize("way", ["open", "link", pytest.param("foreign", marks=only_root)])
def test_a_socket_directory_that_somebody_else_made_is_never_used(
    used: Path, elsewhere: Path, way: str
) -> None:
    """Open to others, a link, or another user's: the socket goes to another directory."""
    with running(used) as server:
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
        with running(used) as server, running(used) as same:
            assert Path(server.host).parent == hijacked.parent
            assert server.host == same.host != str(hijacked)
            assert query(server, "SELECT 1") == 1
        await_end(used)
        assert list(hijacked.iterdir()) == []
    finally:
        hijacked.unlink() if hijacked.is_symlink() else hijacked.rmdir()


def test_processes_with_other_runtime_directories_meet(used: Path, elsewhere: Path) -> None:
    """The socket is where the first one's environment put it, for all."""
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
            assert len(os.fsencode(host)) + len("/.s.PGSQL.5432") <= LONGEST
            assert query(host, "SELECT 1") == 1
            assert holder.leave() == 0
        await_end(used)


def test_a_data_directory_that_is_a_file_is_named(elsewhere: Path) -> None:
    """An error of the system names the setting and the place."""
    (elsewhere / "file").touch()
    with pytest.raises(DatabaseError) as caught, running(elsewhere / "file" / "data"):
        pass
    assert caught.value.message == (
        f"dataDir '{elsewhere}/file/data' cannot be used: Not a directory ('{elsewhere}/file/data')"
    )


@pytest.mark.skipif(ROOT, reason="root may write everywhere")
def test_a_data_directory_that_cannot_be_written_is_named(elsewhere: Path) -> None:
    """A closed parent is named, and the way out."""
    elsewhere.chmod(0o555)
    with pytest.raises(DatabaseError) as caught, running(elsewhere / "data"):
        pass
    assert caught.value.message == (
        f"dataDir '{elsewhere}/data' cannot be used: Permission denied ('{elsewhere}/data')"
    )
    assert caught.value.hint == (
        "set dataDir to a directory that you can write to, or dbHost to use a PostgreSQL server"
    )


@only_root
def test_a_data_directory_out_of_the_server_s_reach_is_named(elsewhere: Path) -> None:
    """Root may enter, the server's user may not: that is said before anything is made."""
    elsewhere.chmod(0o700)
    with pytest.raises(DatabaseError) as caught, running(elsewhere / "data"):
        pass
    account = prepare(Path(tempfile.gettempdir()), "pg18").account
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
    source = locate(18).parents[1]
    for part in (f"{PACKAGE}/pginstall18", *LIBRARIES):
        if (source / part).exists():
            shutil.copytree(source / part, closed / part)
    closed.chmod(0o700)
    installation = closed / PACKAGE / "pginstall18"
    for _ in range(2):
        with session(prepare(data_dir, "pg18"), installation) as host:
            query(str(host), "CREATE EXTENSION IF NOT EXISTS vector")
            assert query(str(host), "SELECT '[3,4]'::vector <-> '[0,0]'") == 5
        await_end(data_dir)
    assert len(list(data_dir.glob("binaries-*"))) == 1
    assert closed.stat().st_mode & 0o777 == 0o700


@only_root
def test_a_cluster_keeps_its_owner(data_dir: Path) -> None:
    """Who owned the cluster yesterday runs it today, whichever users were added since."""
    with running(data_dir):
        pass
    await_end(data_dir)
    for path in (data_dir / "pg18", *(data_dir / "pg18").rglob("*")):
        os.chown(path, 12345, 12345)
    with running(data_dir) as server:
        assert query(server, "SELECT 1") == 1
        assert os.lstat(server.host).st_uid == 12345
    await_end(data_dir)


@only_root
def test_a_user_unknown_to_the_system_is_told_so(elsewhere: Path) -> None:
    """PostgreSQL cannot set up a cluster for a bare number, as `docker --user` gives one."""
    elsewhere.chmod(0o777)
    os.seteuid(54321)
    try:
        with pytest.raises(DatabaseError) as caught, running(elsewhere / "data"):
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
        "from ragpg.errors import DatabaseError; from ragpg.server import running\n"
        "try:\n    with running(Path('/nowhere')): pass\n"
        "except DatabaseError as error: print(error.message, '|', error.hint)\n"
    )
    bare = [sys.executable, "-I", "-S", "-c", script, str(Path(__file__).parents[1])]
    done = subprocess.run(bare, check=True, capture_output=True, text=True)
    assert done.stdout == (
        "no embedded PostgreSQL 18 is installed here | set dbHost to use a PostgreSQL server\n"
    )
