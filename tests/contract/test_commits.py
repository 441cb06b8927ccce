"""`ragpg ingest --at`: documents as they are in a commit, without a checkout."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.git import Repository, make_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Project, Result

FIRST = {
    "docs/leave.md": "# Leave\n\nAnnual leave is twenty days.\n",
    "docs/cats.md": "# Cats\n\nThe office cat is called Tom.\n",
    "docs/gone.md": "# Gone\n\nThis page is deleted later.\n",
    "docs/notes.txt": "No document.\n",
    "docs/.hidden/a.md": "# Hidden\n",
    "docs/node_modules/a.md": "# Not ours\n",
    "README.md": "# Readme\n",
}


@pytest.fixture
def repository(project: Project) -> Repository:
    """A repository with two versions, v1 and v2; the files are those of neither."""
    made = make_repository(project.directory)
    for name, text in FIRST.items():
        project.write(name, text)
    made.commit("v1")
    project.write("docs/leave.md", "# Leave\n\nAnnual leave is thirty days.\n")
    (project.directory / "docs/cats.md").rename(project.directory / "docs/pets.md")
    (project.directory / "docs/gone.md").unlink()
    made.commit("v2")
    shutil.rmtree(project.directory / "docs")
    return made


@pytest.fixture
def project(project: Project) -> Project:
    """A project whose database others share."""
    return project.within({"RAGPG_DB_NAME": "many"})


@pytest.fixture
def table(project: Project) -> str:
    """A table of this test's own."""
    return project.with_own_table().environment["RAGPG_TABLE_NAME"]


def ingest(project: Project, *arguments: str) -> Result:
    """Ingest a commit."""
    return project.ok("ingest", *arguments, "--json")


def statuses(result: Result) -> dict[str, str]:
    """The status of each document."""
    return {document["source"]: document["status"] for document in result.json["documents"]}


def documents(project: Project, table: str) -> dict[str, Any]:
    """The documents in the table by their sources."""
    listed = project.ok("list", "--table", table, "--json").json["documents"]
    return {document["source"]: document for document in listed}


def test_a_version_is_ingested(project: Project, repository: Repository, table: str) -> None:
    """Sources are paths, there is no origin, and metadata and citations have the commit."""
    result = ingest(project, "docs", "--at", "v1", "--table", table)
    assert statuses(result) == {
        "docs/cats.md": "added",
        "docs/gone.md": "added",
        "docs/leave.md": "added",
    }
    sha = repository.git("rev-parse", "v1")
    for document in documents(project, table).values():
        assert (document["origin"], document["commit"]) == (None, sha)
    question = ("How many days is annual leave?", "--table", table)
    answer = project.ok("ask", *question, "--json").json
    assert "twenty" in answer["answer"]
    assert {citation["commit"] for citation in answer["citations"]} == {sha}
    assert f"docs/leave.md:L1-L3 (at {sha[:10]})" in project.ok("ask", *question).out
    found = project.ok("search", "leave", "--filter", f"commit == {sha}", "--table", table)
    assert "docs/leave.md" in found.out
    assert not (project.directory / "docs").exists()
    assert repository.git("status", "--porcelain", "--untracked-files=no").startswith("D docs/")


def test_versions_follow_each_other(project: Project, repository: Repository, table: str) -> None:
    """In one table: renamed, changed and unchanged documents get the new commit, gone ones go."""
    ingest(project, ".", "--at", "v1", "--table", table)
    plan = statuses(ingest(project, ".", "--at", "v2", "--table", table, "--plan"))
    result = ingest(project, ".", "--at", "v2", "--table", table)
    assert (
        statuses(result)
        == plan
        == {
            "README.md": "unchanged",
            "docs/leave.md": "changed",
            "docs/pets.md": "renamed",
            "docs/gone.md": "missing",
        }
    )
    assert result.json["totals"]["embedded"] <= 1
    sha = {name: repository.git("rev-parse", name) for name in ("v1", "v2")}
    found = {source: each["commit"] for source, each in documents(project, table).items()}
    assert found.pop("docs/gone.md") == sha["v1"]
    assert set(found.values()) == {sha["v2"]}
    pruned = statuses(ingest(project, "docs", "--at", "v2", "--table", table, "--prune"))
    assert pruned["docs/gone.md"] == "removed"
    assert set(statuses(ingest(project, ".", "--at", "v2", "--table", table)).values()) == {
        "unchanged"
    }
    project.ok("ingest", "--rebuild", "--table", table)
    assert {each["commit"] for each in documents(project, table).values()} == {sha["v2"]}


def test_files_of_the_disk_are_left_alone(
    project: Project, repository: Repository, table: str
) -> None:
    """A version does not take the place of a file that is there, nor prune it."""
    project.write("docs/leave.md", "# Leave\n\nAnnual leave is forty days.\n")
    project.write("docs/own.md", "# Own\n")
    ingest(project, "docs", "--table", table)
    result = project.run("ingest", "docs", "--at", "v1", "--table", table, "--prune", "--json")
    assert result.code == 1
    assert statuses(result)["docs/leave.md"] == "failed"
    assert "docs/own.md" not in statuses(result)
    shutil.rmtree(project.directory / "docs")
    assert statuses(ingest(project, "docs", "--at", "v1", "--table", table))["docs/leave.md"] == (
        "changed"
    )
    project.write("docs/leave.md", FIRST["docs/leave.md"])
    result = ingest(project, "docs/leave.md", "--table", table)
    assert statuses(result) == {"docs/leave.md": "unchanged"}
    leave = documents(project, table)["docs/leave.md"]
    assert leave["origin"]
    assert "commit" not in leave


def test_paths(project: Project, repository: Repository, table: str) -> None:
    """Files, globs and excluded ones, from a directory below, too."""
    named = statuses(ingest(project, "docs/notes.txt", "--at", "v1", "--table", table))
    assert named == {"docs/notes.txt": "added"}
    globbed = ingest(project, "docs/*a*.md", "--at", "v1", "--table", table, "--exclude", "cats.md")
    assert statuses(globbed) == {"docs/leave.md": "added"}
    below = project.directory / "below"
    below.mkdir()
    inside = type(project)(below, project.environment)
    result = statuses(ingest(inside, "../docs/cats.md", "--at", "v1", "--table", table))
    assert result == {"docs/cats.md": "added"}
    missing = project.run("ingest", "docs/pets.md", "--at", "v1", "--table", table)
    assert missing.code == 1
    assert "it is not in the commit" in missing.err


def test_links_submodules_pointers_and_large_files(
    project: Project, repository: Repository, table: str
) -> None:
    """None of them is read; each that is named says why."""
    project.write("docs/real.md", "# Real\n")
    (project.directory / "docs/link.md").symlink_to("/etc/passwd")
    project.write("docs/pointer.md", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n")
    project.write("docs/large.md", "x" * 2000)
    project.write("docs/latin.md", b"caf\xe9\n")
    repository.git("add", "--all")
    sha = repository.git("rev-parse", "v1")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{sha},docs/module.md")
    repository.git("commit", "--quiet", "--message", "odd")
    arguments = ("--at", "HEAD", "--table", table, "--json")
    result = project.run("ingest", "docs", *arguments, RAGPG_INGEST_MAX_FILE_BYTES="1000")
    assert result.code == 1
    errors = {d["source"]: d["error"] for d in result.json["documents"]}
    assert "link.md" not in str(errors)
    assert "module.md" not in str(errors)
    assert errors["docs/real.md"] is None
    assert "Git LFS" in errors["docs/pointer.md"]
    assert "more than maxFileBytes" in errors["docs/large.md"]
    assert "not valid UTF-8" in errors["docs/latin.md"]
    for name, reason in (("link.md", "it is a link"), ("module.md", "it is a submodule")):
        failed = project.run("ingest", f"docs/{name}", *arguments)
        assert reason in failed.json["documents"][0]["error"]


def test_nothing_of_the_repository_is_run(
    project: Project, repository: Repository, table: str, tmp_path: Path
) -> None:
    """Neither filters, hooks, text conversion, monitors nor transports, whatever it configures."""
    witness = tmp_path / "witness"
    script = tmp_path / "script"
    script.write_text(f'#!/bin/sh\necho "$0 $@" >> {witness}\ncat\n')
    script.chmod(0o755)
    project.write("docs/a.md", "# A\n\nVerbatim.\n")
    project.write(".gitattributes", "*.md filter=evil diff=evil text eol=crlf\n")
    repository.commit("v3")
    for key, value in {
        "filter.evil.smudge": str(script),
        "filter.evil.clean": str(script),
        "filter.evil.process": str(script),
        "diff.evil.textconv": str(script),
        "diff.external": str(script),
        "core.fsmonitor": str(script),
        "core.sshCommand": str(script),
        "core.pager": str(script),
        "core.askPass": str(script),
        "pager.ls-tree": "true",
        "core.hooksPath": str(tmp_path),
        "alias.rev-parse": f"!{script}",
        "credential.helper": f"!{script}",
        "remote.origin.url": f"ext::{script}",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "extensions.partialClone": "origin",
        "protocol.ext.allow": "always",
        "gpg.program": str(script),
        "log.showSignature": "true",
    }.items():
        repository.git("config", key, value)
    lost = repository.git("rev-parse", "v1:docs/cats.md")
    (project.directory / ".git/objects" / lost[:2] / lost[2:]).unlink()
    attacked = project.within({"GIT_EXTERNAL_DIFF": str(script), "GIT_SSH_COMMAND": str(script)})
    witness.unlink(missing_ok=True)
    result = attacked.run("ingest", "docs", "--at", "v1", "--table", table, "--json")
    assert (
        "git fetch" in {d["source"]: d["error"] for d in result.json["documents"]}["docs/cats.md"]
    )
    assert statuses(result)["docs/leave.md"] == "added"
    ingest(project, "docs/a.md", "--at", "v3", "--table", table)
    found = project.ok("search", "verbatim", "--table", table, "--json").json["hits"][0]
    assert found["text"] == "# A\n\nVerbatim."
    assert not witness.exists(), witness.read_text()


def test_a_repository_of_somebody_else(
    project: Project, repository: Repository, table: str
) -> None:
    """Can be read, as in a container that has mounted it."""
    if os.geteuid():
        pytest.skip("only root can give files away")
    for path in (project.directory, *project.directory.rglob("*")):
        os.lchown(path, 12345, 12345)
    assert "docs/leave.md" in statuses(ingest(project, "docs", "--at", "v1", "--table", table))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["docs", "--at", "v1"], "error: --at needs --table"),
        (["docs", "--at", "v9", "--table", "t"], "error: 'v9' names no commit of "),
        (["docs", "--at", "--help", "--table", "t"], "error: '--help' is no revision"),
        (["docs", "--at", "", "--table", "t"], "error: '' is no revision"),
        (["docs", "--at", "v1:docs", "--table", "t"], "error: 'v1:docs' names no commit of "),
        (["-", "--name", "a.md", "--at", "v1", "--table", "t"], "error: --at does not go with -"),
        (["docs", "--rebuild", "--at", "v1", "--table", "t"], "error: --at does not go with --re"),
    ],
)
def test_usage(
    project: Project, repository: Repository, arguments: list[str], message: str
) -> None:
    """What cannot be read is refused."""
    result = project.run("ingest", *arguments)
    assert result.code == 2
    assert result.err.startswith(message)


def test_outside_of_a_repository(project: Project, table: str, tmp_path: Path) -> None:
    """There is no commit; a path of another repository is refused."""
    result = project.run("ingest", str(tmp_path), "--at", "v1", "--table", table)
    assert (result.code, "is in no git repository" in result.err) == (2, True)
