"""Which files are read, and the sources that they are stored under."""

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
class FileSelection:
    """Which files are read.

    `root` is the directory that sources are relative to; without one they are absolute. `include`
    and `exclude` are globs. They match a file's name or its path below the directory that is
    searched; an `include` without `/` matches the name alone, and `exclude` matches the source and
    directories, too. `max_bytes` is the largest size of a file. Links lead to what is below
    `links_within`, or anywhere without it. With `honours_gitignore`, what the .gitignore files of
    its repository ignore is left out of a directory.
    """

    root: Path | None
    include: Sequence[str]
    exclude: Sequence[str]
    follow_symlinks: bool
    max_bytes: int
    links_within: Path | None = None
    honours_gitignore: bool = True

    def follows(self, link: Path) -> bool:
        """Return whether a symbolic link below a directory is followed."""
        if self.links_within is None:
            return self.follow_symlinks
        target, limit = os.path.realpath(link), os.path.realpath(self.links_within)
        return self.follow_symlinks and Path(target).is_relative_to(limit)

    def to_source(self, path: Path) -> str:
        """Return the source of a path: relative to `root` if it is below, else absolute."""
        location = to_absolute(path)
        if self.root is None:
            return location.as_posix()
        root = to_absolute(self.root)
        if location.is_relative_to(root):
            return location.relative_to(root).as_posix()
        # Either may have been reached by a link.
        resolved, root = resolve_directory(location.parent) / location.name, resolve_directory(root)
        is_below = resolved.is_relative_to(root)
        return (resolved.relative_to(root) if is_below else location).as_posix()

    def to_unreadable(self, path: Path, reason: str) -> UnreadableFile:
        """Report why a path cannot be read; bytes of its name that are not UTF-8 are escaped."""
        source = self.to_source(path)
        if is_utf8(source):
            return UnreadableFile(source, str(to_absolute(path)), reason)
        return UnreadableFile(os.fsencode(source).decode(errors="backslashreplace"), None, reason)


def to_absolute(path: Path) -> Path:
    """Make a path absolute, without `.` and `..`; links are not followed."""
    return Path(os.path.normpath(path.absolute()))


@lru_cache(maxsize=1024)
def resolve_directory(path: Path) -> Path:
    """Follow the links in an absolute path."""
    return Path(os.path.realpath(path))


def is_utf8(name: str) -> bool:
    """Return whether a name from the file system is valid UTF-8; others contain surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
