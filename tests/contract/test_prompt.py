"""`ask --prompt`: what a model would get, and no model is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import pages
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    from tests.support.command_line import Project

QUESTION = "Can I encash leave at year end?"


@pytest.fixture
def policy(project: Project) -> Project:
    """A project with the leave policy."""
    own = project.with_own_table()
    own.write("leave_policy.md", (pages.ROOT / "leave_policy.md").read_bytes())
    own.ok("ingest", "leave_policy.md")
    return own


def test_the_messages_are_those_that_a_model_gets(policy: Project) -> None:
    """To the letter; nothing is sent for them."""
    with Provider(Reply("At most 5 unused days [1].")) as provider:
        model = policy.within(
            {
                "OPENAI_API_KEY": "sk-test",
                "RAGPG_LLM_MODEL": "openai/test",
                "RAGPG_LLM_API_BASE": provider.url,
            }
        )
        printed = model.ok("ask", QUESTION, "--prompt", "--json").json
        assert provider.requests == []
        model.run("ask", QUESTION)
        [request] = provider.requests
    assert printed["messages"] == request.body["messages"]
    assert list(printed) == ["question", "messages", "hits", "refusal"]
    assert [hit["rank"] for hit in printed["hits"]] == [1, 2, 3, 4, 5]


def test_no_model_is_needed(policy: Project) -> None:
    """As text the messages stand below each other, the question last."""
    result = policy.ok("ask", QUESTION, "--prompt")
    assert result.out.startswith("You answer a question from numbered passages")
    assert result.out.rstrip().endswith(f"Question: {QUESTION}")
    assert result.err == ""


def test_a_question_that_would_be_refused(policy: Project) -> None:
    """The messages are printed all the same, with a remark."""
    question = "Which gate does flight LX 318 leave from?"
    assert "no model would be asked" in policy.ok("ask", question, "--prompt").err
    assert policy.ok("ask", question, "--prompt", "--json").json["refusal"]["reason"]


def test_nothing_to_answer_from(policy: Project) -> None:
    """Where no passage is found, that is the exit code."""
    assert policy.run("ask", QUESTION, "--prompt", "--filter", "team == fleet").code == 3


def test_a_batch_of_prompts(policy: Project) -> None:
    """An object a line."""
    lines = policy.ok(
        "ask", "--prompt", "--batch", "-", "--json", stdin=f"{QUESTION}\nHow long?\n".encode()
    ).lines
    assert [line["question"] for line in lines] == [QUESTION, "How long?"]


def test_what_could_control_a_terminal_is_escaped(policy: Project) -> None:
    """A passage's escape sequences are printed as text."""
    policy.write("red.md", "# Red\n\nThe lamp is \x1b[31mred\x1b[0m.\n")
    policy.ok("ingest", "red.md")
    printed = policy.ok("ask", "What is the lamp?", "--prompt")
    assert "\x1b" not in printed.out
