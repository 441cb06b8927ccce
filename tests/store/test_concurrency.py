"""Several processes at work on the same table at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import Project, new_project
from tests.support.database_state import assert_same, assert_sound, assert_whole, state, undisturbed
from tests.support.embedded import await_end

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Result
    from tests.support.processes import Nursery

FILES = 24


@pytest.fixture
def library(project: Project, tiny: Path) -> Project:
    """A project that embeds fast, with many small documents that share most of their words."""
    return filled(project.within({"RAGPG_EMBEDDING_MODEL": str(tiny)}), edition=0)


def filled(project: Project, *, edition: int) -> Project:
    """The same project, its files written anew."""
    for number in range(FILES):
        sections = [
            f"## Section {section}\n\nApples, pears and edition {edition} of plum {number}.\n\n"
            for section in range(number % 4)
        ]
        project.write(
            f"docs/{number:02}.md", f"# Fruit {number}\n\nCommon words.\n\n{''.join(sections)}"
        )
    return project


def paths() -> list[str]:
    """The files' names, as they are given to a command."""
    return [f"docs/{number:02}.md" for number in range(FILES)]


def at_once(nursery: Nursery, project: Project, *commands: tuple[str, ...]) -> list[Result]:
    """Run several commands at the same time: all must succeed, and say at most that they wait."""
    runs = [nursery.start(project, *command) for command in commands]
    results = [run.ended() for run in runs]
    for result in results:
        said = [line for line in result.err.splitlines() if not line.startswith("waiting for ")]
        assert (result.code, said) == (0, [])
    return results


def assert_as_if_alone(project: Project) -> None:
    """The table is whole, and as a single ingest of the files leaves it."""
    assert_whole(state(project))
    assert_sound(project)
    assert_same(state(project), undisturbed(project))


def test_the_same_files_at_once(library: Project, nursery: Nursery) -> None:
    """Two ingests of the same files, new or changed, end in the state of one."""
    at_once(nursery, library, *[("ingest", "docs")] * 2)
    assert_whole(state(library))
    filled(library, edition=1)
    at_once(nursery, library, *[("ingest", "docs")] * 2)
    assert_as_if_alone(library)


def test_overlapping_files_in_different_orders(library: Project, nursery: Nursery) -> None:
    """Ingests that meet in the middle do not wait for each other for ever."""
    files = paths()
    library.ok("ingest", *files[::2])
    filled(library, edition=1)
    orders = (files, files[::-1], files[FILES // 3 :] + files[: FILES // 3])
    at_once(nursery, library, *[("ingest", *order) for order in orders])
    at_once(nursery, library, ("ingest", "docs"))
    assert_as_if_alone(library)


def test_a_first_ingest_by_several_at_once(
    tmp_path: Path, data_dir: Path, tiny: Path, nursery: Nursery
) -> None:
    """Cluster, server, database, extension and table are made once, whoever comes first."""
    project = new_project(tmp_path, data_dir=data_dir)
    project = filled(project.within({"RAGPG_EMBEDDING_MODEL": str(tiny)}), edition=0)
    at_once(nursery, project, *[("ingest", "docs")] * 3)
    assert_as_if_alone(project)
    await_end(data_dir)


def test_a_rebuild_beside_an_ingest_and_a_search(library: Project, nursery: Nursery) -> None:
    """Readers read on while a table is replaced, and writers wait for their turn."""
    library.ok("ingest", "docs")
    filled(library, edition=1)
    results = at_once(
        nursery,
        library,
        ("ingest", "--rebuild"),
        ("ingest", "docs"),
        ("search", "--mode", "keyword", "apples"),
        ("status",),
        ("list",),
    )
    assert all(result.out for result in results)
    assert_as_if_alone(library)


def test_a_removal_beside_an_ingest(library: Project, nursery: Nursery) -> None:
    """What is removed and ingested at once is there wholly, or not at all."""
    library.ok("ingest", "docs")
    filled(library, edition=1)
    at_once(nursery, library, ("ingest", "docs"), ("remove", "docs/0*.md", "--yes"))
    assert_whole(state(library))
    assert_sound(library)
    at_once(nursery, library, ("ingest", "docs"))
    assert_as_if_alone(library)
