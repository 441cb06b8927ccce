"""Repositories of git for tests."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository, whose files are written by the test."""

    directory: Path

    def git(self, *arguments: str) -> str:
        """Run git there, and return what it prints."""
        return subprocess.run(
            ["git", *arguments],
            check=True,
            cwd=self.directory,
            capture_output=True,
            text=True,
            env={**os.environ, **IDENTITY},
        ).stdout.strip()

    def commit(self, tag: str) -> str:
        """Commit all files, give the commit a tag, and return it."""
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--message", tag)
        self.git("tag", tag)
        return self.git("rev-parse", "HEAD")


def make_repository(directory: Path) -> Repository:
    """Make a repository in an empty directory, or in one that has a `.git` without content."""
    repository = Repository(directory)
    repository.git("init", "--quiet", "--initial-branch", "main")
    return repository
