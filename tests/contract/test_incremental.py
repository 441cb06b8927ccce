"""Only text that is new is embedded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.database_state import assert_whole, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Project


def sections(count: int, *, changed: int | None = None) -> str:
    """Write a document of sections, each long enough for a chunk of its own."""
    words = "Every section of this document has words enough to stand alone in its chunk. " * 7
    bodies = [
        f"## Section {number}\n\nNumber {number}{' anew' * (number == changed)}. {words}\n"
        for number in range(count)
    ]
    return "# Sections\n\n" + "\n".join(bodies)


def totals(project: Project, *arguments: str) -> dict[str, Any]:
    """Ingest, and tell the totals but the time."""
    shape: dict[str, Any] = project.ok("ingest", *arguments, "--json").json["totals"]
    del shape["seconds"]
    return shape


def test_one_changed_section_of_fifty_is_embedded(project: Project) -> None:
    """An edit embeds the section that it changed, and takes the other vectors over."""
    project.write("a.md", sections(50))
    assert totals(project, "a.md") == {"documents": 1, "chunks": 50, "embedded": 50, "reused": 0}
    project.write("a.md", sections(50, changed=20))
    assert totals(project, "a.md") == {"documents": 1, "chunks": 50, "embedded": 1, "reused": 49}


def test_a_rename_a_copy_and_a_second_table_embed_nothing(project: Project) -> None:
    """The same text is embedded once, whatever it is called and wherever it stands."""
    path = project.write("a.md", sections(5))
    taken_over = {"documents": 1, "chunks": 5, "embedded": 0, "reused": 5}
    totals(project, "a.md")
    path.rename(path.with_name("b.md"))
    assert totals(project, "b.md") == taken_over
    project.write("c.md", sections(5))
    assert totals(project, "c.md") == taken_over
    assert totals(project, "c.md", "--table", "another") == taken_over


def test_copies_in_one_run_are_embedded_once(project: Project) -> None:
    """Two files of the same text, new both, cost as much as one."""
    project.write("a.md", sections(5))
    project.write("b.md", sections(5))
    expected = {"documents": 2, "chunks": 10, "embedded": 5, "reused": 5}
    assert totals(project, "--plan", ".") == expected
    assert totals(project, ".") == expected


def test_text_that_moved_to_another_file_is_not_embedded_anew(project: Project) -> None:
    """Sections that change files keep their vectors, but for one that a title now stands above."""
    project.write("a.md", sections(6))
    project.write("b.md", "# Sections\n\nAn introduction that stands alone in this file.\n")
    totals(project, ".")
    parts = sections(6).split("\n## ")
    project.write("a.md", "\n## ".join(parts[:4]) + "\n")
    project.write("b.md", "# Sections\n\n## " + "\n## ".join(parts[4:]))
    assert totals(project, ".") == {"documents": 2, "chunks": 6, "embedded": 1, "reused": 5}


@pytest.fixture
def fast_project(project: Project, tiny: Path) -> Project:
    """A project that embeds fast."""
    return project.with_own_table().within({"RAGPG_EMBEDDING_MODEL": str(tiny)})


def test_a_second_ingest_duplicates_nothing(fast_project: Project) -> None:
    """Unchanged documents stay as they are; a changed one replaces its former self."""
    text = "# One\n\nThe only sentence about zebras.\n"
    fast_project.write("one.md", text)
    fast_project.ok("ingest", "one.md")
    before = state(fast_project)
    [again] = fast_project.ok("ingest", "one.md", ".", "./one.md", "--json").json["documents"]
    assert (again["status"], again["embedded"]) == ("unchanged", 0)
    assert state(fast_project).chunks == before.chunks
    fast_project.write("one.md", text.replace("only", "sole"))
    fast_project.ok("ingest", ".")
    [hit] = fast_project.ok("search", "--json", "zebras").json["hits"]
    assert "sole" in hit["text"]
    assert_whole(state(fast_project))
