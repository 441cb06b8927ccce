"""What a process costs: time, processor time and memory, of several in turns."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

MEBIBYTE = 2**20
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Command:
    """A program to start; `environment` is all of it."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path

    def within(self, **environment: str) -> Command:
        """The same, with more in its environment."""
        return Command(self.arguments, {**self.environment, **environment}, self.directory)


@dataclass(frozen=True, slots=True)
class Run:
    """A process from its start to its end: seconds, and MiB.

    `memory` is the peak of the largest process: of the one that was started, or of a child that it
    waited for. Linux counts the peak of whoever starts a process in, which is why the benchmark
    itself imports little.
    """

    wall: float
    user: float
    system: float
    memory: float
    code: int
    output: str
    errors: str

    def costs(self) -> dict[str, float]:
        """What is kept of it."""
        names = ("wall", "user", "system", "memory")
        return {name: round(getattr(self, name), 4) for name in names}


def run(command: Command, *, codes: Sequence[int] = (0,)) -> Run:
    """Run a command to its end; raises RuntimeError if it ends with another code."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.arguments,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=command.directory,
            env=dict(command.environment),
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        wall = time.perf_counter() - start
        process.returncode = code = os.waitstatus_to_exitcode(status)
        texts = [_content(file) for file in (out, err)]
    if code not in codes:
        raise RuntimeError(f"{' '.join(command.arguments)} ended with {code}\n{''.join(texts)}")
    memory = usage.ru_maxrss * MAXRSS_UNIT / MEBIBYTE
    return Run(wall, usage.ru_utime, usage.ru_stime, memory, code, *texts)


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


@dataclass(frozen=True, slots=True)
class Contestant:
    """A command that is measured; `before` prepares each run and is not measured."""

    name: str
    command: Command
    before: Callable[[], object] = int
    codes: tuple[int, ...] = (0,)


def interleave(
    contestants: Sequence[Contestant], *, rounds: int, warm_ups: int = 1
) -> dict[str, list[Run]]:
    """Run all in turns, A B A B, so that what else the machine does strikes all alike."""
    runs: dict[str, list[Run]] = {contestant.name: [] for contestant in contestants}
    for number in range(-warm_ups, rounds):
        for contestant in contestants:
            contestant.before()
            result = run(contestant.command, codes=contestant.codes)
            if number >= 0:
                runs[contestant.name].append(result)
    return runs


def answer_times(command: Command, lines: Sequence[str]) -> list[float]:
    """Seconds that a running process takes from a line in to a line out, without the first two."""
    process = subprocess.Popen(
        command.arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=command.directory,
        env=dict(command.environment),
    )
    times = []
    with process:
        assert process.stdin
        assert process.stdout
        for line in lines:
            start = time.perf_counter()
            process.stdin.write(line.encode() + b"\n")
            process.stdin.flush()
            if not process.stdout.readline():
                raise RuntimeError(f"{' '.join(command.arguments)} answered nothing to {line!r}")
            times.append(time.perf_counter() - start)
        process.stdin.close()
    return times[2:]
