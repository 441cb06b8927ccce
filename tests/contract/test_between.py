"""`ragpg eval --between A..B`: what the documents of a pull request make better and worse."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.database_state import opened, rows
from tests.support.embedded import await_that
from tests.support.git import Repository, make_repository

if TYPE_CHECKING:
    from tests.support.command_line import Project
    from tests.support.processes import Nursery

CASES = """
[[case]]
id = "leave"
question = "How many days of annual leave are there?"
doc = "docs/leave.md"
contains = ["thirty"]

[[case]]
id = "cat"
question = "What is the office cat called?"
doc = "docs/cats.md"
contains = ["Tom"]

[[case]]
id = "parking"
question = "Where can visitors park their cars?"
doc = "docs/parking.md"
contains = ["courtyard"]
"""


@pytest.fixture
def repository(project: Project) -> Repository:
    """A repository whose branch corrects a page, adds one and loses one."""
    made = make_repository(project.directory)
    project.write("docs/leave.md", "# Leave\n\nThere are twenty days of annual leave.\n")
    project.write("docs/cats.md", "# Cats\n\nThe office cat is called Tom.\n")
    made.commit("main-1")
    project.write("docs/leave.md", "# Leave\n\nThere are thirty days of annual leave.\n")
    project.write("docs/parking.md", "# Parking\n\nVisitors park their cars in the courtyard.\n")
    (project.directory / "docs/cats.md").unlink()
    made.commit("topic")
    project.write("cases.toml", CASES)
    return made


def tables(project: Project) -> list[Any]:
    """The temporary tables that are left."""
    project.write("own.md", "# Own\n")
    project.ok("ingest", "own.md")
    query = "SELECT relname FROM pg_class WHERE relname LIKE 'ragpg_between%%'"
    with opened(project) as store:
        return rows(store, query)


def test_what_gets_better_and_worse(project: Project, repository: Repository) -> None:
    """As JSON; the checks are those of the second version, and no table is left."""
    result = project.run("eval", "cases.toml", "--between", "main-1..topic", "--json")
    assert result.code == 4
    shape = result.json
    assert shape["between"] == [
        {"ref": ref, "commit": repository.git("rev-parse", ref)} for ref in ("main-1", "topic")
    ]
    comparison = shape["comparison"]
    assert comparison["baseline"] == "main-1"
    assert comparison["newly_fixed"] == ["leave", "parking"]
    assert comparison["newly_failing"] == ["cat"]
    assert (comparison["better"], comparison["worse"]) == (["parking"], ["cat"])
    assert {case["id"]: case["passed"] for case in shape["cases"]} == {
        "leave": True,
        "cat": False,
        "parking": True,
    }
    assert tables(project) == []
    assert [d["source"] for d in project.ok("list", "--json").json["documents"]] == ["own.md"]


def test_for_people(project: Project, repository: Repository) -> None:
    """Each case that changed has a line."""
    result = project.run("eval", "cases.toml", "--between", "main-1..topic", "--path", "docs")
    assert result.code == 4
    for line in (
        "newly failing cat",
        "newly fixed leave",
        "newly fixed parking",
        "better parking  rank none → 1",
        "worse  cat  rank 1 → none",
        "2 of 3 cases passed",
    ):
        assert line in result.out.splitlines(), result.out


def test_the_other_way_round(project: Project, repository: Repository) -> None:
    """What was better is worse."""
    result = project.run("eval", "cases.toml", "--between", "topic..main-1", "--json")
    assert result.json["comparison"]["newly_failing"] == ["leave", "parking"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_table(
    project: Project, repository: Repository, nursery: Nursery, number: int
) -> None:
    """Whatever is being done."""
    many = "".join(f'[[case]]\nquestion = "What is {n}?"\ndoc = "docs/a.md"\n' for n in range(5000))
    project.write("docs/a.md", "# A\n")
    repository.commit("more")
    project.write("many.toml", many)
    assert tables(project) == []
    run = nursery.start(project, "eval", "many.toml", "--between", "more..more")
    query = "SELECT count(*) FROM pg_class WHERE relname LIKE 'ragpg_between%%document'"
    with opened(project) as store:
        await_that(lambda: rows(store, query)[0][0] == 2)
    assert run.signalled(number).code == (130 if number == signal.SIGINT else 143)
    assert tables(project) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--between", "topic"], "error: --between 'topic' does not name two commits"),
        (["--between", "main-1...topic"], "error: --between 'main-1...topic' does not name two"),
        (["--between", "main-1..gone"], "error: 'gone' names no commit of "),
        (["--between", "--help..topic"], "error: '--help' is no revision"),
        (["--path", "docs"], "error: --path goes with --between"),
        (
            ["--between", "main-1..topic", "--baseline", "cases.toml"],
            "error: --between and --baseline exclude each other",
        ),
    ],
)
def test_usage(
    project: Project, repository: Repository, arguments: list[str], message: str
) -> None:
    """What cannot be compared is refused."""
    project.write("cases.toml", CASES)
    project.write("baseline.json", json.dumps({"cases": []}))
    if "--baseline" in arguments:
        arguments = [*arguments[:-1], "baseline.json"]
    result = project.run("eval", "cases.toml", *arguments)
    assert (result.code, result.err.startswith(message)) == (2, True), result.err
