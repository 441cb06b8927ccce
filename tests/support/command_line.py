"""Runs ragpg's command line within the tests' process: the real program, loaded once."""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from ragpg.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Result:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON documents on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Project:
    """A directory to run commands in, with its own environment."""

    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def within(self, environment: Mapping[str, str]) -> Project:
        """The same project, with more in its environment."""
        return replace(self, environment={**self.environment, **environment})

    def with_own_table(self) -> Project:
        """The same project in a database that many share: much faster than one of its own."""
        table = f"t{next(_numbers)}"
        return self.within({"RAGPG_DB_NAME": "many", "RAGPG_TABLE_NAME": table})

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file below the directory."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def run(self, *arguments: str, stdin: bytes = b"", **environment: str) -> Result:
        """Run a command, as in a pipe."""
        out, err = io.StringIO(), io.StringIO()
        with (
            in_directory(self.directory, {**self.environment, **environment}),
            patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = 0
            try:
                app(list(arguments), prog_name="ragpg")
            except SystemExit as exit_:
                code = int(exit_.code or 0)
        return Result(code, out.getvalue(), err.getvalue())

    def ok(self, *arguments: str, stdin: bytes = b"", **environment: str) -> Result:
        """Run a command that must succeed."""
        result = self.run(*arguments, stdin=stdin, **environment)
        assert result.code == 0, (result.code, result.out, result.err)
        return result


def new_project(directory: Path, *, data_dir: Path) -> Project:
    """Make a project: an empty directory, a home, and a database in the embedded PostgreSQL."""
    for name in ("project/.git", "home"):
        (directory / name).mkdir(parents=True)
    environment = {
        "HOME": str(directory / "home"),
        "XDG_CONFIG_HOME": str(directory / "home" / ".config"),
        "RAGPG_DATA_DIR": str(data_dir),
        "NO_COLOR": "1",
    }
    return Project(directory / "project", environment)


@contextmanager
def in_directory(directory: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Change the current directory and add to the environment, for a while."""
    before = Path.cwd()
    with patch.dict(os.environ, environment):
        os.chdir(directory)
        try:
            yield
        finally:
            os.chdir(before)
