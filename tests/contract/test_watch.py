"""`ragpg watch`: the table follows the files, whatever editors, git and servers do."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ragpg.documents.changes import Changes
from ragpg.errors import RagpgError
from tests.support.command_line import Project, new_project
from tests.support.embedded import alive, await_end, await_that, postmaster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.processes import Nursery, Run

PATIENCE = 60.0
"""Seconds that a change may take on a busy machine; it takes less than two otherwise."""


class Watcher:
    """A process that watches, and the lines that it has printed."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.seen = 0
        self.has_ended = False

    @property
    def lines(self) -> list[dict[str, Any]]:
        """All lines so far."""
        return [json.loads(line) for line in self.run.out.read_text().splitlines(keepends=True)]

    def next(self, count: int = 1) -> list[tuple[str, str]]:
        """Wait for the next lines; return status and source of each."""
        await_condition(lambda: len(self.lines) >= self.seen + count, self.run)
        new = self.lines[self.seen : self.seen + count]
        self.seen += count
        return [(line.get("status", "error"), line.get("source", "")) for line in new]

    def begin(self) -> None:
        """Wait until everything is ingested."""
        await_condition(lambda: "watching; " in self.run.err.read_text(), self.run)
        self.seen = len(self.lines)

    def end(self) -> None:
        """End it as Ctrl-C does; there is nothing more that it has printed."""
        self.has_ended = True
        assert self.run.signalled(signal.SIGINT).code == 130
        assert self.lines[self.seen :] == []


def await_condition(holds: Callable[[], bool], run: Run) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, (run.out.read_text(), run.err.read_text())
        time.sleep(0.05)


@pytest.fixture
def project(project: Project) -> Project:
    """A project with documents and its own table."""
    made = project.with_own_table()
    for name in ("a", "b", "more/c"):
        made.write(f"docs/{name}.md", f"# {name}\n\nThe office cat is called {name}.\n")
    return made


@pytest.fixture
def watch(
    project: Project, nursery: Nursery, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Watcher]]:
    """Starts watching, and ends it after the test."""
    started: list[Watcher] = []

    def start(*arguments: str, within: Project = project, **environment: str) -> Watcher:
        run = nursery.start(within, "watch", *(arguments or ("docs",)), "--json", **environment)
        watcher = Watcher(run)
        started.append(watcher)
        watcher.begin()
        return watcher

    yield start
    for watcher in started:
        if not watcher.has_ended:
            watcher.run.signalled(signal.SIGKILL)


def sources(project: Project) -> list[str]:
    """The documents in the table."""
    return [each["source"] for each in project.ok("list", "--json").json["documents"]]


def test_a_day_of_editing(project: Project, watch: Callable[..., Watcher]) -> None:
    """Everything is ingested, then what is made, changed, replaced, moved and deleted."""
    watcher = watch()
    added = {line["source"] for line in watcher.lines}
    assert added == {"docs/a.md", "docs/b.md", "docs/more/c.md"}
    docs = project.directory / "docs"

    project.write("docs/new.md", "# New\n")
    assert watcher.next() == [("added", "docs/new.md")]
    project.write("docs/new.md", "# New\n\nMore.\n")
    assert watcher.next() == [("changed", "docs/new.md")]

    project.write("docs/.new.md.swp", "# New\n\nWritten beside it, and put in its place.\n")
    (docs / ".new.md.swp").rename(docs / "new.md")
    assert watcher.next() == [("changed", "docs/new.md")]

    (docs / "new.md").unlink()
    time.sleep(0.5)
    project.write("docs/new.md", "# New\n\nDeleted, and written anew.\n")
    assert watcher.next() == [("changed", "docs/new.md")]

    (docs / "new.md").rename(docs / "more" / "old.md")
    assert watcher.next() == [("renamed", "docs/more/old.md")]
    assert watcher.lines[-1]["previous_source"] == "docs/new.md"
    assert watcher.lines[-1]["embedded"] == 0
    (docs / "more").rename(docs / "moved")
    assert set(watcher.next(2)) == {
        ("renamed", "docs/moved/c.md"),
        ("renamed", "docs/moved/old.md"),
    }

    (docs / "a.md").unlink()
    assert watcher.next() == [("missing", "docs/a.md")]
    project.write("docs/b.md", "# B\n")
    assert watcher.next() == [("changed", "docs/b.md")]  # and not what is missing, again
    assert set(watcher.lines[-1]) == {
        "source", "origin", "status", "previous_source", "chunks", "embedded", "reused", "error",
        "warning", "reason", "time",
    }  # fmt: skip
    watcher.end()
    assert sources(project) == ["docs/a.md", "docs/b.md", "docs/moved/c.md", "docs/moved/old.md"]


def test_deleted_files_are_pruned(project: Project, watch: Callable[..., Watcher]) -> None:
    """With --prune; a file that an editor deletes and writes again is not."""
    watcher = watch("docs", "--prune")
    docs = project.directory / "docs"
    (docs / "b.md").unlink()
    assert watcher.next() == [("removed", "docs/b.md")]
    (docs / "a.md").unlink()
    time.sleep(0.5)
    project.write("docs/a.md", "# A\n\nWritten anew.\n")
    assert watcher.next() == [("changed", "docs/a.md")]
    shutil.rmtree(docs / "more")
    assert watcher.next() == [("removed", "docs/more/c.md")]
    watcher.end()
    assert sources(project) == ["docs/a.md"]


def test_what_is_ignored(project: Project, watch: Callable[..., Watcher]) -> None:
    """Rules that change are obeyed at once; what is named is read all the same."""
    project.write(".gitignore", "build/\n")
    project.write("build/api.md", "# Api\n")
    project.write("build/other.md", "# Other\n")
    watcher = watch(".", "build/api.md", "--prune")
    assert "build/other.md" not in sources(project)
    project.write(".gitignore", "build/\nb.md\n")
    assert watcher.next() == [("removed", "docs/b.md")]
    project.write("build/other.md", "# Another\n")
    project.write("build/api.md", "# Changed\n")
    assert watcher.next() == [("changed", "build/api.md")]
    project.write(".gitignore", "")
    assert set(watcher.next(2)) == {("added", "build/other.md"), ("added", "docs/b.md")}
    watcher.end()


def test_single_files_and_globs(project: Project, watch: Callable[..., Watcher]) -> None:
    """A file that is replaced is followed; what the paths don't mean is left alone."""
    project.write("notes.txt", "Notes.\n")
    watcher = watch("notes.txt", "docs/*.md")
    assert {line["source"] for line in watcher.lines} == {"notes.txt", "docs/a.md", "docs/b.md"}
    project.write("other.txt", "Other notes.\n").rename(project.directory / "notes.txt")
    assert watcher.next() == [("changed", "notes.txt")]
    project.write("docs/more/c.md", "# Changed\n")
    project.write("docs/d.md", "# D\n")
    assert watcher.next() == [("added", "docs/d.md")]
    watcher.end()


def test_a_directory_that_is_replaced(project: Project, watch: Callable[..., Watcher]) -> None:
    """While it is away nothing is pruned, and it is watched again when it is back."""
    watcher = watch("docs", "--prune")
    docs, away = project.directory / "docs", project.directory / "away"
    docs.rename(away)
    assert watcher.next() == [("failed", "docs")]
    away.rename(docs)
    project.write("docs/d.md", "# D\n")
    assert watcher.next() == [("added", "docs/d.md")]
    watcher.end()
    assert len(sources(project)) == 4


def test_failures_are_told_once(project: Project, watch: Callable[..., Watcher]) -> None:
    """A file that is no document fails, and is ingested when it is one."""
    watcher = watch()
    project.write("docs/broken.md", b"\xff\xfe")
    assert watcher.next() == [("failed", "docs/broken.md")]
    project.write("docs/a.md", "# Changed\n")
    assert watcher.next() == [("changed", "docs/a.md")]
    project.write("docs/broken.md", "# Mended\n")
    assert watcher.next() == [("added", "docs/broken.md")]
    watcher.end()


def test_polling(project: Project, watch: Callable[..., Watcher]) -> None:
    """Where the system reports nothing, --poll looks for changes."""
    watcher = watch("docs", "--poll")
    project.write("docs/d.md", "# D\n")
    assert watcher.next() == [("added", "docs/d.md")]
    watcher.end()


def test_lines_for_people(project: Project, nursery: Nursery) -> None:
    """One for each change, with the time, what was done and how much there is."""
    for name in ("a", "b", "more/c"):
        project.write(f"docs/{name}.md", f"# {name}\n\nNo other test writes of cat {name}.\n")
    run = nursery.start(project, "watch", "docs")
    await_condition(lambda: "watching; " in run.err.read_text(), run)
    (project.directory / "docs/a.md").rename(project.directory / "docs/z.md")
    await_condition(lambda: "renamed" in run.out.read_text(), run)
    result = run.signalled(signal.SIGINT)
    assert (result.code, result.err) == (130, "watching; Ctrl-C ends it\n")
    lines = [line[10:] for line in result.out.splitlines()]
    assert lines == [
        "added     docs/a.md  1 chunks, 1 embedded",
        "added     docs/b.md  1 chunks, 1 embedded",
        "added     docs/more/c.md  1 chunks, 1 embedded",
        "renamed   docs/z.md (from docs/a.md)  1 chunks, 0 embedded",
    ]


@pytest.fixture
def own_server(tmp_path: Path, data_dir: Path) -> Project:
    """A project that has an embedded PostgreSQL to itself."""
    made = new_project(tmp_path / "own", data_dir=data_dir)
    made.write("docs/a.md", "# A\n")
    return made


def test_a_server_that_is_killed(
    own_server: Project, data_dir: Path, watch: Callable[..., Watcher]
) -> None:
    """It is started again for the next change."""
    watcher = watch(within=own_server)
    os.kill(postmaster(data_dir), signal.SIGKILL)
    await_that(lambda: not alive(data_dir))
    own_server.write("docs/b.md", "# B\n")
    assert watcher.next() == [("added", "docs/b.md")]
    watcher.end()
    assert sources(own_server) == ["docs/a.md", "docs/b.md"]


def test_an_idle_server_is_let_go(
    own_server: Project, data_dir: Path, watch: Callable[..., Watcher]
) -> None:
    """And started again for the next change; Ctrl-C leaves none behind."""
    watcher = watch("docs", "--idle", "1", within=own_server)
    await_condition(lambda: not alive(data_dir), watcher.run)
    own_server.write("docs/b.md", "# B\n")
    assert watcher.next() == [("added", "docs/b.md")]
    watcher.end()
    await_end(data_dir)


@pytest.mark.parametrize("poll", [False, True])
def test_nothing_is_missed_between_two_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, poll: bool
) -> None:
    """What happens before the first wait is reported, and what is hidden is not."""
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()
    for directory in (tmp_path, Path(".git")):
        os.utime(directory, (0, 0))  # so that the next second begins, for who compares times
    with Changes([tmp_path], [], polls=poll) as changes:
        Path(".git/index").write_text("")
        Path("a.md").write_text("")
        assert changes.wait(30).paths == {str(tmp_path.resolve() / "a.md")}
        assert not changes.wait(0.1)


def test_a_limit_of_the_system_is_told(tmp_path: Path) -> None:
    """In one line, with what to do about it."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (used, limits[1]))
    try:
        with pytest.raises(RagpgError) as caught, Changes([tmp_path], []):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert caught.value.message.startswith("the directories cannot be watched: ")
    assert "--poll" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-"], "error: standard input cannot be watched\nhint: name files or directories\n"),
        ([""], "error: PATH is empty\n"),
        (["docs", "--root", "gone"], "error: --root 'gone' is not a directory\n"),
    ],
)
def test_usage(project: Project, arguments: list[str], message: str) -> None:
    """What cannot be watched is refused."""
    result = project.run("watch", *arguments)
    assert (result.code, result.err) == (2, message)
