"""Processes that die, or are asked to end, in the middle of their work."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragpg.server.pid_file import read_pid_file
from ragpg.store.rebuild import replacement_name
from tests.support import tiny_bert
from tests.support.command_line import Project, new_project
from tests.support.database_state import (
    assert_same,
    assert_sound,
    assert_whole,
    opened,
    rows,
    state,
    undisturbed,
)
from tests.support.embedded import await_end, await_that
from tests.support.places import reachable_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.support.processes import Nursery, Run

PARTS = 5
TOPICS = ("tides", "glaciers", "volcanoes", "deserts")
PATIENCE = 60.0
"""Seconds that an end may take on a busy machine; in truth it takes a fraction of one."""


KEPT_NOTHING = "interrupted: 0 of 1 documents are written and kept; run the same command to go on\n"


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers whose seed a failure shows; TEST_SEED sets it."""
    seed = int(os.environ.get("TEST_SEED", time.time_ns() % 1_000_000))
    request.node.add_report_section("setup", "seed", f"TEST_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def fast_project(project: Project, tiny: Path) -> Project:
    """A project that embeds fast, in the server that all tests share."""
    return project.within({"RAGPG_EMBEDDING_MODEL": str(tiny)})


@pytest.fixture(scope="module")
def used_data_dir() -> Iterator[Path]:
    """A directory for an embedded PostgreSQL that runs only while a project of these tests does."""
    path = reachable_directory()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def own_server_project(tmp_path: Path, used_data_dir: Path, tiny: Path) -> Project:
    """A project that embeds fast, and has the server to itself."""
    project = new_project(tmp_path, data_dir=used_data_dir)
    return project.within({"RAGPG_EMBEDDING_MODEL": str(tiny)})


def edition(number: int) -> dict[str, str]:
    """Documents by source: all of them change from edition to edition, one changes its name."""
    made = {
        f"docs/{topic}{n}.md": f"# {topic.title()} {n}\n\nEdition {number} on {topic}.\n\n"
        + "".join(f"## Part {part}\n\nWords {number * part} of {topic}.\n\n" for part in range(n))
        for topic in TOPICS
        for n in range(PARTS)
    }
    made[f"docs/name{number}.md"] = "# The same\n\nOnly the name of this document changes.\n"
    made["docs/long.md"] = f"# Long\n\n{f'A sentence of edition {number}, again. ' * 800}\n"
    return made


def publish(project: Project, documents: Mapping[str, str]) -> None:
    """Make the project's files these documents."""
    for path in (project.directory / "docs").glob("*"):
        path.unlink()
    for source, text in documents.items():
        project.write(source, text)


def await_written(project: Project, *, edition: int, documents: int) -> None:
    """Wait until so many documents of an edition are in the table."""
    with opened(project) as store:
        query = "SELECT count(*) FROM {chunk} WHERE strpos(body, '%s') > 0"
        written = query.replace("%s", f"Edition {edition} on")
        await_that(lambda: rows(store, written)[0][0] >= documents)


# --- killed --------------------------------------------------


def test_a_killed_ingest_leaves_documents_wholly_old_or_wholly_new(
    fast_project: Project, nursery: Nursery, rng: random.Random
) -> None:
    """At whatever moment SIGKILL arrives; the next run completes what was begun."""
    publish(fast_project, edition(0))
    fast_project.ok("ingest", "docs")
    codes = []
    for number in range(1, 5):
        before, new = state(fast_project).texts(), edition(number)
        publish(fast_project, new)
        run = nursery.start(fast_project, "ingest", "docs", "--prune")
        await_written(fast_project, edition=number, documents=rng.randrange(len(TOPICS) * PARTS))
        time.sleep(rng.uniform(0, 0.02))
        codes.append(run.signalled(signal.SIGKILL).code)
        found = state(fast_project)
        assert_whole(found)
        for source, text in found.texts().items():
            assert text in (before.get(source), new.get(source))
        assert len([source for source in found.texts() if source.startswith("docs/name")]) == 1
    # Now and then one has ended before the signal arrives.
    assert -signal.SIGKILL in codes
    assert set(codes) <= {0, -signal.SIGKILL}
    assert fast_project.ok("ingest", "docs", "--prune").err == ""
    assert state(fast_project).texts() == new
    assert_same(state(fast_project), undisturbed(fast_project))
    assert_sound(fast_project)


def test_a_first_ingest_that_is_killed_is_completed_by_the_next(
    own_server_project: Project, data_dir: Path, nursery: Nursery, rng: random.Random
) -> None:
    """Cluster, server, database, extension, table: whatever is half-made is no obstacle."""
    own_server_project = own_server_project.within({"RAGPG_DATA_DIR": str(data_dir)})
    publish(own_server_project, edition(0))
    for longest in (0.3, 0.5, 0.7, 1.0):
        run = nursery.start(own_server_project, "ingest", "docs")
        time.sleep(rng.uniform(0, longest))
        run.signalled(signal.SIGKILL)
    assert nursery.start(own_server_project, "ingest", "docs").ended().code == 0
    assert_whole(state(own_server_project))
    assert state(own_server_project).texts() == edition(0)
    assert_same(state(own_server_project), undisturbed(own_server_project))
    await_end(data_dir)


def test_a_killed_rebuild_is_gone_on_with(
    fast_project: Project, nursery: Nursery, rng: random.Random
) -> None:
    """The old table serves meanwhile; what was embedded before the kill is not embedded again."""
    publish(fast_project, many())
    fast_project.ok("ingest", "docs")
    before = state(fast_project)
    kill_rebuild(fast_project, nursery, documents=rng.randrange(1, len(before.documents)))
    assert_same(state(fast_project), before)
    action = unfinished_rebuild(fast_project)
    assert action.startswith("`ragpg ingest --rebuild` finishes it; to give it up: DROP TABLE")
    totals = fast_project.ok("ingest", "--rebuild", "--json").json["totals"]
    assert totals["documents"] == len(before.documents)
    assert 0 <= totals["embedded"] < totals["chunks"] == len(before.chunks)
    assert totals["reused"] == totals["chunks"] - totals["embedded"]
    assert_whole(state(fast_project))
    assert_same(state(fast_project), before)
    assert unfinished_rebuild(fast_project) == ""
    assert_sound(fast_project)


def test_what_changes_after_a_killed_rebuild_is_carried_over(
    fast_project: Project, nursery: Nursery
) -> None:
    """Documents that are added, changed, renamed and removed before it is gone on with."""
    texts = many()
    publish(fast_project, texts)
    fast_project.ok("ingest", "docs")
    kill_rebuild(fast_project, nursery, documents=40)
    texts["docs/0.md"] += "\nOne more sentence.\n"
    texts["docs/new.md"] = "# New\n\nA new document.\n"
    texts["docs/moved.md"] = texts.pop("docs/1.md")
    del texts["docs/2.md"]
    publish(fast_project, texts)
    fast_project.ok("ingest", "docs", "--prune")
    assert unfinished_rebuild(fast_project)
    shape = fast_project.ok("ingest", "--rebuild", "--json").json
    assert {row["source"] for row in shape["documents"]} == set(texts)
    assert shape["totals"]["embedded"] < shape["totals"]["chunks"]
    assert state(fast_project).texts() == texts
    assert_same(state(fast_project), undisturbed(fast_project))
    assert_sound(fast_project)


def test_a_rebuild_to_another_model_after_a_killed_one(
    fast_project: Project, nursery: Nursery, tmp_path: Path
) -> None:
    """What was made for another model, or divided otherwise, is of no use."""
    publish(fast_project, many())
    fast_project.ok("ingest", "docs")
    kill_rebuild(fast_project, nursery, documents=40)
    other = tiny_bert.build(tmp_path / "other", dimension=16)
    other_project = fast_project.within({"RAGPG_EMBEDDING_MODEL": str(other)})
    totals = other_project.ok("ingest", "--rebuild", "--json").json["totals"]
    assert totals["embedded"] == totals["chunks"]
    assert_same(state(other_project), undisturbed(other_project))
    kill_rebuild(fast_project, nursery, documents=40)
    chunked = fast_project.within({"RAGPG_CHUNKING_MAX_TOKENS": "40"})
    totals = chunked.ok("ingest", "--rebuild", "--json").json["totals"]
    assert totals["embedded"] == totals["chunks"]
    assert_same(state(chunked), undisturbed(chunked))


def many() -> dict[str, str]:
    """Documents enough for several batches, no two passages of which have the same text."""
    return {
        f"docs/{n}.md": f"# Document {n}\n\n"
        + "".join(f"## Part {part}\n\nWords {n * part} of document {n}.\n\n" for part in range(9))
        for n in range(80)
    }


def kill_rebuild(project: Project, nursery: Nursery, *, documents: int) -> None:
    """Begin a rebuild, and kill it when so many documents are in the new table."""
    begin_rebuild(project, nursery, documents=documents).signalled(signal.SIGKILL)


def begin_rebuild(project: Project, nursery: Nursery, *, documents: int) -> Run:
    """Begin a rebuild, and wait until so many documents are in the new table."""
    run = nursery.start(project, "ingest", "--rebuild")
    with opened(project) as store:
        new = replace(store.table, name=replacement_name(store.table))
        table = new.regclass("document")
        is_there = "SELECT to_regclass(%s) IS NOT NULL"
        execute = store.table.connection.execute
        await_that(lambda: execute(is_there, [table]).fetchall() == [(True,)])
        written = "SELECT count(*) FROM {document}"
        await_that(lambda: new.select_column(int, written)[0] >= documents)
    return run


def unfinished_rebuild(project: Project) -> str:
    """What `status` advises after a rebuild that was not finished, and "" where there is none."""
    checks = project.ok("status", "--check", "--json").json["checks"]
    return "".join(check["action"] for check in checks if check["name"] == "rebuild")


# --- asked to end --------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGHUP, 143)])
def test_an_ingest_that_is_asked_to_end_ends_at_once(
    own_server_project: Project, nursery: Nursery, rng: random.Random, number: int, code: int
) -> None:
    """Quickly, with nothing half-written and no server left behind; what is kept is counted."""
    publish(own_server_project, edition(0))
    own_server_project.ok("ingest", "docs")
    for attempt in range(1, 10):
        new = edition(attempt)
        publish(own_server_project, new)
        # With one at least: before, there is nothing to tell.
        written = rng.randrange(1, len(TOPICS) * PARTS // 2)
        with opened(own_server_project):
            run = nursery.start(own_server_project, "ingest", "docs")
            await_written(own_server_project, edition=attempt, documents=written)
        started = time.monotonic()
        result = run.signalled(number)
        assert time.monotonic() - started < PATIENCE
        if result.code != 0:  # else it had come to its end before the signal
            break
    assert (result.code, result.out) == (code, "")
    await_end(data_dir_of(own_server_project))
    found = state(own_server_project)
    assert_whole(found)
    kept = sum(text == new.get(source) for source, text in found.texts().items())
    assert result.err == (
        f"interrupted: {kept} of {len(new)} documents are written and kept; "
        "run the same command to go on\n"
    )


def test_a_rebuild_that_is_asked_to_end_says_what_the_new_table_has(
    fast_project: Project, nursery: Nursery, rng: random.Random
) -> None:
    """To the document, and that the old table is searched; the same command goes on with it."""
    publish(fast_project, many())
    fast_project.ok("ingest", "docs")
    run = begin_rebuild(fast_project, nursery, documents=rng.randrange(1, 50))
    result = run.signalled(signal.SIGINT)
    assert (result.code, result.out) == (130, "")
    with opened(fast_project) as store:
        new = replace(store.table, name=replacement_name(store.table))
        [kept] = new.select_column(int, "SELECT count(*) FROM {document}")
    assert result.err == (
        f"interrupted: {kept} of 80 documents are in the new table and kept; run the same "
        "command to go on with it, until then the old one is searched\n"
    )
    documents = fast_project.ok("ingest", "--rebuild", "--json").json["documents"]
    assert (len(documents), sum(d["embedded"] == 0 for d in documents)) == (80, kept)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_statement_that_waits_is_cancelled(
    fast_project: Project, nursery: Nursery, number: int, code: int
) -> None:
    """Whoever waits for another writer can be asked to end, and the server knows at once."""
    fast_project.write("a.md", "# A\n\nFirst.\n")
    fast_project.ok("ingest", "a.md")
    fast_project.write("a.md", "# A\n\nSecond.\n")
    with opened(fast_project) as store, store.table.connection.transaction():
        store.table.lock()
        run = nursery.start(fast_project, "ingest", "a.md")
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        await_that(lambda: rows(store, waiting) == [(1,)])
        result = run.signalled(number)
        assert (result.code, result.out, result.err) == (code, "", KEPT_NOTHING)
        assert rows(store, waiting) == [(0,)]
    assert state(fast_project).texts() == {"a.md": "# A\n\nFirst.\n"}


@pytest.mark.framework
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_program_that_is_loading_its_model_ends_at_once(
    own_server_project: Project, rng: random.Random, tmp_path: Path, number: int, code: int
) -> None:
    """Even while PyTorch is being imported, which does not bear exceptions."""
    own_server_project.write("a.md", "# A\n\nOnly one.\n")
    own_server_project.ok("ingest", "a.md")
    await_end(data_dir_of(own_server_project))
    model = tiny_bert.add_dense(tiny_bert.build(tmp_path / "model", dimension=32), dimension=16)
    settings = {"RAGPG_EMBEDDING_MODEL": str(model), "RAGPG_TABLE_NAME": "another"}
    process = start_command(own_server_project.within(settings), "ingest", "a.md")
    await_that(lambda: read_pid_file(data_dir_of(own_server_project) / "pg18").ready)
    time.sleep(rng.uniform(0, 2))
    *ended, err = send_signal(process, number)
    assert ended == [code, ""]
    assert err in {"", KEPT_NOTHING}
    await_end(data_dir_of(own_server_project))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_program_that_starts_ends_at_once(
    project: Project, rng: random.Random, number: int, code: int
) -> None:
    """From the first imports on, there is no traceback."""
    for _ in range(3):
        process = start_command(project, "list")
        await_that(partial(handles_signals, process.pid))
        time.sleep(rng.uniform(0, 0.1))
        assert send_signal(process, number) == (code, "", "")


def start_command(project: Project, *arguments: str) -> subprocess.Popen[str]:
    """Start ragpg as a shell does."""
    return subprocess.Popen(
        [sys.executable, "-m", "ragpg", *arguments],
        cwd=project.directory,
        env={**os.environ, **project.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def send_signal(process: subprocess.Popen[str], number: int) -> tuple[int, str, str]:
    """Send a signal, and give exit code and output."""
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def handles_signals(process: int) -> bool:
    """Whether a process handles signals in its own way."""
    status = Path(f"/proc/{process}/status").read_text()
    [mask] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")]
    # Python handles SIGINT from its start, and SIGTERM only once we say so.
    return bool(int(mask, 16) >> (signal.SIGTERM - 1) & 1)


def data_dir_of(project: Project) -> Path:
    """Where the project's embedded PostgreSQL lives."""
    return Path(project.environment["RAGPG_DATA_DIR"])
