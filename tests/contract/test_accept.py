"""Claims that a project accepts: `ragpg verify --accept` and `.ragpg-accepted.toml`."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.documents import ingested

if TYPE_CHECKING:
    from tests.support.command_line import Project

BOATS = "# Boats\n\nA schooner has two masts. A sloop has one mast.\n"
FALSE, OTHER = "A schooner has three masts.", "A sloop has two masts."
FILE = ".ragpg-accepted.toml"


@pytest.fixture
def accepted(project: Project) -> Project:
    """A project with a text whose only claim without support is accepted."""
    ingested(project, {"docs/boats.md": BOATS})
    project.write("answers/a.md", f"{FALSE} A sloop has one mast.\n")
    result = project.ok("verify", "answers/a.md", "--accept")
    assert result.err == f"{FILE} has 1 accepted claim\n"
    assert result.out.startswith("✗ A schooner has three masts. [accepted]\n")
    assert result.out.endswith("1 supported, 1 unsupported (1 contradicted), 1 of them accepted\n")
    return project


def entries(project: Project) -> Any:
    """The entries of the file."""
    return tomllib.loads((project.directory / FILE).read_text())["claim"]


def test_an_accepted_claim_passes(accepted: Project) -> None:
    """It keeps its verdict, is marked, and no longer lets the check fail, wherever it stands."""
    [entry] = entries(accepted)
    assert list(entry) == ["file", "claim", "finding", "digest"]
    assert (entry["file"], entry["claim"]) == ("answers/a.md", FALSE)
    assert entry["finding"] == "contradicted"

    shape = accepted.ok("verify", "answers/a.md", "--json").json
    assert [claim.get("accepted") for claim in shape["claims"]] == [True, None]
    assert shape["claims"][0]["verdict"] == "unsupported"
    assert (shape["supported"], shape["unsupported"]) == (1, 1)
    assert "unmatched" not in shape
    accepted.write("answers/b.md", "\n\nA schooner has\nthree masts.\n")
    result = accepted.ok("verify", "answers", "--github", "--sarif", "out.sarif", "--json")
    assert result.json["unsupported"] == 2
    assert "::error" not in result.err
    assert '"results": []' in (accepted.directory / "out.sarif").read_text()


def test_another_claim_fails(accepted: Project) -> None:
    """Only the claim itself is accepted; where it is gone, that is said."""
    accepted.write("answers/a.md", f"{OTHER}\n")
    result = accepted.run("verify", "answers/a.md", "--json")
    assert result.code == 4
    assert result.json["unmatched"] == [{"file": "answers/a.md", "claim": FALSE}]
    assert result.err == (
        f"warning: {FILE}:5: no claim of answers/a.md matches any more: {FALSE}\n"
        "hint: --accept removes such entries of the files that it is given\n"
    )
    result = accepted.run("verify", "answers/a.md", "--github")
    assert f"\n::warning title=Accepted claim without a match,file={FILE},line=5," in result.out


def test_a_change_of_the_passage_ends_it(accepted: Project) -> None:
    """What was accepted beside another passage is looked at again."""
    accepted.write("docs/boats.md", f"{BOATS}A schooner sails far.\n")
    accepted.ok("ingest", "docs")
    result = accepted.run("verify", "answers/a.md", "--json")
    assert (result.code, len(result.json["unmatched"])) == (4, 1)


def test_a_change_of_the_verdict_ends_it(accepted: Project) -> None:
    """A claim that is supported needs no entry."""
    accepted.write("docs/boats.md", BOATS.replace("two", "three"))
    accepted.ok("ingest", "docs")
    result = accepted.ok("verify", "answers/a.md", "--json")
    assert (result.json["supported"], len(result.json["unmatched"])) == (2, 1)


def test_entries_of_other_files_stay(accepted: Project) -> None:
    """An entry is reported when its file is checked, or is gone, and stays otherwise."""
    accepted.write("answers/b.md", f"{OTHER}\n")
    assert accepted.ok("verify", "answers/b.md", "--accept").err == (
        f"{FILE} has 2 accepted claims\n"
    )
    assert [entry["file"] for entry in entries(accepted)] == ["answers/a.md", "answers/b.md"]
    accepted.write("answers/b.md", "A sloop has one mast.\n")
    assert accepted.ok("verify", "answers/a.md").err == ""
    (accepted.directory / "answers/b.md").unlink()
    assert f"no claim of answers/b.md matches any more: {OTHER}" in (
        accepted.ok("verify", "answers/a.md").err
    )
    accepted.ok("verify", "answers/a.md", "--accept")
    assert [entry["file"] for entry in entries(accepted)] == ["answers/a.md"]


def test_only_what_fails_is_accepted(project: Project) -> None:
    """With `--fail-on contradicted` nothing else is."""
    ingested(project, {"docs/boats.md": BOATS})
    project.write("a.md", f"{FALSE} The moon is made of cheese.\n")
    project.ok("verify", "a.md", "--accept", "--fail-on", "contradicted")
    assert [entry["claim"] for entry in entries(project)] == [FALSE]
    assert project.run("verify", "a.md").code == 4


def test_nothing_to_accept_writes_nothing(project: Project) -> None:
    """No file appears where every claim is supported."""
    ingested(project, {"docs/boats.md": BOATS})
    project.write("a.md", "A sloop has one mast.\n")
    project.ok("verify", "a.md", "--accept")
    assert not (project.directory / FILE).exists()


def test_the_text_of_an_entry_counts(accepted: Project) -> None:
    """A digest cannot hide behind another claim: a reviewer reads the text."""
    path = accepted.directory / FILE
    path.write_text(path.read_text().replace(FALSE, "A sloop is a boat."))
    result = accepted.run("verify", "answers/a.md", "--json")
    assert (result.code, len(result.json["unmatched"])) == (4, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("version = 1\n[claim", "cannot be read"),
        (b"version = 1 # caf\xe9", "cannot be read: not UTF-8"),
        ("version = 2\n", "has version 2, not 1"),
        ("version = 1\nclaim = 3\n", "claim must be [[claim]], in double brackets"),
        ('version = 1\n[[claim]]\nfile = "a"\n', ":2: a claim has the texts file, claim, finding"),
    ],
)
def test_a_file_that_is_wrong(project: Project, content: str | bytes, message: str) -> None:
    """It is named, and nothing is checked."""
    project.write(FILE, content)
    project.write("a.md", f"{FALSE}\n")
    result = project.run("verify", "a.md")
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert FILE in result.err
