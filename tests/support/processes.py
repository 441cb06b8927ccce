"""Runs ragpg in separate processes, which can be killed and run at the same time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.support.command_line import Result

if TYPE_CHECKING:
    from tests.support.command_line import Project

# A fork server: it imports everything once; each run is a fork that calls the program's main().
NURSERY = """
import json, os, sys
import numpy, psycopg
import ragpg.cli.app, ragpg.embedding.local, ragpg.pipeline.ingest, ragpg.store.postgres
from ragpg.__main__ import main
print("ready", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    if "wait" in order:
        print(os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1]), flush=True)
        continue
    child = os.fork()
    if child == 0:
        os.chdir(order["directory"])
        os.environ.update(order["environment"])
        sys.argv = ["ragpg", *order["arguments"]]
        for descriptor, path in enumerate(order["streams"]):
            os.dup2(os.open(path, os.O_RDWR), descriptor)
        main()
    print(child, flush=True)
os._exit(0)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A process of ragpg, and the files that take its output."""

    nursery: Nursery
    pid: int
    out: Path
    err: Path

    def ended(self) -> Result:
        """Wait for the end and return the result; its code is negative after a deadly signal."""
        code = int(self.nursery.order(wait=self.pid))
        return Result(code, self.out.read_text(), self.err.read_text())

    def signalled(self, number: int) -> Result:
        """Send a signal, wait for the end and return the result."""
        os.kill(self.pid, number)
        return self.ended()


class Nursery:
    """A fork server: starts ragpg without the time that its imports take."""

    def __init__(self) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="ragpg-test-"))
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)
        shutil.rmtree(self._directory)

    def order(self, **order: Any) -> str:
        """Send an order and return the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def start(self, project: Project, *arguments: str, **environment: str) -> Run:
        """Start ragpg in a project."""
        out, err = (Path(tempfile.mkstemp(dir=self._directory)[1]) for _ in range(2))
        pid = self.order(
            directory=str(project.directory),
            environment={**project.environment, **environment},
            arguments=arguments,
            streams=["/dev/null", str(out), str(err)],
        )
        return Run(self, int(pid), out, err)

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, "the nursery has died"
        return line
