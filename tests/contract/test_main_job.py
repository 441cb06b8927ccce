"""The main job: the leave policy goes in, and questions about it are answered from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import new_project

if TYPE_CHECKING:
    from tests.support.command_line import Project

POLICY = Path(__file__).parents[2] / "leave_policy.md"


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project that holds the leave policy."""
    project = new_project(tmp_path_factory.mktemp("policy"), data_dir=shared_data_dir)
    project.write("leave_policy.md", POLICY.read_bytes())
    project.ok("ingest", "leave_policy.md")
    return project


def test_encashment_is_answered_with_the_whole_rule(policy: Project) -> None:
    """When, how many days and after how much service: quoted, with file and lines."""
    result = policy.ok("ask", "Can I encash leave at year end?")
    assert "only at the end of the calendar year" in result.out
    assert "At most 5 unused days of annual leave can be encashed" in result.out
    assert "at least 12 months of continuous service" in result.out
    assert "leave_policy.md:L" in result.out


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What happens to unused annual leave at the end of the year?", "At most 5 unused days"),
        ("Is it possible to get paid for vacation days I did not take?", "can be encashed"),
        ("How long must I have worked here before leave can be encashed?", "12 months"),
        ("How many days of annual leave do I get?", "which makes 21 days a year"),
        ("How many sick days are there?", "12 days of sick leave a year"),
        ("How many days of sick leave do I get?", "12 days of sick leave a year"),
        ("When is a medical certificate needed?", "more than 2 days needs a medical certificate"),
        ("How much paternity leave is there?", "Paternity | 10 days"),
        ("How many weeks of maternity leave may I take?", "up to 26 weeks"),
        ("Who has to approve unpaid leave?", "Both your manager and HR have to approve it"),
        ("How much annual leave do full-time employees earn per month?", "1.75 days"),
        ("What do I do to request leave?", "HR portal or by e-mail"),
        ("How many days off do I get when a close relative dies?", "up to 5 working days"),
        ("Are public holidays counted as leave?", "not counted as leave"),
        ("What is settled when I resign?", "final settlement"),
        ("What is the telephone number of HR?", "+1 555 0100"),
    ],
)
def test_questions_are_answered_with_the_right_rule(
    policy: Project, question: str, said: str
) -> None:
    """A question in other words than the document's is answered in the document's words."""
    answer = policy.ok("ask", question, "--json").json
    assert answer["answered"] is True
    assert said in answer["answer"]
    assert any(said in citation["quote"] for citation in answer["citations"])


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Australia?",
        "How do I configure a Kubernetes ingress?",
        "Who won the football world cup in 2018?",
        "What is the boiling point of ethanol?",
        "How do I bake sourdough bread?",
        "Which programming language is the web site written in?",
        "What does the company's share cost today?",
        "How large is the parking garage?",
        "When was the telescope invented?",
        "What is the dress code in the office?",
        "Do I get a company car?",
        "Does the company pay for gym membership?",
        "How do I reset my VPN password?",
    ],
)
def test_questions_about_other_things_are_refused(policy: Project, question: str) -> None:
    """What the document doesn't say is not answered: exit code 3, and what comes nearest."""
    result = policy.run("ask", question)
    assert result.code == 3
    assert result.out == ""
    assert result.err.startswith("The documents don't say.\n")
    shape = policy.run("ask", question, "--json").json
    assert (shape["answered"], shape["answer"], shape["citations"]) == (False, None, [])
    assert shape["hits"]
