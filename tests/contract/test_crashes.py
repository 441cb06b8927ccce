"""Processes that die, or are asked to end, in the middle of their work."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ragpg.server.pid_file import read_pid_file
from ragpg.store.registry import lock
from tests.conftest import reachable_directory
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ragpg.store.connection import Connection
    from tests.support.processes import Nursery

PARTS = 5
TOPICS = ("tides", "glaciers", "volcanoes", "deserts")
QUICK = 5.0
"""Seconds that an end may take on a busy machine; in truth it takes a twentieth of them."""


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers whose seed a failure shows; TEST_SEED sets it."""
    seed = int(os.environ.get("TEST_SEED", time.time_ns() % 1_000_000))
    request.node.add_report_section("setup", "seed", f"TEST_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def library(project: Project, tiny: Path) -> Project:
    """A project that embeds fast, in the server that all tests share."""
    return project.within({"RAGPG_EMBEDDING_MODEL": str(tiny)})


@pytest.fixture(scope="module")
def used_data_dir() -> Iterator[Path]:
    """A directory for an embedded PostgreSQL that runs only while a project of these tests does."""
    path = reachable_directory()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def alone(tmp_path: Path, used_data_dir: Path, tiny: Path) -> Project:
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
    library: Project, nursery: Nursery, chance: random.Random
) -> None:
    """Whenever SIGKILL strikes; and the next run completes what was begun."""
    publish(library, edition(0))
    library.ok("ingest", "docs")
    for number in range(1, 5):
        before, new = state(library).texts(), edition(number)
        publish(library, new)
        run = nursery.start(library, "ingest", "docs", "--prune")
        await_written(library, edition=number, documents=chance.randrange(len(TOPICS) * PARTS))
        time.sleep(chance.uniform(0, 0.02))
        assert run.signalled(signal.SIGKILL).code == -signal.SIGKILL
        found = state(library)
        assert_whole(found)
        for source, text in found.texts().items():
            assert text in (before.get(source), new.get(source))
        assert len([source for source in found.texts() if source.startswith("docs/name")]) == 1
    assert library.ok("ingest", "docs", "--prune").err == ""
    assert state(library).texts() == new
    assert_same(state(library), undisturbed(library))
    assert_sound(library)


def test_a_first_ingest_that_is_killed_is_completed_by_the_next(
    alone: Project, data_dir: Path, nursery: Nursery, chance: random.Random
) -> None:
    """Cluster, server, database, extension, table: whatever is half-made is no obstacle."""
    alone = alone.within({"RAGPG_DATA_DIR": str(data_dir)})
    publish(alone, edition(0))
    for longest in (0.3, 0.5, 0.7, 1.0):
        run = nursery.start(alone, "ingest", "docs")
        time.sleep(chance.uniform(0, longest))
        run.signalled(signal.SIGKILL)
    assert nursery.start(alone, "ingest", "docs").ended().code == 0
    assert_whole(state(alone))
    assert state(alone).texts() == edition(0)
    assert_same(state(alone), undisturbed(alone))
    await_end(data_dir)


def test_a_killed_rebuild_changes_nothing(
    library: Project, nursery: Nursery, chance: random.Random
) -> None:
    """The old table stays as it was, and a rebuild can be begun anew."""
    publish(library, edition(0))
    library.ok("ingest", "docs")
    before = state(library)
    for _ in range(3):
        run = nursery.start(library, "ingest", "--rebuild")
        with opened(library) as store:
            await_that(partial(is_locked, store.connection))
        time.sleep(chance.uniform(0, 0.5))
        run.signalled(signal.SIGKILL)
        assert_same(state(library), before)
    library.ok("ingest", "--rebuild")
    assert_whole(state(library))
    assert_same(state(library), before)


# --- asked to end --------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGHUP, 143)])
def test_an_ingest_that_is_asked_to_end_ends_at_once(
    alone: Project, nursery: Nursery, chance: random.Random, number: int, code: int
) -> None:
    """Quickly, without a word, with nothing half-written and no server left behind."""
    publish(alone, edition(0))
    alone.ok("ingest", "docs")
    publish(alone, edition(1))
    with opened(alone):
        run = nursery.start(alone, "ingest", "docs")
        await_written(alone, edition=1, documents=chance.randrange(len(TOPICS) * PARTS))
    started = time.monotonic()
    result = run.signalled(number)
    assert time.monotonic() - started < QUICK
    assert (result.code, result.out, result.err) == (code, "", "")
    await_end(home(alone))
    assert_whole(state(alone))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_statement_that_waits_is_cancelled(
    library: Project, nursery: Nursery, number: int, code: int
) -> None:
    """Whoever waits for another writer can be asked to end, and the server knows at once."""
    library.write("a.md", "# A\n\nFirst.\n")
    library.ok("ingest", "a.md")
    library.write("a.md", "# A\n\nSecond.\n")
    with opened(library) as store, store.connection.transaction():
        lock(store.connection, str(store.table))
        run = nursery.start(library, "ingest", "a.md")
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        await_that(lambda: rows(store, waiting) == [(1,)])
        result = run.signalled(number)
        assert (result.code, result.out, result.err) == (code, "", "")
        assert rows(store, waiting) == [(0,)]
    assert state(library).texts() == {"a.md": "# A\n\nFirst.\n"}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_program_that_is_loading_its_model_ends_at_once(
    alone: Project, chance: random.Random, number: int, code: int
) -> None:
    """Even while PyTorch is being imported, which does not bear exceptions."""
    alone.write("a.md", "# A\n\nOnly one.\n")
    alone.ok("ingest", "a.md")
    await_end(home(alone))
    alone.write("a.md", "# A\n\nAnother one.\n")
    process = cold(alone, "ingest", "a.md")
    await_that(lambda: read_pid_file(home(alone) / "pg18").ready)
    time.sleep(chance.uniform(0, 2))
    assert end(process, number) == (code, "", "")
    await_end(home(alone))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_program_that_starts_ends_at_once(
    project: Project, chance: random.Random, number: int, code: int
) -> None:
    """From the first imports on, there is no traceback."""
    for _ in range(3):
        process = cold(project, "list")
        await_that(partial(listens, process.pid))
        time.sleep(chance.uniform(0, 0.1))
        assert end(process, number) == (code, "", "")


def cold(project: Project, *arguments: str) -> subprocess.Popen[str]:
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


def end(process: subprocess.Popen[str], number: int) -> tuple[int, str, str]:
    """Send a signal, and give exit code and output."""
    process.send_signal(number)
    out, err = process.communicate(timeout=QUICK)
    return process.returncode, out, err


def listens(process: int) -> bool:
    """Whether a process handles signals in its own way."""
    status = Path(f"/proc/{process}/status").read_text()
    [mask] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")]
    # Python handles SIGINT from its start, and SIGTERM only once we say so.
    return bool(int(mask, 16) >> (signal.SIGTERM - 1) & 1)


def is_locked(connection: Connection) -> bool:
    """Whether somebody writes."""
    query = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
    return connection.execute(query).rowcount > 0


def home(project: Project) -> Path:
    """Where the project's embedded PostgreSQL lives."""
    return Path(project.environment["RAGPG_DATA_DIR"])
