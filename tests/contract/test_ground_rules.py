"""Rules for all commands: where output goes, how they exit, and what they do not touch."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.support.command_line import Project, new_project
from tests.support.documents import ingested
from tests.support.postgres import PASSWORD, shared

if TYPE_CHECKING:
    from collections.abc import Sequence

RAGPG = [sys.executable, "-m", "ragpg"]
COMMANDS = [
    "init",
    "ingest",
    "watch",
    "adopt",
    "search",
    "ask",
    "chat",
    "verify",
    "conflicts",
    "mcp",
    "gaps",
    "list",
    "remove",
    "export",
    "import",
    "status",
    "repair",
    "trust",
    "eval",
]
WITH_JSON: list[Sequence[str]] = [
    ("ingest", "a.md"),
    ("ingest", "--plan", "a.md"),
    ("ingest", "--rebuild"),
    ("search", "words"),
    ("search", "--batch", "questions.txt"),
    ("ask", "words"),
    ("ask", "--batch", "questions.txt"),
    ("list",),
    ("remove", "a.md"),
    ("export", "table.ragpg"),
    ("status",),
    ("repair",),
]
READING: list[Sequence[str]] = [
    ("search", "words"),
    ("ask", "words"),
    ("list",),
    ("status",),
    ("repair",),
    ("remove", "a.md"),
    ("export", "table.ragpg"),
    ("ingest", "--plan", "a.md"),
    ("ingest", "--rebuild"),
]
NOTHING = 'nothing has been ingested into the table "ragpg" yet'


def with_ids(commands: Sequence[Sequence[str]]) -> list[object]:
    """Return parameters whose test ids are the commands."""
    return [pytest.param(command, id=" ".join(command)) for command in commands]


@pytest.fixture
def empty(tmp_path: Path, data_dir: Path) -> Project:
    """A project with a file, where no embedded PostgreSQL was ever started."""
    made = new_project(tmp_path, data_dir=data_dir / "not" / "there")
    made.write("a.md", "# A\n\nWords.\n")
    made.write("questions.txt", "words\n")
    return made


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with two documents in the table; tests only read it."""
    project = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    files = {
        "a.md": "# Apples\n\nApples are red.\n",
        "docs/b.md": "# Boats\n\nBoats float on water.\n",
    }
    return ingested(project, files)


# --- options --------------------------------------------------------------------------------


def test_help_of_the_program() -> None:
    """`--help` lists the commands there are, and no others."""
    shown = Project(Path("/")).ok("--help").out
    lines = shown.partition("Commands:\n")[2].split("\n\n")[0].splitlines()
    listed = [line.split()[0] for line in lines if not line.startswith("   ")]
    assert listed == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(command: str) -> None:
    """Every command has the shared options, and --json if it prints a result."""
    shown = Project(Path("/")).ok(command, "--help").out
    assert shown == Project(Path("/")).ok(command, "-h").out
    for option in ("--config FILE", "--table NAME", "-q, --quiet", "-v, --verbose"):
        assert option in shown
    assert ("--json" in shown) is (command not in {"init", "mcp", "trust"})


def test_unknown_commands() -> None:
    """An unknown command is a usage error, reported in plain text."""
    result = Project(Path("/")).run("serve", "--json")
    assert (result.code, result.out) == (2, "")
    assert "No such command 'serve'" in result.err


def test_shared_options_stand_before_or_after_the_command(corpus: Project) -> None:
    """Shared options mean the same before and after the command."""
    before = corpus.ok("--table", "other", "list")
    after = corpus.ok("list", "--table", "other")
    assert before == after
    assert before.err == 'nothing has been ingested into the table "other" yet\n'
    corpus.write("other.toml", 'tableName = "third"\n')
    for arguments in (("--config", "other.toml", "list"), ("list", "--config", "other.toml")):
        assert '"third"' in corpus.ok(*arguments).err
    for quiet in ("-q", "--quiet"):
        assert corpus.ok(quiet, "list", "--table", "other").err == ""
        assert corpus.ok("list", "--table", "other", quiet).err == ""


def test_verbose(corpus: Project) -> None:
    """With -v, before or after the command, the result is the same."""
    plain = corpus.ok("list").out
    assert corpus.ok("-v", "list").out == plain
    assert corpus.ok("list", "--verbose").out == plain


def test_version() -> None:
    """`--version` prints name and version."""
    assert Project(Path("/")).ok("--version").out == "ragpg 0.1.0\n"


def test_wrong_usage_is_plain_text_on_stderr(corpus: Project) -> None:
    """An error in the command line exits with 2 and leaves stdout empty."""
    for arguments in (
        ("--nope",),
        ("nope",),
        ("list", "--nope", "--json"),
        ("search", "x", "-k", "0", "--json"),
        ("search", "x", "-k", "1001", "--json"),
        ("ask", "x", "-k", "many", "--json"),
        ("search", "x", "--mode", "magic", "--json"),
        ("list", "surplus", "--json"),
        ("remove", "--json"),
    ):
        result = corpus.run(*arguments)
        assert (result.code, result.out) == (2, ""), arguments
        assert "\nError: " in result.err
        assert "Traceback" not in result.err


def test_completion() -> None:
    """The program generates completion for the shell."""
    environment = {
        **os.environ,
        "_RAGPG_COMPLETE": "complete_bash",
        "COMP_WORDS": "ragpg in",
        "COMP_CWORD": "1",
    }
    result = subprocess.run(
        [Path(sys.executable).with_name("ragpg")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout.split() == ["init", "ingest"]


# --- errors ---------------------------------------------------------------------------------


@pytest.mark.parametrize("command", with_ids(WITH_JSON))
def test_errors_as_json(empty: Project, command: Sequence[str]) -> None:
    """A failing command prints one JSON document with the error, and a line for people."""
    empty.write("Config.toml", "tableNam = 'x'\n")
    result = empty.run(*command, "--json")
    assert result.code == 2
    assert list(result.json) == ["error"]
    error = result.json["error"]
    assert list(error) == ["type", "message", "hint"]
    assert error["type"] == "configuration"
    path = empty.directory / "Config.toml"
    assert error["message"] == f'unknown key "tableNam" in {path}: did you mean "tableName"?'
    assert result.err == f"error: {error['message']}\n"


@pytest.mark.parametrize("command", with_ids(WITH_JSON))
def test_a_server_that_is_not_there(empty: Project, command: Sequence[str]) -> None:
    """Failures of the database exit with 1; the error names host and port, never the password."""
    server = {"RAGPG_DB_HOST": "127.0.0.1", "RAGPG_DB_PORT": "1", "RAGPG_DB_PASSWORD": PASSWORD}
    result = empty.within(server).run(*command, "--json")
    assert result.code == 1
    assert list(result.json) == ["error"]
    assert result.json["error"]["type"] == "database"
    assert "127.0.0.1" in result.json["error"]["message"]
    assert len(result.err.splitlines()) <= 4
    assert PASSWORD not in result.out + result.err


def test_errors_as_text(empty: Project) -> None:
    """Without --json an error is one line on stderr, with a hint below it."""
    result = empty.run("search", "words")
    assert (result.code, result.out) == (1, "")
    assert result.err == f"error: {NOTHING}\nhint: run `ragpg ingest PATH`\n"


def test_a_refused_password_is_in_no_output(empty: Project) -> None:
    """No error shows a password that the server refuses, however it was set."""
    given = shared().parameters()
    wrong = "wr0ng-pässword"
    parts = {
        "RAGPG_DB_HOST": "127.0.0.1",
        "RAGPG_DB_PORT": str(given["port"]),
        "RAGPG_DB_USER": str(given["user"]),
        "RAGPG_DB_PASSWORD": wrong,
        "RAGPG_DB_NAME": "postgres",
    }
    url = {
        "RAGPG_DB_URL": f"postgresql://{given['user']}:{wrong}@127.0.0.1:{given['port']}/postgres"
    }
    for environment in (parts, url):
        for command in (("status",), ("status", "--json"), ("-v", "list"), ("ingest", "a.md")):
            result = empty.within(environment).run(*command)
            assert result.code == 1
            assert wrong not in result.out + result.err
            assert "password" in result.err


def test_passwords_are_not_in_a_status(empty: Project) -> None:
    """`status` names the server without the password."""
    given = shared().new_database()
    at = f"127.0.0.1:{given['port']}/{given['dbname']}"
    url = {"RAGPG_DB_URL": f"postgresql://{given['user']}:{PASSWORD}@{at}"}
    there = empty.within(url)
    there.ok("ingest", "a.md")
    for command in (("status",), ("status", "--json"), ("-v", "status"), ("list", "--json")):
        result = there.ok(*command)
        assert PASSWORD not in result.out + result.err
    assert there.ok("status", "--json").json["store"]["kind"] == "server"


# --- nothing is made ------------------------------------------------------------------------


@pytest.mark.parametrize("command", with_ids(READING))
def test_reading_makes_no_directory(empty: Project, command: Sequence[str]) -> None:
    """Commands that read never make a data directory, let alone a database."""
    result = empty.run(*command)
    assert result.code == (0 if command[0] in {"list", "status"} or "--plan" in command else 1)
    assert not Path(empty.environment["RAGPG_DATA_DIR"]).exists()
    assert sorted(path.name for path in empty.directory.iterdir()) == [
        ".git",
        "a.md",
        "questions.txt",
    ]


def test_reading_makes_nothing_in_a_server(empty: Project) -> None:
    """Neither the extension nor a table appears in a database of the user's."""
    given = shared().new_database()
    at = f"127.0.0.1:{given['port']}/{given['dbname']}"
    url = {"RAGPG_DB_URL": f"postgresql://{given['user']}@{at}", "RAGPG_DB_PASSWORD": PASSWORD}
    objects = "SELECT oid FROM pg_class UNION SELECT oid FROM pg_namespace"
    before = shared().execute(objects, dbname=str(given["dbname"]))
    for command in READING:
        assert empty.within(url).run(*command).code in {0, 1}
    assert shared().execute(objects, dbname=str(given["dbname"])) == before


def test_reading_makes_no_database(project: Project) -> None:
    """Nor does a project get a database in the embedded PostgreSQL before its first ingest."""
    project.write("a.md", "# A\n\nWords.\n")
    for command in READING:
        project.run(*command)
    assert project.run("search", "words").err.startswith(f"error: {NOTHING}\n")


def test_nothing_ingested(empty: Project) -> None:
    """Before the first ingest `list` and `status` succeed, `--plan` works, the others fail."""
    listed, status = empty.ok("list"), empty.ok("status")
    assert (listed.out, listed.err) == ("", f"{NOTHING}\n")
    assert status.err == f"{NOTHING}\n"
    assert "embedded PostgreSQL" in status.out
    assert empty.ok("list", "--json").json == {"documents": []}
    shape = empty.ok("status", "--json").json
    assert list(shape) == ["server", "store", "table", "model", "counts", "sizes", "checks"]
    assert shape["counts"] == {"documents": 0, "chunks": 0}
    [planned] = empty.ok("ingest", "--plan", "a.md", "--json").json["documents"]
    assert (planned["source"], planned["status"]) == ("a.md", "added")
    for command in (("search", "x"), ("ask", "x"), ("remove", "x"), ("ingest", "--rebuild")):
        result = empty.run(*command, "--json")
        assert result.code == 1
        assert result.json["error"] == {
            "type": "nothing_ingested",
            "message": NOTHING,
            "hint": "run `ragpg ingest PATH`",
        }


def test_a_check_of_nothing_holds(empty: Project) -> None:
    """Before the first ingest no health check fails."""
    assert empty.ok("status", "--check", "--json").json["checks"] == []


# --- pipes and terminals --------------------------------------------------------------------


def test_a_pipe_gets_no_colour(corpus: Project) -> None:
    """Without NO_COLOR too: no escape, no progress, no wrapping, no blanks at the end."""
    for command in (("list",), ("status",), ("search", "apples"), ("ingest", ".")):
        result = corpus.run(*command, NO_COLOR="", FORCE_COLOR="1", COLUMNS="20")
        assert result.code == 0
        assert "\x1b" not in result.out + result.err
        assert result.err == ""
        assert all(line == line.rstrip() for line in result.out.splitlines())
    assert "docs/b.md  Boats" in corpus.ok("list", COLUMNS="20").out


@pytest.mark.parametrize(
    ("environment", "escapes"),
    [
        ({"NO_COLOR": "", "TERM": "xterm"}, {"1", "0", "36"}),
        ({"NO_COLOR": "1", "TERM": "xterm"}, {"1", "0"}),
        ({"NO_COLOR": "", "TERM": "dumb"}, set()),
    ],
)
def test_a_terminal(corpus: Project, environment: dict[str, str], escapes: set[str]) -> None:
    """A terminal gets colours unless the user or the terminal refuses them."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "ragpg", "list"],
        cwd=str(corpus.directory),
        env={**os.environ, **corpus.environment, **environment},
        encoding="utf-8",
        timeout=60,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "docs/b.md" in str(child.before)
    assert set(re.findall(r"\x1b\[([^m]*)m", str(child.before))) == escapes
    assert str(child.before).count("\x1b") == len(re.findall(r"\x1b\[[^m]*m", str(child.before)))


def test_quiet(project: Project) -> None:
    """With -q a successful ingest prints nothing; failures are still printed."""
    project.write("a.md", "# A\n\nWords.\n")
    result = project.ok("ingest", "-q", ".")
    assert (result.out, result.err) == ("", "")
    planned = project.ok("ingest", "-q", "--plan", ".", "--json").json
    assert planned["documents"][0]["status"] == "unchanged"
    failing = project.run("ingest", "-q", "gone.md")
    assert (failing.code, failing.out) == (1, "")
    assert failing.err == "failed: gone.md: no such file or directory\n"
    refused = project.run("search", "-q", "--mode", "keyword", "zebra")
    assert (refused.code, refused.out, refused.err) == (3, "", "")
    assert project.ok("list", "-q").out.startswith("source")
    project.write("b.md", "# B\n\nMore.\n")
    assert "added     b.md" in project.ok("ingest", "-q", "--plan", ".").out
    (project.directory / "a.md").unlink()
    assert project.ok("ingest", "-q", ".").err == ""
    assert project.ok("remove", "-q", "a.md").out == ""


def test_names_and_texts_cannot_act(project: Project) -> None:
    """Controls and direction marks from names and texts are shown, and escaped in JSON."""
    name = "e\x1b[31mvil\u202e[red].md"
    project.write(
        name, "# \x1b]0;Title\x07 [bold]Head\u202e[/bold]\n\nzebra \x1b[2J\x9b1m stripes\n"
    )
    project.ok("ingest", ".")
    for command in (
        ("list",),
        ("search", "zebra"),
        ("ask", "zebra stripes"),
        ("ingest", "--plan", "."),
    ):
        result = project.run(*command)
        written = result.out + result.err
        assert not set(written) & set("\x1b\x07\x9b\u202e"), command
        shape = project.run(*command, "--json")
        assert not set(shape.out) & set("\x1b\x07\x9b\u202e"), command
    assert "e\\x1b[31mvil\\u202e[red].md" in project.ok("list").out
    assert project.ok("list", "--json").json["documents"][0]["source"] == name
    failing = project.run("ingest", "gone\x1b.md", "--json")
    assert "\x1b" not in failing.out + failing.err
    assert failing.json["documents"][0]["source"] == "gone\x1b.md"
    unknown = project.run("remove", "un\x1bknown", "--json")
    assert "\x1b" not in unknown.out + unknown.err


def test_what_cannot_be_written_is_an_error(corpus: Project) -> None:
    """A full disk is reported in one line, and not as a bug of the program."""
    environment = {**os.environ, **corpus.environment}
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [*RAGPG, "list", "--json"],
            cwd=corpus.directory,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert result.returncode == 1
    assert result.stderr == b"error: cannot read or write: No space left on device\n"


def test_closed_streams(corpus: Project) -> None:
    """Started without stdin, stdout or stderr, the program does its work."""
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        result = subprocess.run(
            ["sh", "-c", f'"$@" {closed}', "sh", *RAGPG, "list"],
            cwd=corpus.directory,
            env={**os.environ, **corpus.environment},
            capture_output=True,
            check=False,
        )
        assert (result.returncode, result.stderr) == (0, b"")


def test_a_closed_pipe_ends_quietly(corpus: Project) -> None:
    """A reader that closes the pipe causes neither an error nor a traceback."""
    environment = {**os.environ, **corpus.environment}
    for arguments in (["list"], ["status", "--json"], ["search", "--json", "--batch", "-"]):
        process = subprocess.Popen(
            [*RAGPG, *arguments],
            cwd=corpus.directory,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(b"apples\nboats\n")
        process.stdin.close()
        assert process.stderr.read() == b""
        process.stderr.close()
        assert process.wait(60) == 0


def test_json_is_one_line(corpus: Project) -> None:
    """Each JSON document is on one line, so that it can be read line by line."""
    for command in (("list",), ("status",), ("search", "apples")):
        result = corpus.ok(*command, "--json")
        assert result.out.endswith("}\n")
        assert len(result.out.splitlines()) == 1
        json.loads(result.out)
