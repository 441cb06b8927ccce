"""What `ragpg gaps` keeps, and what it tells."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ragpg import Ragpg
from tests.support.command_line import in_directory
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    from tests.support.command_line import Project

REFUSED = "Who is the chief executive of the company?"
SAME = "Who is the company's chief executive?"
ANSWERED = "How many days of annual leave do employees have?"


@pytest.fixture
def project(project: Project) -> Project:
    """A project of this test's own, with a document in the table."""
    filled = project.with_own_table()
    filled.write("leave.md", "# Leave\n\nEmployees have 25 days of annual leave.\n")
    filled.ok("ingest", "leave.md")
    return filled


def test_nothing_is_kept_unless_enabled(project: Project) -> None:
    """Without the log there are no gaps, and the way to it is told."""
    assert project.run("ask", REFUSED).code == 3
    result = project.ok("gaps", "--json")
    assert result.json == {"gaps": []}
    assert "ragpg gaps --enable" in result.err


def test_refused_questions_are_kept_and_grouped(project: Project) -> None:
    """What is answered is not kept; paraphrases are one gap, in a batch too."""
    project.ok("gaps", "--enable")
    project.ok("gaps", "--enable")
    project.ok("ask", ANSWERED)
    assert project.run("ask", REFUSED).code == 3
    project.run("ask", "--batch", "-", "--json", stdin=f"{SAME}\n{REFUSED}\n".encode())
    project.run("ask", "How do I configure the proxy?", "--json")
    first, second = project.ok("gaps", "--json").json["gaps"]
    assert (first["question"], first["count"], first["reason"]) == (REFUSED, 3, "refused")
    assert first["questions"] == [REFUSED, SAME]
    assert first["first"] <= first["last"]
    assert second["count"] == 1
    assert REFUSED in project.ok("gaps").out


def test_answers_whose_claims_fail_are_kept(project: Project) -> None:
    """The reason is told apart from a refusal; a supported answer is not kept."""
    project.ok("gaps", "--enable")
    with Provider() as provider:
        environment = {"OPENAI_API_KEY": "key", "RAGPG_LLM_API_BASE": provider.url}
        asking = project.within({**environment, "RAGPG_LLM_MODEL": "openai/test"})
        provider.replies[:] = [Reply("Employees have 25 days of annual leave [1].")]
        asking.ok("ask", ANSWERED)
        assert project.ok("gaps", "--json").json == {"gaps": []}
        provider.replies[:] = [Reply("Employees have 30 days of annual leave [1].")]
        asking.run("ask", ANSWERED)
    [gap] = project.ok("gaps", "--json").json["gaps"]
    assert (gap["question"], gap["reason"]) == (ANSWERED, "claims")
    assert gap["nearest"]["source"] == "leave.md"


def test_cases_run_in_eval(project: Project) -> None:
    """They fail until the documents answer; the file is never overwritten."""
    project.ok("gaps", "--enable")
    project.run("ask", REFUSED)
    project.ok("gaps", "--as-cases", "cases.toml")
    assert project.run("eval", "cases.toml").code == 4
    project.write("staff.md", "# Staff\n\nThe chief executive of the company is Ada Park.\n")
    project.ok("ingest", "staff.md")
    project.ok("eval", "cases.toml")
    assert project.run("gaps", "--as-cases", "cases.toml").code == 1


def test_clear_and_disable(project: Project) -> None:
    """Questions are forgotten only where that is confirmed."""
    project.ok("gaps", "--enable")
    project.run("ask", REFUSED)
    assert project.run("gaps", "--clear").code == 2
    assert project.ok("gaps", "--json").json["gaps"]
    project.ok("gaps", "--clear", "--yes")
    assert project.ok("gaps", "--json").json == {"gaps": []}
    project.ok("gaps", "--disable", "--yes")
    assert "--enable" in project.ok("gaps").err


def test_a_log_that_cannot_be_written_gives_one_warning(project: Project) -> None:
    """Output and exit code stay the same in a session that may only read."""
    project.ok("gaps", "--enable")
    questions = f"{REFUSED}\n{SAME}\n".encode()
    arguments = ("ask", "--batch", "-", "--json")
    reading = project.run(
        *arguments, stdin=questions, PGOPTIONS="-c default_transaction_read_only=on"
    )
    assert reading.code == 3
    assert reading.err.count("is not kept") == 1
    assert [shape["answered"] for shape in reading.lines] == [False, False]
    assert project.ok("gaps", "--json").json == {"gaps": []}


def test_a_rebuild_leaves_the_log(project: Project) -> None:
    """The table is replaced; questions are kept on, and the old ones are there."""
    project.ok("gaps", "--enable")
    project.run("ask", REFUSED)
    project.ok("ingest", "--rebuild")
    project.run("ask", REFUSED)
    [gap] = project.ok("gaps", "--json").json["gaps"]
    assert gap["count"] == 2


def test_programs_keep_questions_too(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    """Where it is enabled; where it cannot be written a warning is logged."""
    with in_directory(project.directory, project.environment), Ragpg() as documents:
        assert not documents.ask(REFUSED).answered
        assert project.ok("gaps", "--json").json == {"gaps": []}
        project.ok("gaps", "--enable")
        assert not documents.ask(REFUSED).answered
        assert documents.ask(ANSWERED).answered
    [gap] = project.ok("gaps", "--json").json["gaps"]
    assert (gap["question"], gap["count"]) == (REFUSED, 1)

    reading = {**project.environment, "PGOPTIONS": "-c default_transaction_read_only=on"}
    with in_directory(project.directory, reading), Ragpg() as documents:
        assert not documents.ask(REFUSED).answered
    assert caplog.text.count("is not kept for `ragpg gaps`") == 1
    assert project.ok("gaps", "--json").json["gaps"][0]["count"] == 1


@pytest.mark.parametrize(("reply", "code", "kept"), [("n", 1, 1), ("y", 0, 0)])
def test_a_terminal_is_asked(project: Project, reply: str, code: int, kept: int) -> None:
    """--clear forgets what is kept only after a yes."""
    project.ok("gaps", "--enable")
    project.run("ask", REFUSED)
    leader, follower = pty.openpty()
    os.write(leader, f"{reply}\n".encode())
    result = subprocess.run(
        [sys.executable, "-m", "ragpg", "gaps", "--clear"],
        cwd=project.directory,
        env={**os.environ, **project.environment},
        stdin=follower,
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(leader)
    os.close(follower)
    assert result.returncode == code
    assert "Forget the questions in" in result.stderr
    assert result.stdout.strip() == ""
    assert len(project.ok("gaps", "--json").json["gaps"]) == kept
