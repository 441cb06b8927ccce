"""`ragpg conflicts` through the command line and the real database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import Project, new_project
from tests.support.documents import ingested
from tests.support.sarif import assert_valid

if TYPE_CHECKING:
    from pathlib import Path

LEAVE = (
    "# Leave\n\nEmployees may encash up to 5 unused days of annual leave.\n"
    "Sick leave is reported before 9 AM.\n"
)
FAQ = (
    "---\ntopic: faq\n---\n# Questions about leave\n\nWe answer what is asked often.\n\n"
    "Employees may encash up to 8 unused days of annual leave.\n"
)
BOATS = "# Boats\n\nA schooner has two masts. A sloop has one mast.\n"
FILES = {"leave.md": LEAVE, "docs/faq.md": FAQ, "docs/boats.md": BOATS}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with documents in the table that contradict each other once."""
    project = new_project(tmp_path_factory.mktemp("conflicts"), data_dir=shared_data_dir)
    return ingested(project, FILES)


def test_the_shape_of_conflicts(corpus: Project) -> None:
    """Both statements with their places, verbatim, and what differs."""
    shape = corpus.ok("conflicts", "--json").json
    assert list(shape) == ["conflicts", "documents", "chunks", "statements", "skipped"]
    assert (shape["documents"], shape["skipped"]) == (3, 0)
    [conflict] = shape["conflicts"]
    assert list(conflict) == ["kind", "what", "score", "a", "b"]
    assert conflict["kind"] == "duration"
    assert conflict["what"] == {"a": "up to 8 unused days", "b": "up to 5 unused days"}
    assert (conflict["a"]["source"], conflict["b"]["source"]) == ("docs/faq.md", "leave.md")
    for place in (conflict["a"], conflict["b"]):
        text = FILES[place["source"]]
        assert text[place["start"] : place["end"]] == place["text"]
        assert text.splitlines()[place["start_line"] - 1] == place["text"]
        assert place["end_line"] == place["start_line"]
    assert conflict["a"]["heading"] == ["Questions about leave"]


def test_check_exits_with_4(corpus: Project) -> None:
    """Without --check a conflict is no failure; with it only a conflict is."""
    assert corpus.run("conflicts").code == 0
    assert corpus.run("conflicts", "--check").code == 4
    assert corpus.run("conflicts", "--check", "--source", "docs").code == 0


def test_where_pull_requests_show_it(corpus: Project, tmp_path: Path) -> None:
    """In SARIF and in GitHub's log: an error with --check, otherwise a warning."""
    sarif = tmp_path / "conflicts.sarif"
    result = corpus.run("conflicts", "--check", "--github", "--sarif", str(sarif))
    assert result.code == 4
    assert "\n::error title=Conflict,file=docs/faq.md,line=8,endLine=8::" in result.out
    assert "duration: up to 8 unused days here, up to 5 unused days there" in result.out
    assert "\n::warning title=Conflict,file=docs/faq.md" in corpus.ok("conflicts", "--github").out
    log = json.loads(sarif.read_text("utf-8"))
    assert_valid(log)
    [found] = log["runs"][0]["results"]
    assert (found["ruleId"], found["level"]) == ("conflict", "error")
    [related] = found["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "leave.md"


def test_text_for_people(corpus: Project) -> None:
    """What differs, then place, headings and text of both."""
    lines = corpus.ok("conflicts").out.splitlines()
    assert lines[0].startswith("1. duration: up to 8 unused days / up to 5 unused days  0.")
    assert lines[1:] == [
        "  docs/faq.md:L8-L8  Questions about leave",
        "    Employees may encash up to 8 unused days of annual leave.",
        "  leave.md:L3-L3  Leave",
        "    Employees may encash up to 5 unused days of annual leave.",
    ]


def test_only_some_documents(corpus: Project) -> None:
    """--source and --filter choose what is compared."""
    result = corpus.ok("conflicts", "--source", "docs/*", "--json")
    assert (result.json["conflicts"], result.json["documents"]) == ([], 2)
    result = corpus.ok("conflicts", "--filter", "topic == faq", "--json")
    assert (result.json["conflicts"], result.json["chunks"]) == ([], 1)
    result = corpus.ok("conflicts", "--filter", 'heading == "Questions about leave"', "--json")
    assert (result.json["documents"], result.json["conflicts"]) == (1, [])
    result = corpus.ok("conflicts", "--source", "docs")
    assert (result.out, result.err) == ("", "no conflict among 2 documents\n")


def test_nothing_is_ingested(project: Project) -> None:
    """Nothing is created, and the message says what to run."""
    result = project.run("conflicts", "--json")
    assert result.code == 1
    assert result.json["error"]["type"] == "nothing_ingested"
    assert result.json["error"]["hint"] == "run `ragpg ingest PATH`"


def test_what_could_control_a_terminal(project: Project) -> None:
    """Text of documents is printed literally, as one line."""
    text = "# [bold]Rooms[/bold]\n\nThe \x1b[31mblue\x1b[0m room has {} chairs and a round table.\n"
    ingested(project, {"a.md": text.format(12), "b.md": text.format(14)})
    out = project.ok("conflicts").out
    assert "\x1b" not in out
    assert "[bold]Rooms[/bold]" in out or "Rooms" in out
    assert "12 chairs / 14 chairs" in out


def test_chunks_beyond_the_limit(corpus: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large table the first chunks are compared, and a warning says so."""
    from ragpg.pipeline import conflicts

    monkeypatch.setattr(conflicts, "MAX_CHUNKS", 1)
    result = corpus.ok("conflicts", "--json")
    assert (result.json["chunks"], result.json["skipped"]) == (1, 2)
    assert "only 1 chunks were compared, and 2 were not" in result.err
