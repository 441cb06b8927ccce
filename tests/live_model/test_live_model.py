"""`ask` with a small language model, served by llama.cpp and reached through litellm.

What such a model says is not foreseeable: these tests hold what is true of any answer.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from ragpg.errors import ProviderError
from ragpg.llm.litellm_model import LiteLLM
from ragpg.llm.prompt import compose_messages
from ragpg.types import Completion, Hit, Message
from tests.support.command_line import Project, new_project

if TYPE_CHECKING:
    from tests.support.processes import Nursery

POLICY = Path(__file__).parents[2] / "leave_policy.md"
QUESTIONS = [
    "Can I encash leave at year end?",
    "How many days of sick leave do I have?",
    "Who approves unpaid leave?",
    "When do I have to tell my manager that I am ill?",
]
LONG = [Message("user", "Tell a long story about a boat on the sea, with many details.")]


@pytest.fixture(scope="module")
def policy(
    tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path, live_model: str
) -> Project:
    """A project with the leave policy and the model."""
    project = new_project(tmp_path_factory.mktemp("live"), data_dir=shared_data_dir)
    project.write("leave_policy.md", POLICY.read_bytes())
    project.ok("ingest", "leave_policy.md")
    environment = {
        "RAGPG_LLM_MODEL": "openai/smollm2",
        "RAGPG_LLM_API_BASE": live_model,
        "RAGPG_LLM_MAX_TOKENS": "160",
        "RAGPG_LLM_TIMEOUT": "300",
        "RAGPG_RETRIEVAL_TOP_K": "2",
    }
    return project.within(environment)


def model(address: str, *, timeout: float = 300, max_tokens: int = 100) -> LiteLLM:
    """The model, without the command line around it."""
    return LiteLLM(
        model="openai/smollm2", api_base=address, timeout=timeout, max_tokens=max_tokens, retries=0
    )


def test_an_answer_arrives_in_pieces(live_model: str) -> None:
    """Token by token, not all at once, and the server counts them."""
    begin = time.monotonic()
    stream = model(live_model, max_tokens=60).stream(LONG)
    timed = [(piece, time.monotonic() - begin) for piece in stream]
    *pieces, completion = (piece for piece, _ in timed)
    assert isinstance(completion, Completion)
    assert completion.finish_reason == "length"
    assert completion.usage is not None
    assert completion.usage["completion_tokens"] == 60
    assert 30 <= len(pieces) <= 61
    assert timed[-1][1] - timed[0][1] > 0.05


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_checked(policy: Project, question: str) -> None:
    """Whatever it says: verdicts, citations and the exit code agree with each other."""
    result = policy.run("ask", question, "--json")
    shape = result.json
    answer: dict[str, Any] = shape.get("partial", shape)
    sys.stderr.write(f"{question}\n{result.code} {answer}\n")  # pytest shows it with -rA
    claims, text = answer["claims"], answer["answer"] or ""
    verdicts = {claim["verdict"] for claim in claims}
    if "partial" in shape:
        assert result.code == 1
        assert "openai/smollm2" in shape["error"]["message"]
    elif not answer["answered"]:
        assert result.code == 3
    else:
        assert result.code == (0 if not verdicts or "supported" in verdicts else 4)
    for claim in claims:
        assert claim["text"] in text
        assert (claim["cited_by"] is None) == (claim["citations"] == [])
        if claim["cited_by"] == "check":
            assert claim["verdict"] == "supported"
            assert f"{claim['text']} [{claim['citations'][0]}]" in text
    for citation in answer["citations"]:
        assert citation["quote"] in citation["text"]
        assert citation["number"] in {n for claim in claims for n in claim["citations"]}
    sentences = Counter(re.findall(r"\w[^.!?\n]{20,}[.!?]", text))
    assert not sentences or max(sentences.values()) <= 3
    assert "end of passage [" not in text


def test_an_answer_that_is_cut(policy: Project) -> None:
    """The limit is named, and what was said is shown."""
    result = policy.run("ask", QUESTIONS[0], RAGPG_LLM_MAX_TOKENS="40")
    assert (result.code, "[the answer breaks off here]" in result.out) == (1, True), result
    assert result.err.startswith("error: the answer of 'openai/smollm2' was cut at maxTokens\n")


def test_a_prompt_that_takes_too_long(live_model: str) -> None:
    """While the server reads a prompt it sends nothing: that is a timeout."""
    text = " ".join(f"On day {n} the boat sailed {n * 7} miles." for n in range(400))
    hit = Hit(1, "log.md", "Log", (), 0, len(text), 1, 1, text, 1.0)
    messages, _ = compose_messages("How far did it sail?", [hit], budget=10_000)
    with pytest.raises(ProviderError, match=r"sent nothing for 0\.5 s$"):
        list(model(live_model, timeout=0.5).stream(messages))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_waiting_is_cancelled(
    policy: Project, nursery: Nursery, live_model: str, number: int, code: int
) -> None:
    """A signal ends the wait at once, without a word, and the server is free again."""
    run = nursery.start(policy, "ask", QUESTIONS[0], RAGPG_LLM_MAX_TOKENS="2000")
    time.sleep(3)
    begin = time.monotonic()
    result = run.signalled(number)
    assert time.monotonic() - begin < 3
    assert (result.code, result.out, result.err) == (code, "", "")
    assert list(model(live_model, max_tokens=2).stream([Message("user", "Say hello.")]))


def test_a_terminal_shows_an_answer_and_is_interrupted(policy: Project) -> None:
    """Ctrl-C while sentences appear: the exit code of an interruption, and no traceback."""
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-m", "ragpg", "ask", QUESTIONS[2]],
        cwd=str(policy.directory),
        env={**os.environ, **policy.environment, "TERM": "xterm"},
        encoding="utf-8",
        timeout=300,
        dimensions=(24, 80),
    )
    child.expect(r"\w{3,}")
    child.sendintr()
    rest = child.read()
    child.close()
    assert child.exitstatus in (0, 1, 4, 130)  # a short answer may be over by then
    assert "Traceback" not in rest
