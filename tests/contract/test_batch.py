"""Many questions in one run: `--batch FILE --json`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import pytest

from tests.support.command_line import Project, new_project
from tests.support.documents import ingested
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KNOWN, UNKNOWN = "How many masts does a sloop have?", "When was the treaty signed?"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with a document in the table; tests only read it."""
    project = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    text = "# Boats\n\nA schooner has two masts. A sloop has one mast.\n"
    return ingested(project, {"boats.md": text})


def batch(project: Project, lines: str, *arguments: str, code: int = 0) -> list[Any]:
    """Run a batch from a file; one JSON object for each line."""
    project.write("questions.txt", lines)
    result = project.run(*arguments, "--batch", "questions.txt", "--json")
    assert (result.code, result.err) == (code, "")
    return result.lines


def test_searches_in_order(corpus: Project) -> None:
    """Each line gets the same result as a single search, in order."""
    lines = batch(corpus, "sloop\nschooner\r\nmasts", "search", "-k", "1")
    assert [line["query"] for line in lines] == ["sloop", "schooner", "masts"]
    assert lines[0] == corpus.ok("search", "-k", "1", "sloop", "--json").json


def test_questions_in_order(corpus: Project) -> None:
    """Answers come line by line, too; one that is not answered exits with 3."""
    [answered, refused] = batch(corpus, f"{KNOWN}\n{UNKNOWN}\n", "ask", code=3)
    assert (answered["question"], answered["answered"]) == (KNOWN, True)
    assert (refused["question"], refused["answered"]) == (UNKNOWN, False)
    alone = corpus.ok("ask", KNOWN, "--json").json
    assert answered | {"timings": None} == alone | {"timings": None}


def test_no_lines(corpus: Project) -> None:
    """An empty file is an empty result."""
    assert batch(corpus, "", "search") == []
    assert corpus.ok("search", "--batch", "-", "--json").out == ""


def test_standard_input(corpus: Project) -> None:
    """`-` reads the lines from standard input; a BOM does no harm."""
    stdin = b"\xef\xbb\xbfsloop\ncaf\xc3\xa9 boat\nnul\0\n"
    lines = corpus.ok("search", "--batch", "-", "--json", stdin=stdin).lines
    assert [line["query"] for line in lines] == ["sloop", "caf\u00e9 boat", "nul"]


def test_a_line_that_is_not_utf8_fails_and_the_rest_goes_on(corpus: Project) -> None:
    """A line that is not UTF-8 is an error: a repaired one would be another question."""
    result = corpus.run("search", "--batch", "-", "--json", stdin=b"caf\xe9 boat\nsloop\n")
    broken, whole = result.lines
    assert (result.code, broken["query"]) == (1, "caf\ufffd boat")
    assert broken["error"]["message"] == "line 1 is not UTF-8: byte 3 is invalid"
    assert whole["hits"]


def test_a_blank_line_fails_and_the_rest_goes_on(corpus: Project) -> None:
    """The error takes the line's place and decides the exit code over a line without hits."""
    lines = batch(corpus, "zebra\n \nsloop\n", "search", "--mode", "keyword", code=1)
    assert lines[0]["hits"] == []
    assert lines[1] == {
        "query": "",
        "error": {"type": "usage", "message": "line 2 is blank", "hint": None},
    }
    assert lines[2]["hits"]
    [answer] = batch(corpus, "\n", "ask", code=1)
    assert list(answer) == ["question", "error"]
    assert len(batch(corpus, "zebra\nsloop\n", "search", "--mode", "keyword", code=3)) == 2


def test_a_failing_model_fails_its_lines(corpus: Project) -> None:
    """The exit code is that of a failure, else of a failed check, else of a refusal."""
    invented = Reply("A sloop has nine engines [1].")
    refusal, broken = Reply("The documents don't say."), Reply("A sloop has", broken=True)
    model = ("ask", "--model", "openai/test", "--strict")
    for replies, code in (
        ([invented, refusal, broken, Reply(status=500)], 1),
        ([invented, refusal], 4),
        ([refusal, refusal], 3),
    ):
        with Provider(*replies) as provider:
            with_model = corpus.within(
                {
                    "RAGPG_LLM_API_BASE": provider.url,
                    "OPENAI_API_KEY": "sk-x",
                    "RAGPG_LLM_RETRIES": "0",
                }
            )
            lines = batch(with_model, f"{KNOWN}\n" * len(replies), *model, code=code)
        assert [line["question"] for line in lines] == [KNOWN] * len(replies)
        if code == 1:
            assert lines[2]["partial"]["answer"] == "A sloop has"
            assert [line.get("error", {}).get("type") for line in lines] == [
                None,
                None,
                "provider",
                "provider",
            ]


@pytest.mark.parametrize("command", ["search", "ask"])
def test_wrong_usage(corpus: Project, command: str) -> None:
    """--batch needs --json and excludes a question."""
    corpus.write("questions.txt", "sloop\n")
    without = corpus.run(command, "--batch", "questions.txt")
    assert (without.code, without.out) == (2, "")
    assert without.err.startswith("error: --batch needs --json\n")
    for file in ("questions.txt", "gone.txt", "-"):
        both = corpus.run(command, "sloop", "--batch", file, "--json")
        assert both.code == 2
        assert both.json["error"]["type"] == "usage"
    missing = corpus.run(command, "--batch", "gone.txt", "--json")
    assert missing.code == 1
    assert missing.json["error"]["message"] == (
        "'gone.txt' cannot be read: No such file or directory"
    )


@contextmanager
def coprocess(project: Project, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command beside the test, over pipes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ragpg", *arguments],
        cwd=project.directory,
        env={**os.environ, **project.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        yield process
        process.kill()


def exchange(process: subprocess.Popen[bytes], line: str) -> Any:
    """Send a line, then wait for its answer."""
    stdin, stdout = both(process)
    stdin.write(line.encode() + b"\n")
    stdin.flush()
    return json.loads(stdout.readline())


def both(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to and from a process."""
    assert process.stdin
    assert process.stdout
    return process.stdin, process.stdout


def test_a_coprocess(corpus: Project) -> None:
    """Each answer comes before the next question is asked."""
    with coprocess(corpus, "search", "--batch", "-", "--json") as process:
        for query in ("sloop", "schooner"):
            assert exchange(process, query)["query"] == query
        both(process)[0].close()
        assert both(process)[1].read() == b""
        assert process.wait(60) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_coprocess_that_is_stopped(corpus: Project, number: signal.Signals, code: int) -> None:
    """Interrupted or terminated while it waits, it ends quietly with its exit code."""
    with coprocess(corpus, "search", "--batch", "-", "--json") as process:
        assert exchange(process, "sloop")["hits"]
        process.send_signal(number)
        assert process.wait(60) == code
        assert process.stderr
        assert process.stderr.read() == b""
