"""What `ragpg export` writes and `ragpg import` reads."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.command_line import Project, new_project
from tests.support.database_state import assert_same, assert_sound, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.database_state import State

FILES = {
    "docs/leave.md": "---\ntags: [hr]\n---\n# Leave\n\nLeave may be encashed.\n\n"
    "## Days\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "docs/crlf.md": "# Lines\r\n\r\nEnd with two characters here.\r\n",
    "bom.md": "\ufeff# Mark\n\nA byte order mark stands before it. Ünïcode 語.\n",
    "empty.md": "",
}


@pytest.fixture
def project(project: Project) -> Project:
    """A project of this test's own, with documents in the table."""
    filled = project.with_own_table()
    for name, text in FILES.items():
        filled.write(name, text)
    filled.ok("ingest", ".")
    return filled


@pytest.fixture
def other(tmp_path: Path, shared_data_dir: Path) -> Project:
    """A project without documents, elsewhere."""
    place = tmp_path / "other"
    return new_project(place, data_dir=shared_data_dir).with_own_table()


def moved(project: Project, other: Project) -> Path:
    """Export the documents of a project to a file of another one."""
    file = other.directory / "table.ragpg"
    project.ok("export", str(file))
    return file


def comparable(project: Project) -> State:
    """The state of a project, with origins below its directory."""
    found = state(project)
    home = str(project.directory)
    for number, row in enumerate(found.documents):
        origin = row[2] and row[2].replace(home, "HOME")
        found.documents[number] = (*row[:2], origin, *row[3:])
    return found


def test_what_is_imported_is_what_was_exported(project: Project, other: Project) -> None:
    """Every row is the same, origins lie in the other project, and nothing is embedded."""
    shape = project.ok("export", str(other.directory / "table.ragpg"), "--json").json
    assert list(shape) == ["file", "documents", "chunks", "size"]
    size = (other.directory / "table.ragpg").stat().st_size
    assert (shape["documents"], shape["size"]) == (4, size)
    imported = other.ok("import", "table.ragpg", "--json").json
    assert list(imported) == ["documents", "chunks", "embedded", "seconds"]
    counts = {"documents": 4, "chunks": shape["chunks"], "embedded": 0}
    assert {**imported, **counts} == imported
    assert_sound(other)
    assert_same(comparable(project), comparable(other))
    question = ("ask", "Can leave be encashed?", "--json")
    answers = [where.ok(*question).json for where in (project, other)]
    for answer in answers:
        del answer["timings"]
    assert answers[0] == answers[1]


def test_ingesting_the_same_files_afterwards_embeds_nothing(
    project: Project, other: Project
) -> None:
    """They are unchanged; one that is gone is missing, and pruned if that is wanted."""
    moved(project, other)
    other.ok("import", "table.ragpg")
    for name, text in FILES.items():
        other.write(name, text)
    statuses = {d["status"] for d in other.ok("ingest", ".", "--json").json["documents"]}
    assert statuses == {"unchanged"}
    (other.directory / "docs/crlf.md").unlink()
    [gone] = [
        d for d in other.ok("ingest", ".", "--prune", "--json").json["documents"]
        if d["status"] != "unchanged"
    ]  # fmt: skip
    assert (gone["source"], gone["status"]) == ("docs/crlf.md", "removed")


def test_the_same_documents_give_the_same_bytes(project: Project, other: Project) -> None:
    """Whenever they were ingested, and wherever."""
    first = moved(project, other).read_bytes()
    other.ok("import", "table.ragpg")
    other.ok("export", "again.ragpg")
    assert (other.directory / "again.ragpg").read_bytes() == first
    assert (other.directory / "again.ragpg").stat().st_mode & 0o777 == 0o600


def test_standard_output_and_input(project: Project, other: Project) -> None:
    """`-` is either; with --json nothing else may be there."""
    run = [sys.executable, "-m", "ragpg"]
    exporting = {**os.environ, **project.environment}
    written = subprocess.run(
        [*run, "export", "-"], env=exporting, cwd=project.directory, capture_output=True, check=True
    ).stdout
    assert written == moved(project, other).read_bytes()
    importing = {**os.environ, **other.environment}
    result = subprocess.run(
        [*run, "import", "-"],
        env=importing,
        cwd=other.directory,
        input=written,
        capture_output=True,
        check=True,
    )
    assert result.stdout.startswith(b"imported 4 documents, ")
    refused = project.run("export", "-", "--json")
    assert refused.code == 2
    assert "both mean standard output" in refused.json["error"]["message"]


def test_a_table_that_has_documents(project: Project, other: Project) -> None:
    """It is left alone without --replace."""
    moved(project, other)
    other.write("own.md", "# Own\n\nIt was here before.\n")
    other.ok("ingest", "own.md")
    before = state(other)
    for options in ((), ("--text-only",)):
        result = other.run("import", "table.ragpg", *options, "--json")
        assert result.code == 1
        assert result.json["error"]["type"] == "archive"
        assert "has 1 documents already" in result.json["error"]["message"]
        assert "--replace" in result.json["error"]["hint"]
        assert_same(state(other), before)
    other.ok("import", "table.ragpg", "--replace")
    assert_same(comparable(project), comparable(other))


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("RAGPG_RETRIEVAL_LANGUAGE", "german", "has keywords of the language 'english'"),
        ("RAGPG_RETRIEVAL_WORD_VECTORS", "false", "was made with the embedding model"),
    ],
)
def test_a_file_that_does_not_fit(
    project: Project, other: Project, key: str, value: str, reason: str
) -> None:
    """That is told in a line, and the texts alone can be taken."""
    moved(project, other)
    configured = other.within({key: value})
    result = configured.run("import", "table.ragpg")
    assert (result.code, result.out) == (1, "")
    message, hint = result.err.splitlines()
    assert message.startswith("error: the export ")
    assert reason in message
    assert "--text-only" in hint
    assert "nothing has been ingested" in configured.ok("list").err
    shape = configured.ok("import", "table.ragpg", "--text-only", "--json").json
    assert shape["documents"] == 4
    assert_sound(configured)
    for name, text in FILES.items():
        configured.write(name, text)
    ingested = configured.ok("ingest", ".", "--json").json["documents"]
    assert {document["status"] for document in ingested} == {"unchanged"}


def test_texts_in_the_place_of_documents(project: Project, other: Project) -> None:
    """With --replace they are what is there at the end, as if their files had been ingested."""
    moved(project, other)
    other.write("own.md", "# Own\n\nIt was here before.\n")
    other.ok("ingest", "own.md")
    other.ok("import", "table.ragpg", "--text-only", "--replace")
    assert_same(comparable(project), comparable(other))
    checks = other.ok("status", "--json").json["checks"]
    assert "rebuild" not in {check["name"] for check in checks}


def test_files_that_are_no_exports(project: Project, other: Project) -> None:
    """Each is told in a line, and nothing is made."""
    content = moved(project, other).read_bytes()
    other.write("text.md", "# A document\n")
    other.write("cut.ragpg", content[:-100])
    other.write("empty.ragpg", b"")
    other.write("long.ragpg", content + b"x")
    for name, reason in {
        "text.md": "is no file that `ragpg export` wrote",
        "empty.ragpg": "is no file that `ragpg export` wrote",
        "cut.ragpg": "is damaged: it has",
        "long.ragpg": "is damaged: it has",
        "gone.ragpg": "cannot be read: No such file or directory",
        ".": "cannot be read: Is a directory",
    }.items():
        result = other.run("import", name)
        assert (result.code, result.out) == (1, "")
        assert f"error: '{name}' {reason}" in result.err
    assert "nothing has been ingested" in other.ok("list").err


def test_nothing_to_export(other: Project) -> None:
    """Without a table there is no file; what cannot be written is said before the work."""
    result = other.run("export", "table.ragpg")
    assert result.code == 1
    assert "nothing has been ingested" in result.err
    assert list(other.directory.glob("*.ragpg*")) == []
    assert "there is no such directory" in other.run("export", "no/table.ragpg").err


def test_a_damaged_file_changes_nothing(project: Project, other: Project) -> None:
    """Whichever bit is another one: either the file is refused, or what it holds is the same."""
    content = moved(project, other).read_bytes()
    other.ok("import", "table.ragpg")
    before = state(other)

    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(content) * 8 - 1), st.booleans())
    def damage(bit: int, cuts: bool) -> None:
        changed = bytearray(content[: bit // 8 + 1] if cuts else content)
        changed[bit // 8] ^= 1 << bit % 8
        other.write("damaged.ragpg", bytes(changed))
        result = other.run("import", "damaged.ragpg", "--replace")
        assert result.code == 0 or "error: " in result.err
        assert "Traceback" not in result.err
        assert_same(state(other), before)

    damage()
