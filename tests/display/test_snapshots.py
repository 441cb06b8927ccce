"""What commands print, as plain text for people to read; `make snapshots` renews it.

A transcript shows commands as they are typed. In a pipe, lines of standard error begin with `!`;
on a terminal, styles stand in angle brackets. What differs from run to run has a placeholder.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from ragpg.cli.app import COMMANDS
from tests.conftest import RENEW_SNAPSHOTS
from tests.support.command_line import Project, new_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SNAPSHOTS = Path(__file__).parent / "snapshots"
POLICY = Path(__file__).parents[2] / "leave_policy.md"

HELP = {
    "help": ["ragpg --help"],
    **{f"help_{command}": [f"ragpg {command} --help"] for command in COMMANDS},
}
# One after the other in one project: what the first ones make is there for the later ones.
RUNS = {
    "nothing": ["ragpg list", "ragpg status", "ragpg search encashment"],
    "plan": ["ragpg ingest --plan ."],
    "ingest": ["ragpg ingest .", "ragpg ingest .", "ragpg ingest . gone.md '*.rst'"],
    "list": ["ragpg list"],
    "status": ["ragpg status"],
    "search": [
        "ragpg search -k 2 'Can leave be encashed?'",
        "ragpg search --mode keyword zebra",
    ],
    "explain": [
        "ragpg search -k 2 --explain 'Can leave be encashed?'",
        "ragpg search --mode keyword --explain --source 'docs/*' zebra",
    ],
    "ask": ["ragpg ask 'Can I encash leave at year end?'"],
    "refusal": ["ragpg ask -k 2 'What is the capital of Australia?'"],
    "eval": ["ragpg eval cases.toml --min mrr@10=0.9"],
    "missing": ["rm docs/cars.md", "ragpg ingest docs", "ragpg ingest docs --prune"],
    "remove": ["ragpg remove gone.md", "ragpg remove leave_policy.md", "ragpg remove docs"],
    "errors": [
        "ragpg serve",
        "ragpg list --colour",
        "ragpg search -k 0 leave",
        "ragpg search ''",
        "ragpg search leave --filter 'tags = hr'",
        "ragpg ask --batch questions.txt",
        "ragpg eval wrong.toml",
        "ragpg ingest nowhere/",
        "ragpg list --config gone.toml",
        "ragpg list --config wrong.toml",
        "ragpg list --config unreachable.toml",
        "ragpg search leave --config other.toml",
    ],
}
CASES = """
[[case]]
id = "encash"
question = "Can I encash leave at year end?"
cites = "leave_policy.md#leave-encashment"
contains = "5 unused days"

[[case]]
id = "sick"
question = "How many days of sick leave do I have?"
doc = "leave_policy.md"
contains = ["12 days", "[bold]20 days[/bold]"]

[[case]]
question = "What is the capital of Australia?"
refuses = true
"""
FILES = {
    "leave_policy.md": POLICY.read_text(),
    "docs/boats.md": "# Boats\n\nA sloop has one mast.\n",
    "docs/cars.md": "# Cars\n\nA car has four wheels.\n",
    "docs/[red]odd\x1b[1m.md": "# Odd [bold]names[/bold]\n\nAre printed as they are.\n",
    "cases.toml": CASES,
    "wrong.toml": '[llm]\napibase = "http://localhost"\n',
    "unreachable.toml": 'dbHost = "127.0.0.1"\ndbPort = 1\n',
    "other.toml": "[embedding]\ndimensions = 128\n",
}

# Runs everything in one process, so that the model is loaded once.
ON_TERMINAL = """
import json, os, shlex, sys
from ragpg.cli.app import app
for command in json.loads(sys.argv[1]):
    print("$", command, flush=True)
    program, *arguments = shlex.split(command)
    if program == "rm":
        os.unlink(*arguments)
        continue
    try:
        app(arguments, prog_name="ragpg")
    except SystemExit as ending:
        sys.stdout.flush()
        if ending.code:
            print(f"[exit {ending.code}]", flush=True)
"""
STYLES = {
    "0": "/",
    "1": "bold",
    "2": "dim",
    "31": "red",
    "32": "green",
    "33": "yellow",
    "35": "magenta",
    "36": "cyan",
}


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A directory with a short name, for lines to break where they always do."""
    directory = Path(tempfile.mkdtemp(prefix="ragpg-test-", dir="/tmp"))
    yield directory
    shutil.rmtree(directory)


def prepared(directory: Path, data_dir: Path) -> Project:
    """A project with files, 80 columns wide."""
    project = new_project(directory, data_dir=data_dir).within({"COLUMNS": "80"})
    for name, text in FILES.items():
        project.write(name, text)
    return project


@pytest.fixture(scope="module")
def in_pipe(place: Path, shared_data_dir: Path) -> dict[str, str]:
    """Transcripts of all runs in a pipe."""
    project = prepared(place / "pipe", shared_data_dir)
    return {
        name: with_placeholders("".join(typed(line, project) for line in lines), project)
        for name, lines in (HELP | RUNS).items()
    }


def typed(line: str, project: Project) -> str:
    """A command line and what it prints in a pipe."""
    program, *arguments = shlex.split(line)
    if program == "rm":
        (project.directory / arguments[0]).unlink()
        return f"$ {line}\n"
    result = project.run(*arguments)
    errors = "".join(f"! {line}\n" for line in result.err.splitlines())
    code = f"[exit {result.code}]\n" if result.code else ""
    return f"$ {line}\n{result.out}{errors}{code}"


@pytest.fixture(scope="module")
def on_terminal(place: Path, shared_data_dir: Path) -> dict[str, str]:
    """Transcripts of all runs on a terminal."""
    project = prepared(place / "tty", shared_data_dir)
    commands = [line for lines in RUNS.values() for line in lines]
    rest = with_placeholders(readable(conversation(project, commands)), project)
    transcripts = {}
    for name, lines in RUNS.items():
        pattern = ".*?".join(re.escape(f"$ {line}\n") for line in lines)
        found = re.match(rf"{pattern}.*?(?=\$ |\Z)", rest, re.DOTALL)
        assert found
        transcripts[name], rest = found[0], rest[found.end() :]
    assert rest == ""
    return transcripts


def conversation(project: Project, commands: Sequence[str]) -> str:
    """All that a terminal shows while commands are run; questions are answered with yes."""
    environment = {**os.environ, **project.environment, "TERM": "xterm-256color"}
    del environment["NO_COLOR"]
    child = pexpect.spawn(
        sys.executable,
        ["-c", ON_TERMINAL, json.dumps(commands)],
        cwd=str(project.directory),
        env=environment,
        encoding="utf-8",
        timeout=120,
        dimensions=(50, 80),
    )
    child.logfile_read = io.StringIO()
    while child.expect_exact(["[y/N]: ", pexpect.EOF]) == 0:
        child.sendline("y")
    child.close()
    return child.logfile_read.getvalue()


def readable(shown: str) -> str:
    """What a terminal was sent, with names for styles and without progress bars."""
    lines = shown.replace("\r\n", "\n")
    lines = re.sub(r"\x1b\[\?25l.*?\x1b\[\?25h(\r|\x1b\[1A|\x1b\[2K)*", "", lines, flags=re.DOTALL)
    named = re.sub(r"\x1b\[([0-9;]+)m", style, lines)
    while (joined := re.sub(r"(<[a-z ]+>)([^<]*)</>\1", r"\1\2", named)) != named:
        named = joined
    return named


def style(match: re.Match[str]) -> str:
    """A style in words."""
    return f"<{' '.join(STYLES[number] for number in match[1].split(';'))}>"


def with_placeholders(text: str, project: Project) -> str:
    """Replace what differs from run to run."""
    for pattern, placeholder in (
        (r" +$", ""),
        (re.escape(str(project.directory)), "<project>"),
        (re.escape(project.environment["RAGPG_DATA_DIR"]), "<data>"),
        (r"/tmp/ragpg-[0-9a-f]+", "<sockets>"),
        (r"project_[0-9a-f]{8}", "<database>"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d", "YYYY-MM-DD hh:mm"),
        (r"\b[\d.]+ (bytes|kB|MB)$", "<size>"),
        (r"(version|pgvector)( *(?:</>)? +)[\d.]+\d", r"\1\2<version>"),
        (r"fingerprint( +)[0-9a-f]{8}", r"fingerprint\1<hash>"),
    ):
        text = re.sub(pattern, placeholder, text, flags=re.MULTILINE)
    return text


SCORE = re.compile(r"\b\d\.\d{4}\b")


def check(name: str, transcript: str) -> None:
    """Compare a transcript with its snapshot, or write it.

    A snapshot has two digits of each score, which may differ by 0.003 between processors.
    """
    file = SNAPSHOTS / f"{name}.txt"
    rounded = SCORE.sub(lambda score: f"{float(score[0]):.2f}", transcript)
    if RENEW_SNAPSHOTS:
        file.parent.mkdir(exist_ok=True)
        file.write_text(rounded)
    snapshot = file.read_text()
    pattern = r"(\d\.\d\d)".join(map(re.escape, SCORE.split(transcript)))
    match = re.fullmatch(pattern, snapshot)
    if match is None:
        assert rounded == snapshot, "`make snapshots` writes what is printed now"
    assert match
    for score, expected in zip(SCORE.findall(transcript), match.groups(), strict=True):
        assert float(score) == pytest.approx(float(expected), abs=0.005 + 0.003), name


@pytest.mark.parametrize("name", HELP)
def test_help(in_pipe: dict[str, str], name: str) -> None:
    """The help of the program and of its commands."""
    check(name, in_pipe[name])


@pytest.mark.parametrize("name", RUNS)
def test_in_a_pipe(in_pipe: dict[str, str], name: str) -> None:
    """What commands print in a pipe: no styles, no wrapped lines, no questions."""
    check(f"pipe_{name}", in_pipe[name])


@pytest.mark.parametrize("name", RUNS)
def test_on_a_terminal(on_terminal: dict[str, str], name: str) -> None:
    """What commands print on a terminal, 80 columns wide."""
    shown = re.sub(r"<(/|[a-z ]+)>", "", on_terminal[name])
    assert "\x1b" not in shown
    check(f"terminal_{name}", on_terminal[name])


def test_every_snapshot_belongs_to_a_run() -> None:
    """No snapshot is left over."""
    runs = {*HELP, *(f"{kind}_{name}" for kind in ("pipe", "terminal") for name in RUNS)}
    assert {file.stem for file in SNAPSHOTS.iterdir()} == runs
