"""Which files are read, and what they are called."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.types import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Selection:
    """Which files are read.

    `root` is the directory that sources are relative to; without one all are absolute. `include`
    and `exclude` are globs: for the name or, with a `/`, for the path below the directory that
    was given (exclude: also for the source). `max_bytes` is the greatest size of a file.
    """

    root: Path | None
    include: Sequence[str]
    exclude: Sequence[str]
    follow_symlinks: bool
    max_bytes: int

    def source(self, path: Path) -> str:
        """Name a file: its path below `root`, with `/`, or the absolute one outside of it."""
        place = absolute(path)
        if self.root is None:
            return place.as_posix()
        root = absolute(self.root)
        if place.is_relative_to(root):
            return place.relative_to(root).as_posix()
        resolved, root = resolved_directory(place.parent) / place.name, resolved_directory(root)
        return (resolved.relative_to(root) if resolved.is_relative_to(root) else place).as_posix()

    def unreadable(self, path: Path, reason: str) -> UnreadableFile:
        """Say why a path cannot be read; bytes of its name that are not UTF-8 are escaped."""
        source = self.source(path)
        if is_utf8(source):
            return UnreadableFile(source, str(absolute(path)), reason)
        return UnreadableFile(os.fsencode(source).decode(errors="backslashreplace"), None, reason)


def absolute(path: Path) -> Path:
    """The absolute path, without `.` and `..`, links as they are."""
    return Path(os.path.normpath(path.absolute()))


@lru_cache(maxsize=1024)
def resolved_directory(path: Path) -> Path:
    """An absolute path with its links followed."""
    return Path(os.path.realpath(path))


def is_utf8(name: str) -> bool:
    """Whether a name that came from the file system can be encoded; others hold surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
