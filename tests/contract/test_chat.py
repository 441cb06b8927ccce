"""Questions that go on with earlier ones: `ragpg chat`."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

import pexpect
import psutil
import pytest

from ragpg import Ragpg
from tests.support.command_line import Project, in_directory, new_project
from tests.support.documents import ingested
from tests.support.embedded import await_that
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOATS = """\
# Boats

## Schooner

A schooner of the harbour has two masts. It carries a crew of nine sailors.

## Sloop

A sloop of the harbour has one mast. It carries a crew of three sailors.
"""
FIRST = "How many masts does a schooner of the harbour have?"
NEXT = "and a sloop of the harbour?"
STANDALONE = "How many masts does a schooner of the harbour have, and a sloop of the harbour?"

PROMPT = "\r\n> "
LINUX = sys.platform == "linux"  # other systems do not tell what a process does


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with a document in the table; tests only read it."""
    project = new_project(tmp_path_factory.mktemp("harbour"), data_dir=shared_data_dir)
    return ingested(project, {"boats.md": BOATS})


def settings(provider: Provider) -> dict[str, Any]:
    """The environment that lets a model of a provider answer."""
    return {"RAGPG_LLM_MODEL": "openai/test", "RAGPG_LLM_API_BASE": provider.url}


def send(project: Project, *lines: object, code: int = 0, **environment: str) -> list[Any]:
    """Send lines of JSON, and return those that come back."""
    sent = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    result = project.run("chat", "--json", stdin=sent, **environment)
    assert (result.code, result.err) == (code, "")
    return result.lines


def test_lines_of_json(harbour: Project) -> None:
    """What goes on is answered as the question that stands alone is by `ask`."""
    first, second = send(harbour, FIRST, {"question": NEXT})
    assert (first["question"], first["standalone"]) == (FIRST, FIRST)
    assert (second["question"], second["standalone"]) == (NEXT, STANDALONE)
    asked = harbour.ok("ask", STANDALONE, "--json").json
    changed = {"timings": None, "question": NEXT, "standalone": STANDALONE}
    assert second | {"timings": None} == asked | changed


def test_a_reset_forgets(harbour: Project) -> None:
    """Afterwards a follow-up is a first question."""
    _, reset, after = send(harbour, FIRST, {"reset": True}, NEXT)
    assert reset == {"reset": True}
    assert after["standalone"] == NEXT


def test_a_line_that_fails_is_answered_by_its_error(harbour: Project) -> None:
    """The others are answered, and the exit code is 1."""
    lines = [FIRST.encode(), b'{"q": 1}', b"[1]", b"", b'"\xff"', json.dumps(NEXT).encode()]
    lines[0] = json.dumps(FIRST).encode()
    result = harbour.run("chat", "--json", stdin=b"\n".join(lines) + b"\n")
    assert result.code == 1
    first, *failed, last = result.lines
    assert [line["error"]["type"] for line in failed] == ["usage", "usage", "usage", "document"]
    assert first["answered"]
    assert last["standalone"] == STANDALONE


def test_lines_of_text_and_commands(harbour: Project) -> None:
    """Answers come one after another; what is searched for is said on standard error."""
    lines = f"{FIRST}\n{NEXT}\n/sources\n/read 1\n/read 7\n/sail\n/reset\n/exit\n{FIRST}\n"
    result = harbour.run("chat", stdin=lines.encode())
    assert result.code == 1
    assert result.err.splitlines() == [
        f"searched for: {STANDALONE}",
        "error: no passage '7'",
        f"hint: /read takes 1 to {len(harbour.ok('ask', FIRST, '--json').json['hits'])}",
        "error: unknown command '/sail'; /help lists the commands",
    ]
    place = "[1] boats.md:L"
    assert result.out.count(place) == 4
    assert "Sources\n[1] boats.md:L" in result.out


def test_exit_codes_are_those_of_a_batch(harbour: Project) -> None:
    """3 when the documents don't say, 0 without a line, 2 for a filter that is none."""
    [refused] = send(harbour, "When was the treaty of Ghent signed?", code=3)
    assert not refused["answered"]
    assert send(harbour) == []
    assert harbour.run("chat", "--filter", "tags = hr").code == 2
    assert harbour.run("chat", RAGPG_TABLE_NAME="nothing").code == 1


def test_a_model_rewrites_the_question(harbour: Project) -> None:
    """One request does, which has what was said as data; another one answers."""
    rewritten = "How many masts does a sloop of the harbour have?"
    replies = Reply("Two masts [1]."), Reply(rewritten), Reply("A sloop has one mast [1].")
    with Provider(*replies) as provider:
        model = settings(provider)
        first, second = send(harbour, FIRST, NEXT, **model)
        _, rewriting, answering = provider.requests
    assert first["model"] == "openai/test"
    assert second["standalone"] == rewritten
    assert second["claims"][0]["verdict"] == "supported"
    said = rewriting.body["messages"][1]["content"]
    assert "Question: How many masts" in said
    assert "Answer: Two masts [1]." in said
    assert answering.body["messages"][1]["content"].endswith(f"Question: {rewritten}")


@pytest.mark.parametrize(
    "reply",
    [Reply("A sloop has one mast, as everybody in Kansas knows."), Reply(status=400), Reply("")],
)
def test_where_the_model_fails_words_are_carried_over(harbour: Project, reply: Reply) -> None:
    """A reply that is no question, an error and an empty one do no harm."""
    with Provider(Reply("Two masts [1]."), reply, Reply("One mast [1].")) as provider:
        model = settings(provider)
        _, second = send(harbour, FIRST, NEXT, **model, RAGPG_LLM_RETRIES="0")
    assert second["standalone"] == STANDALONE
    assert second["answered"]


def test_an_answer_that_is_cut_short_is_partial(harbour: Project) -> None:
    """Its error is in its place, and the conversation goes on."""
    cut = Reply("A schooner has two masts [1]. And", finish="length")
    with Provider(cut, Reply("why?"), Reply("Because [1].")) as provider:
        model = settings(provider)
        first, second = send(harbour, FIRST, "why?", code=1, **model)
    assert first["error"]["type"] == "provider"
    assert first["partial"]["question"] == first["question"] == FIRST
    assert first["partial"]["answer"].startswith("A schooner")
    assert second["question"] == "why?"


def test_failed_questions_are_kept_as_they_stand_alone(harbour: Project) -> None:
    """`ragpg gaps` has them as `ask` would have kept them."""
    project = harbour.with_own_table()
    project.ok("ingest", "boats.md")
    project.ok("gaps", "--enable")
    send(project, FIRST, "who baked the bread for the Vikings?", code=3)
    [gap] = project.ok("gaps", "--json").json["gaps"]
    assert gap["question"] == "who baked the bread for the Vikings?"


def test_a_case_may_be_a_conversation(harbour: Project) -> None:
    """Its last turn is checked, after the others were asked."""
    project = harbour
    project.write(
        "cases.toml",
        f"[[case]]\nturns = ['{FIRST}', '{NEXT}']\ncontains = 'one mast'\ndoc = 'boats.md'\n"
        f"[[case]]\nquestion = '{FIRST}'\ncontains = 'two masts'\n",
    )
    result = project.ok("eval", "cases.toml", "--json").json
    talk, single = result["cases"]
    assert (talk["question"], talk["standalone"]) == (NEXT, STANDALONE)
    assert (talk["passed"], single["passed"]) == (True, True)
    assert single["standalone"] is None
    project.write("wrong.toml", "[[case]]\nquestion = 'a'\nturns = ['b']\n")
    wrong = project.run("eval", "wrong.toml")
    assert wrong.code == 2
    assert wrong.err.startswith("error: wrong.toml:1: question and turns")


def test_from_python(harbour: Project) -> None:
    """A program has the same, as values."""
    with in_directory(harbour.directory, harbour.environment), Ragpg() as documents:
        chat = documents.chat(extractive=True)
        heard: list[str] = []
        chat.ask(FIRST)
        exchange = chat.ask(NEXT, on_sentence=lambda sentence: heard.append(sentence.text))
        assert exchange.standalone == STANDALONE
        assert exchange.answer is not None
        assert exchange.answer.text == heard[0]
        chat.reset()
        assert chat.ask(NEXT).standalone == NEXT


def talk(project: Project, *arguments: str, **environment: str) -> pexpect.spawn[str]:
    """Start a chat at a terminal."""
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-m", "ragpg", "chat", *arguments],
        cwd=str(project.directory),
        env={**os.environ, **project.environment, "TERM": "dumb", **environment},
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 200),
    )
    child.expect(PROMPT)
    return child


def test_at_a_terminal(harbour: Project, tmp_path: Path) -> None:
    """Questions, commands, a history of one's own, and Ctrl-D at the end."""
    environment = {"XDG_STATE_HOME": str(tmp_path)}
    child = talk(harbour, **environment)
    child.sendline(FIRST)
    child.expect("two masts")
    child.expect(PROMPT)
    child.sendline(NEXT)
    child.expect_exact("searched for: How many masts")
    child.expect("one mast")
    child.expect(PROMPT)
    child.sendline("/sources")
    child.expect("Sources")
    child.expect(PROMPT)
    child.sendline("/fly")
    child.expect("unknown command '/fly'")
    child.expect(PROMPT)
    child.sendeof()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    history = tmp_path / "ragpg/chat_history"
    assert history.read_text().splitlines() == [FIRST, NEXT, "/sources", "/fly"]
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    child = talk(harbour, **environment)
    child.send("\x1b[A\x1b[A\x1b[A\x1b[A\r")
    child.expect("two masts")
    child.expect(PROMPT)
    child.sendline("/exit")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_no_history_is_kept_if_none_is_wanted(harbour: Project, tmp_path: Path) -> None:
    """Nor does it matter that the directory cannot be made."""
    child = talk(harbour, "--no-history", XDG_STATE_HOME=str(tmp_path / "state"))
    child.sendline("/exit")
    child.expect(pexpect.EOF)
    assert not (tmp_path / "state").exists()
    (tmp_path / "file").write_text("")
    child = talk(harbour, XDG_STATE_HOME=str(tmp_path / "file"))
    child.sendline("/reset")
    child.expect(PROMPT)
    child.sendeof()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@pytest.fixture
def slow() -> Iterator[Provider]:
    """A model that begins an answer and then hangs, until the next one."""
    hanging = Reply("A schooner has two masts [1]. It carries nine sailors [1]. And", hangs=1)
    with Provider(hanging, Reply("why?"), Reply("It has two masts [1].")) as provider:
        yield provider


def test_ctrl_c_clears_the_line_or_stops_the_answer(harbour: Project, slow: Provider) -> None:
    """The chat goes on in both cases."""
    model = settings(slow)
    child = talk(harbour, "--no-history", **model)
    child.send("never min")
    child.expect_exact("never min")
    # A signal that comes while Python's readline takes a character waits for the end of the line.
    await_that(lambda: psutil.Process(child.pid).status() == psutil.STATUS_SLEEPING or not LINUX)
    child.sendintr()
    child.expect(PROMPT)
    child.sendline(FIRST)
    while not slow.requests:
        child.expect([".", pexpect.TIMEOUT], timeout=0.2)
    child.sendintr()
    child.expect(PROMPT)
    child.sendline("why is that so?")
    child.expect("two masts")
    child.expect(PROMPT)
    child.sendeof()
    rest = child.read()
    child.close()
    assert child.exitstatus == 0
    assert "Traceback" not in rest
