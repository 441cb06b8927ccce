"""How far long commands are: a bar on a terminal, lines where they are asked for, else nothing."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

from ragpg.display import progress
from tests.support.documents import ingested

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Project

HOSTILE = "docs/e\x1b[31mvil\u202e[red].md"
LINE = re.compile(
    r"(?:reading|embedding|writing|indexing|evaluating|checking): "
    r"(?:\d+%|[\d,]+ of (?:about )?[\d,]+ \w+ \(\d+%\))"
    r"(?:, [\d.,]+ \w+/s)?(?:, [^,]+ left)?(?:, docs/\S+)?"
)


@pytest.fixture
def library(project: Project, tiny: Path) -> Project:
    """A project with documents that are embedded fast, one of which has a hostile name."""
    made = project.with_own_table().within({"RAGPG_EMBEDDING_MODEL": str(tiny)})
    for number in range(6):
        made.write(f"docs/{number}.md", document(number))
    made.write(HOSTILE, document(6))
    return made


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each step."""
    monkeypatch.setattr(progress, "LINE_INTERVAL", 0.0)


def document(number: int) -> str:
    """A document of several chunks that has none in common with others."""
    parts = (f"## Part {part}\n\nWords {number * part} of {number}.\n\n" for part in range(20))
    return f"# Document {number}\n\n{''.join(parts)}"


def counts(err: str, unit: str) -> list[tuple[int, int]]:
    """What the lines say is done of how much."""
    found = re.findall(rf"([\d,]+) of (?:about )?([\d,]+) {unit}", err)
    return [(int(done.replace(",", "")), int(total.replace(",", ""))) for done, total in found]


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("options", [(), ("--rebuild",)])
def test_plain_lines_of_an_ingest(library: Project, options: tuple[str, ...]) -> None:
    """They are on standard error, never go back, end at the total, and the result is the same."""
    if options:
        library.ok("ingest", "docs")
    arguments = options or ("docs",)
    result = library.ok("ingest", *arguments, "--json", "--progress", "plain")
    totals = result.json["totals"]
    lines = result.err.splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert {line.partition(":")[0] for line in lines} >= {"embedding", "writing"}
    done = counts(result.err, "chunks")
    assert done == sorted(done)
    assert done[-1] == (totals["chunks"], totals["chunks"])
    assert "\x1b" not in result.err
    assert "\u202e" not in result.err
    assert "docs/e\\x1b[31mvil\\u202e[red].md" in result.err


@pytest.mark.usefixtures("always")
def test_plain_lines_of_other_commands(library: Project) -> None:
    """A plan counts documents, an evaluation cases, a verification claims."""
    plan = library.ok("ingest", "docs", "--plan", "--progress", "plain")
    assert counts(plan.err, "documents") == [(n, 7) for n in range(1, 8)]
    library.ok("ingest", "docs")
    cases = [{"question": f"Words {n}?", "doc": [f"docs/{n}.md"]} for n in range(5)]
    library.write("cases.jsonl", "\n".join(map(json.dumps, cases)))
    evaluated = library.ok("eval", "cases.jsonl", "--progress", "plain")
    assert counts(evaluated.err, "cases") == [(n, 5) for n in range(6)]
    assert evaluated.out == library.ok("eval", "cases.jsonl").out
    library.write("text.txt", "Words 4 of 2. Words 9 of 3. The moon is made of cheese.\n")
    verified = library.run("verify", "text.txt", "--progress", "plain")
    assert counts(verified.err, "claims") == [(n, 3) for n in range(3)]


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("options", [(), ("--progress", "none"), ("--progress", "plain", "-q")])
def test_a_pipe_gets_no_progress(library: Project, options: tuple[str, ...]) -> None:
    """Unless it is asked for, and never with -q."""
    assert library.ok("ingest", "docs", *options).err == ""
    assert library.ok("ingest", "--rebuild", *options).err == ""


def test_an_unknown_kind_of_progress(library: Project) -> None:
    """The kinds are named."""
    result = library.run("ingest", "docs", "--progress", "fancy")
    assert result.code == 2
    assert "'auto', 'plain', 'none'" in result.err


def on_terminal(project: Project, *arguments: str, **environment: str) -> str:
    """What a terminal of 100 columns shows of a command."""
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-m", "ragpg", *arguments],
        cwd=str(project.directory),
        env={**os.environ, **project.environment, "TERM": "xterm", **environment},
        encoding="utf-8",
        timeout=200,
        dimensions=(24, 100),
    )
    shown = child.read()
    child.close()
    assert child.exitstatus == 0, shown
    return shown


def test_a_terminal_gets_a_bar(library: Project) -> None:
    """It counts chunks and names the document, and then it is gone; names cannot act."""
    shown = on_terminal(library, "ingest", "docs")
    assert re.search(r"(embedding|writing) .*━.*\d+/~?\d+ chunks.*docs/", shown)
    assert "\x1b[31mvil" not in shown
    assert "\u202e" not in shown
    rest = re.split(r"\x1b\[\?25h", shown)[-1]
    assert "━" not in rest
    assert "added" in rest
    assert "━" not in on_terminal(library, "ingest", "--rebuild", "--progress", "none")


def test_a_dumb_terminal_gets_no_escapes(library: Project) -> None:
    """Nor a bar."""
    shown = on_terminal(library, "ingest", "docs", TERM="dumb")
    assert "\x1b" not in shown
    assert "━" not in shown
    assert "added" in shown


def test_what_an_interrupted_evaluation_says(library: Project) -> None:
    """That nothing of it is kept, and it ends at once."""
    ingested(library, {"docs/0.md": document(0)})
    cases = [{"id": str(n), "question": "Words?", "doc": ["docs/0.md"]} for n in range(5000)]
    library.write("cases.jsonl", "\n".join(map(json.dumps, cases)))
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable,
        ["-m", "ragpg", "eval", "cases.jsonl"],
        cwd=str(library.directory),
        env={**os.environ, **library.environment, "TERM": "xterm"},
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 100),
    )
    child.expect(r"[1-9]\d*/5,000 cases")
    child.sendintr()
    rest = child.read()
    child.close()
    assert child.exitstatus == 130
    assert re.search(
        r"interrupted: \d+ of 5,000 cases \(\d+%\) were done, and nothing is kept", rest
    )
