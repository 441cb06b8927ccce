"""A directory that only a project's file names: no cluster in it starts that ragpg did not make."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import DatabaseError
from ragpg.server import run_server
from ragpg.server.binaries import find_installation
from ragpg.server.lifecycle import share_server
from ragpg.server.prepare import prepare_cluster
from tests.support.embedded import await_end, query

if TYPE_CHECKING:
    from pathlib import Path

LOGIN_TRIGGER = """
CREATE FUNCTION public.run() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN COPY (SELECT 1) TO PROGRAM 'touch {}'; END $$;
CREATE EVENT TRIGGER run ON login EXECUTE FUNCTION public.run();
"""


def prepare(data_dir: Path, *, way: str, mark: Path) -> None:
    """Make a cluster that touches a file once it runs."""
    with run_server(data_dir) as server:
        if way == "login trigger":
            query(server, LOGIN_TRIGGER.format(mark))
    await_end(data_dir)
    if way == "archive_command":
        with (data_dir / "pg18" / "postgresql.conf").open("a") as file:
            file.write(
                f"archive_mode = on\narchive_timeout = 1\narchive_command = 'touch {mark}'\n"
            )


@pytest.mark.parametrize("way", ["archive_command", "login trigger"])
def test_a_prepared_cluster_does_not_start(
    data_dir: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """On another machine, where nobody made it, it is refused before anything of it runs."""
    elsewhere.chmod(0o777)
    mark = elsewhere / "mark"
    prepare(data_dir, way=way, mark=mark)
    mark.unlink(missing_ok=True)
    log = (data_dir / "pg18.log").read_bytes()

    monkeypatch.setenv("XDG_STATE_HOME", str(elsewhere / "other-state"))
    with pytest.raises(DatabaseError) as caught, run_server(data_dir, must_be_known=True):
        pass
    assert caught.value.message.startswith(f"dataDir '{data_dir}' holds files that ragpg did not")
    assert caught.value.hint == "if they are yours, set RAGPG_DATA_DIR to the same directory"
    assert (data_dir / "pg18.log").read_bytes() == log
    assert not mark.exists()


def test_a_cluster_of_ones_own_starts(data_dir: Path) -> None:
    """What ragpg made for this user runs again, wherever the directory is moved."""
    with run_server(data_dir, must_be_known=True) as server:
        assert query(server, "SELECT 1") == 1
    await_end(data_dir)
    with run_server(data_dir, must_be_known=True) as server:
        assert query(server, "SELECT 1") == 1


@pytest.mark.parametrize("linked", ["pg18", "pg18/global", "pg18/global/pg_control"])
def test_a_link_to_a_known_cluster_makes_nothing_known(
    used: Path, data_dir: Path, linked: str
) -> None:
    """The configuration of one cluster is not vouched for by the identifier of another."""
    path = data_dir / linked
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(used / linked)
    with pytest.raises(DatabaseError), run_server(data_dir, must_be_known=True):
        pass


def test_a_new_cluster_is_not_made_beside_foreign_files(data_dir: Path) -> None:
    """Programs and links could have come with the directory; locks of ours may be there."""
    (data_dir / "pg18.mutex").touch()
    for name in ("binaries-1", "pg18.new-1", "pg16", "upgrade-to-18", "link"):
        extra = data_dir / ("pg18.log" if name == "link" else name)
        extra.symlink_to("/etc/passwd") if name == "link" else extra.mkdir()
        with pytest.raises(DatabaseError), run_server(data_dir, must_be_known=True):
            pass
        assert not (data_dir / "pg18").exists(), name
        extra.unlink() if name == "link" else extra.rmdir()
    with run_server(data_dir, must_be_known=True) as server:
        assert query(server, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_programs_come_from_no_project(
    data_dir: Path, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the server's user cannot reach the installed ones, the copy lies outside."""
    home = find_installation(18).parent
    closed = tmp_path / "closed"
    shutil.copytree(home, closed / home.name)
    shutil.copytree(home.with_name(f"{home.name}.libs"), closed / f"{home.name}.libs")
    closed.chmod(0o700)
    monkeypatch.setattr("ragpg.server.binaries.ROOT_DATA_DIR", elsewhere)
    cluster = prepare_cluster(data_dir, "pg18", must_be_known=True)
    with share_server(cluster, closed / home.name / "pginstall18") as address:
        assert query(address.host, "SELECT 1") == 1
    assert [path.name.partition("-")[0] for path in elsewhere.iterdir()] == ["binaries"]
    assert not list(data_dir.glob("binaries*"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_a_copy_that_others_can_change_is_made_anew(data_dir: Path, tmp_path: Path) -> None:
    """Programs in a directory that is not root's alone are not run."""
    home = find_installation(18).parent
    closed = tmp_path / "closed"
    shutil.copytree(home, closed / home.name)
    shutil.copytree(home.with_name(f"{home.name}.libs"), closed / f"{home.name}.libs")
    closed.chmod(0o700)
    installation = closed / home.name / "pginstall18"
    with share_server(prepare_cluster(data_dir, "pg18"), installation):
        pass
    await_end(data_dir)
    [copy] = data_dir.glob("binaries-*")
    (copy / "planted").touch()
    copy.chmod(0o777)
    with share_server(prepare_cluster(data_dir, "pg18"), installation):
        pass
    assert not (copy / "planted").exists()


def test_a_directory_that_everybody_may_change_is_refused(data_dir: Path) -> None:
    """Another user could exchange what the server runs with."""
    data_dir.chmod(0o777)
    with pytest.raises(DatabaseError) as caught, run_server(data_dir):
        pass
    assert caught.value.message.startswith(f"every user may change dataDir '{data_dir}'")
    assert caught.value.hint is not None
    assert f"chmod o-w {data_dir}" in caught.value.hint
    data_dir.chmod(0o755)
    with run_server(data_dir) as server:
        assert query(server, "SELECT 1") == 1


def test_the_log_is_written_through_no_link(used: Path, elsewhere: Path) -> None:
    """What a link in its place leads to stays as it is."""
    victim = elsewhere / "victim"
    victim.write_text("precious")
    log = used / "pg18.log"
    log.unlink(missing_ok=True)
    log.symlink_to(victim)
    with pytest.raises(DatabaseError), run_server(used):
        pass
    assert victim.read_text() == "precious"
    log.unlink()
