"""The PID file, and whether a process is the server that it names."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, TypeAlias

import pytest

from ragpg.server.pid_file import PidFile, _looks_like_server_of, is_server_of, read_pid_file
from tests.support.embedded import await_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHECKS = pytest.mark.parametrize("check", [is_server_of, _looks_like_server_of])
SLEEP = "import sys; print('ready', flush=True); sys.stdin.read()"
Check: TypeAlias = "Callable[[int, Path], bool]"


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that works in a directory, as a server works in its cluster."""
    with subprocess.Popen(
        [sys.executable, "-c", SLEEP],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process


def test_a_pid_file_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """A missing or empty file says nothing, a whole one everything."""
    assert read_pid_file(tmp_path) == PidFile(None, None, ready=False)
    path = tmp_path / "postmaster.pid"
    path.write_text("")
    assert read_pid_file(tmp_path) == PidFile(None, None, ready=False)
    path.write_text(f"17\n{tmp_path}\n1700000000\n5432\n{tmp_path}\n\n 1 2\nready   \n")
    assert read_pid_file(tmp_path) == PidFile(17, tmp_path, ready=True, port=5432)


@CHECKS
def test_a_server_works_in_its_cluster(
    tmp_path: Path, process: subprocess.Popen[str], check: Check
) -> None:
    """The working directory decides, also for psutil, which is asked where /proc is closed."""
    (tmp_path / "other").mkdir()
    assert check(process.pid, tmp_path)
    assert not check(process.pid, tmp_path / "other")


@CHECKS
def test_a_process_that_has_ended_is_no_server(
    tmp_path: Path, process: subprocess.Popen[str], check: Check
) -> None:
    """Neither a zombie nor a number without a process."""
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not check(process.pid, tmp_path)
    process.communicate()
    assert not check(process.pid, tmp_path)


def test_a_start_without_a_stale_server_does_without_psutil(used: Path) -> None:
    """What is needed only to examine other processes is imported only then."""
    script = (
        "import sys; from pathlib import Path; from ragpg.server import run_server\n"
        "with run_server(Path(sys.argv[1])): assert 'psutil' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script, used], check=True)
    await_end(used)
