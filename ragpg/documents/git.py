"""Reads the objects of a git repository; no program that its configuration names is run.

Only `rev-parse`, `ls-tree` and `cat-file --batch` are called, which apply neither filters nor text
conversion and run no hook; a partial clone fetches nothing. The user's and the system's
configuration are not read, and what of the repository's own could start a program is overridden.
"""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, NamedTuple

from ragpg.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT = 120
"""Seconds for a commit or a tree to be found, on the slowest of disks."""

OVERRIDES = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.sshCommand=false",
    "protocol.allow=never",
    "safe.directory=*",  # whose repository it is does not matter where nothing of it is run
)
ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
REGULAR = frozenset({"100644", "100755"})


class Blob(NamedTuple):
    """A file of a tree; `mode` is git's, such as 120000 of a link and 160000 of a submodule."""

    mode: str
    object: str
    size: int

    @property
    def is_regular(self) -> bool:
        """Whether it is a file that can be read."""
        return self.mode in REGULAR


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the repository whose files lie in `top`, an absolute path without links.

    `time` is when it was committed, in UTC; None where it does not say so.
    """

    top: Path
    sha: str
    time: datetime | None = None

    def list_blobs(self) -> dict[str, Blob]:
        """Return the files of the commit's tree by path; bytes that are not UTF-8 are escaped."""
        output = run(self.top, "ls-tree", "-r", "-z", "-l", "--full-tree", self.sha)
        blobs = {}
        for line in filter(None, output.split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, _, name, size = about.decode().split()
            blobs[os.fsdecode(path)] = Blob(mode, name, int(size) if size.isdigit() else 0)
        return blobs

    @contextmanager
    def open_reader(self) -> Iterator[BlobReader]:
        """Start what reads files."""
        command = make_command(self.top, "cat-file", "--batch")
        with subprocess.Popen(  # noqa: S603 - a fixed command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=make_environment(),
        ) as process:
            try:
                yield BlobReader(process)
            finally:
                process.kill()


@dataclass(frozen=True, slots=True)
class BlobReader:
    """A process of `git cat-file --batch`."""

    process: subprocess.Popen[bytes]

    def read(self, blob: Blob) -> bytes:
        """Return a file's content; raises DocumentError if the repository does not have it."""
        question, answer = self.process.stdin, self.process.stdout
        if question is None or answer is None:
            raise DocumentError("git cannot be asked")
        try:
            question.write(f"{blob.object}\n".encode())
            question.flush()
        except BrokenPipeError:
            raise DocumentError("git has ended before everything was read") from None
        words = answer.readline().split()
        if len(words) != 3 or words[1] != b"blob":
            raise DocumentError("its content is not in this clone; `git fetch` it first")
        content = answer.read(int(words[2]))
        answer.read(1)
        return content


def find_commit(ref: str, directory: Path) -> Commit:
    """Return the commit that a tag, a branch or a revision names in a directory's repository.

    Raises UsageError where there is none, and where there is neither a repository nor git.
    """
    if which("git") is None:
        raise UsageError("git is not installed", hint="commits are read with it")
    real = Path(os.path.realpath(directory))
    above = (real, *real.parents)
    top = next((path for path in above if os.path.lexists(path / ".git")), None)
    if top is None:
        raise UsageError(f"{str(directory)!r} is in no git repository")
    if not ref or ref.startswith("-") or "\0" in ref:
        raise UsageError(f"{ref!r} is no revision", hint="name a tag, a branch or a commit")
    arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    try:
        sha = run(top, *arguments).decode().strip()
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise UsageError(
            f"{ref!r} names no commit of {str(top)!r}" + (f": {reason}" if reason else ""),
            hint="`git log` and `git tag` show what there is; a shallow clone may lack it",
        ) from None
    return Commit(top, sha, parse_time(run(top, "cat-file", "commit", sha)))


def parse_time(commit: bytes) -> datetime | None:
    """Return when a commit was committed, in UTC."""
    found = re.search(rb"^committer .*> (\d{1,11}) [+-]\d{4}$", commit, re.MULTILINE)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def run(top: Path, *arguments: str) -> bytes:
    """Return what git prints; raises CalledProcessError, and UsageError where it takes too long."""
    try:
        return subprocess.run(  # noqa: S603 - fixed commands
            make_command(top, *arguments),
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=make_environment(),
            timeout=TIMEOUT,
        ).stdout
    except subprocess.TimeoutExpired:
        raise UsageError(f"git has not answered within {TIMEOUT} s in {str(top)!r}") from None


def make_command(top: Path, *arguments: str) -> list[str]:
    """Return a command that is run in a repository."""
    settings = [part for setting in OVERRIDES for part in ("-c", setting)]
    return ["git", "--no-pager", "--no-replace-objects", "-C", str(top), *settings, *arguments]


def make_environment() -> dict[str, str]:
    """Return the environment without what is meant for another git, such as that of a hook."""
    usual = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return usual | ENVIRONMENT
