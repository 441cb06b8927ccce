"""The whole program where POSIX's modules and functions are missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import postgres
from tests.support.windows import install_programs, run_code, run_main, run_several

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="Linux stands in for Windows"),
    pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv runs programs as another user"),
]

LEAVE = "# Leave\n\nEmployees have 26 days of annual leave.\n\n# Notice\n\nNotice is two weeks.\n"
CASES = '{"id": "days", "question": "How many days of annual leave?", "sources": ["leave.md"]}\n'
COMMANDS = [
    ["init", "--force"],
    ["ingest", "leave.md"],
    ["ingest", "--plan", "."],
    ["search", "annual leave"],
    ["search", "--json", "annual leave"],
    ["ask", "How many days of annual leave do employees have?"],
    ["verify", "text.txt"],
    ["list"],
    ["status"],
    ["status", "--check"],
    ["repair"],
    ["eval", "cases.jsonl"],
    ["trust"],
    ["remove", "leave.md"],
]


@pytest.fixture
def place(data_dir: Path) -> Path:
    """A project that somebody who is not root may write to."""
    (data_dir / "project" / ".git").mkdir(parents=True)
    (data_dir / "home").mkdir()
    (data_dir / "project" / "leave.md").write_text(LEAVE)
    (data_dir / "project" / "text.txt").write_text("Employees have 26 days of annual leave.\n")
    (data_dir / "project" / "cases.jsonl").write_text(CASES)
    if os.geteuid() == 0:
        for path in (data_dir, *data_dir.rglob("*")):
            os.chown(path, *postgres.other_user())
    return data_dir


def run(command: list[str], place: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the project, as somebody who is not root."""
    home = {"HOME": str(place / "home"), "PATH": os.defpath, "HF_HUB_OFFLINE": "1"}
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=place / "project",
        env={**home, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
    )


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version(place: Path, option: str) -> None:
    """The program starts without any module of POSIX's."""
    result = run(run_main(option), place)
    assert (result.returncode, result.stderr) == (0, "")
    assert "ragpg" in result.stdout


def test_every_command_works_with_a_server(place: Path) -> None:
    """All of them, one after the other, against a PostgreSQL over TCP."""
    given = postgres.shared().new_database()
    variables = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    environment = {f"RAGPG_DB_{name}": str(given[key]) for key, name in variables.items()}
    result = run(
        run_several(json.dumps(COMMANDS)), place, RAGPG_DB_NAME=str(given["dbname"]), **environment
    )
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert json.loads(result.stdout.splitlines()[-1]) == [0] * len(COMMANDS), result.stdout
    assert "26 days" in result.stdout


def test_the_main_job_works_with_the_embedded_postgresql(place: Path) -> None:
    """Locks of bytes, TCP with a password, and programs called *.exe: ingest, then ask."""
    install_programs(place / "programs")
    environment = {
        "RAGPG_DATA_DIR": str(place / "data"),
        "PYTHONPATH": os.pathsep.join([str(place / "programs"), str(Path(__file__).parents[2])]),
    }
    ingested = run(run_main("ingest", "leave.md"), place, **environment)
    assert (ingested.returncode, ingested.stderr) == (0, "")
    asked = run(run_main("ask", "How many days of annual leave?"), place, **environment)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "26 days" in asked.stdout
    names = {path.name for path in (place / "data").iterdir()}
    assert names == {"pg18", "pg18.log", "pg18.mutex", "pg18.users"}


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_output_that_an_encoding_lacks_is_no_error(place: Path, encoding: str) -> None:
    """What a console cannot show becomes a question mark; a pipe gets UTF-8 if nobody chose."""
    command = run_main("ingest", "--plan", "漢字 Ж.md")
    chosen = run(command, place, PYTHONIOENCODING=encoding)
    assert "?? ?.md" in chosen.stdout + chosen.stderr
    assert "Traceback" not in chosen.stderr
    unchosen = run(command, place, PYTHONUTF8="0", LC_ALL="C", PYTHONCOERCECLOCALE="0")
    assert "漢字 Ж.md" in unchosen.stdout + unchosen.stderr


LOCKS = """
from pathlib import Path
from ragpg.server.locks import Lock
path = Path(sys.argv[1])
with Lock(path) as one, Lock(path) as two, Lock(path) as three:
    one.acquire_shared()
    two.acquire_shared()
    assert not three.try_acquire()
    assert not two.try_acquire()  # and gives up its share
    two.acquire_shared()
    one.release()
    one.release()
    assert two.try_acquire()
    assert not one.try_acquire()
    two.release()
    with three.hold(waiting="for nothing"):
        assert not one.try_acquire()
    one.acquire()
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"],
                             stdin=subprocess.PIPE)
    one.release()
    assert two.try_acquire()
    two.release()
    child.communicate()
    three.acquire_shared()
    print("shared", flush=True)
    sys.stdin.read()
"""


def test_locks_are_shared_exclusive_and_given_up_at_death(place: Path) -> None:
    """The locks of bytes do what those of files do."""
    path = place / "home" / "lock"
    options: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = run_code(LOCKS, str(path))
    try_it = run_code(
        "from pathlib import Path\nfrom ragpg.server.locks import Lock\n"
        "with Lock(Path(sys.argv[1])) as lock:\n    print(lock.try_acquire())\n",
        str(path),
    )
    environment = {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, **options, env=environment) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "shared\n"
        assert run(try_it, place).stdout == "False\n"
        holder.kill()
        holder.wait()
    assert run(try_it, place).stdout == "True\n"
