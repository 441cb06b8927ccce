"""Documents that another major version of PostgreSQL keeps: upgraded, or left alone."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from ragpg.errors import DatabaseError
from ragpg.server import run_server
from ragpg.server.binaries import ensure_reachable, find_installation
from ragpg.server.cluster import ENVIRONMENT
from ragpg.server.known_clusters import remember
from ragpg.server.lifecycle import share_server
from ragpg.server.liveness import is_alive
from ragpg.server.prepare import prepare_cluster
from tests.support.command_line import Project, new_project
from tests.support.database_state import assert_same, assert_sound, state
from tests.support.embedded import await_end, await_that, query
from tests.support.places import reachable_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.processes import Nursery

OLDER = 16
INITDB = ("--username=ragpg", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[Project]:
    """A project whose documents, in several databases and tables, an older PostgreSQL keeps."""
    data_dir = reachable_directory()
    cluster = prepare_cluster(data_dir, f"pg{OLDER}")
    programs = ensure_reachable(find_installation(OLDER), cluster)
    cluster.directory.mkdir(mode=0o700)
    cluster.account.take_ownership(cluster.directory)
    subprocess.run(
        [programs / "bin" / "initdb", *INITDB, "--pgdata", cluster.directory],
        check=True,
        capture_output=True,
        cwd="/",
        env=ENVIRONMENT,
        **cluster.account.subprocess_user,
    )
    project = new_project(tmp_path_factory.mktemp("kept"), data_dir=data_dir)
    project = project.within({"RAGPG_EMBEDDING_MODEL": str(tiny), "RAGPG_DB_NAME": 'a "b" = c'})
    for number in range(12):
        project.write(f"docs/{number}.md", f"# Apples {number}\n\nApples of kind {number}.\n")
    with share_server(cluster, find_installation(OLDER)) as address:
        with psycopg.connect(host=address.host, user="ragpg", dbname="postgres") as connection:
            connection.autocommit = True
            connection.execute('CREATE DATABASE "a ""b"" = c"')
        direct = project.within({"RAGPG_DB_HOST": address.host, "RAGPG_DB_USER": "ragpg"})
        direct.ok("ingest", "docs")
        direct.ok("ingest", "docs/1.md", "--table", "other")
        direct.ok("ingest", "docs/2.md", RAGPG_DB_NAME="postgres")
    await_that(lambda: not is_alive(cluster))
    yield project
    shutil.rmtree(data_dir)


@pytest.fixture
def library(kept: Project, data_dir: Path) -> Project:
    """The same project with a copy of its data."""
    older = Path(kept.environment["RAGPG_DATA_DIR"], f"pg{OLDER}")
    copy = data_dir / older.name
    shutil.copytree(older, copy)
    for path in (copy, *copy.rglob("*")):
        shutil.chown(path, older.stat().st_uid, older.stat().st_gid)
    return kept.within({"RAGPG_DATA_DIR": str(data_dir)})


def test_documents_of_an_older_version_are_upgraded(library: Project) -> None:
    """At the first use, whatever it is; all databases and tables, and the original is kept."""
    data_dir = Path(library.environment["RAGPG_DATA_DIR"])
    found = library.ok("search", "apples of kind 7", "--json")
    older = data_dir / f"pg{OLDER}"
    assert found.json["hits"][0]["source"] == "docs/7.md"
    assert found.err == (
        f"upgrading '{older}' to PostgreSQL 18\n"
        f"upgraded; '{older}' is not used any more and may be deleted\n"
    )
    assert library.ok("ingest", "docs").err == ""
    assert library.ok("status", "--check", "--json").json["server"]["version"].startswith("18.")
    assert len(library.ok("list", "--json").json["documents"]) == 12
    assert len(library.ok("list", "--json", "--table", "other").json["documents"]) == 1
    assert len(library.ok("list", "--json", RAGPG_DB_NAME="postgres").json["documents"]) == 1
    assert not list(data_dir.glob("upgrade*"))
    assert older.is_dir()


def test_an_upgrade_that_is_killed_is_begun_anew(library: Project, nursery: Nursery) -> None:
    """At whatever moment: the older cluster is as it was until the new one is whole."""
    for seconds in (0.3, 0.8, 1.3):
        run = nursery.start(library, "list")
        time.sleep(seconds)
        run.signalled(9)
    library.ok("ingest", "docs")
    before = state(library)
    assert len(before.documents) == 12
    library.ok("ingest", "--rebuild")
    assert_same(state(library), before)
    assert_sound(library)
    await_end(Path(library.environment["RAGPG_DATA_DIR"]))


def test_what_a_killed_upgrade_began_ends_before_the_next(
    library: Project, nursery: Nursery
) -> None:
    """Programs that copy outlive a killed ragpg: two of them must not fill the same cluster."""
    run = nursery.start(library, "list")
    await_that(lambda: find_restoring(run.pid) is not None)
    restoring = find_restoring(run.pid)
    assert restoring
    restoring.suspend()
    run.signalled(9)
    following = nursery.start(library, "list", "--json")
    await_that(lambda: "waiting" in following.err.read_text())
    restoring.resume()
    result = following.ended()
    assert result.code == 0
    assert "waiting for another ragpg, which upgrades the embedded PostgreSQL" in result.err
    assert len(result.json["documents"]) == 12


def find_restoring(pid: int) -> psutil.Process | None:
    """Return the pg_restore that a process has started, if it runs now."""
    children = psutil.Process(pid).children()
    return next((child for child in children if child.name() == "pg_restore"), None)


@pytest.mark.parametrize(
    ("major", "message", "hint"),
    [
        (
            13,
            ", which is not installed here with PostgreSQL 18",
            "use the version of ragpg that made them, or move that directory away and ingest again",
        ),
        (
            19,
            ", and this ragpg has PostgreSQL 18",
            "upgrade ragpg, or set dataDir to another directory",
        ),
    ],
)
def test_a_version_that_cannot_run(
    data_dir: Path, tmp_path: Path, major: int, message: str, hint: str
) -> None:
    """It is named by every command, and nothing is made beside it."""
    cluster = data_dir / f"pg{major}"
    cluster.mkdir()
    project = new_project(tmp_path, data_dir=data_dir)
    project.write("a.md", "# A\n")
    for command in (("list",), ("search", "a"), ("status",), ("ingest", "a.md")):
        result = project.run(*command)
        assert (result.code, result.out) == (1, "")
        assert result.err == (
            f"error: the documents in '{cluster}' are in the format of PostgreSQL {major}"
            f"{message}\nhint: {hint}; nothing was changed\n"
        )
    assert list(data_dir.iterdir()) == [cluster]


def test_a_version_in_use_is_not_upgraded(library: Project) -> None:
    """What an older program writes while its cluster is copied would be missing."""
    data_dir = Path(library.environment["RAGPG_DATA_DIR"])
    cluster = prepare_cluster(data_dir, f"pg{OLDER}")
    with share_server(cluster, find_installation(OLDER)):
        result = library.run("list")
        assert result.err == (
            f"error: another ragpg uses '{cluster.directory}', which is to be upgraded\n"
            "hint: run the command again when it has ended\n"
        )
    assert library.ok("list", "--json").json["documents"]


def test_no_prepared_cluster_is_started(library: Project) -> None:
    """What a killed upgrade seems to have left may have come with a project as well."""
    data_dir = Path(library.environment["RAGPG_DATA_DIR"])
    remember(data_dir / f"pg{OLDER}")
    (data_dir / "upgrade-to-18").mkdir()
    with (
        pytest.raises(DatabaseError, match="holds files that ragpg did not make here"),
        run_server(data_dir, must_be_known=True),
    ):
        pass
    (data_dir / "upgrade-to-18").rmdir()
    with run_server(data_dir, must_be_known=True) as server:
        assert query(server, "SHOW server_version_num") >= "180000"
    with run_server(data_dir, must_be_known=True):
        pass
