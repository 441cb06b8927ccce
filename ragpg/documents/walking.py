"""The files below a directory, and those that a glob stands for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ragpg.text.globs import is_glob, match

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.documents.selection import Selection
    from ragpg.types import UnreadableFile


class _Directory(NamedTuple):
    """A directory, its path below the one that was given (with a `/` behind it), and its depth."""

    path: Path
    below: str
    depth: int


def walk(top: Path, selection: Selection) -> Iterator[Path | UnreadableFile]:
    """Yield the files below a directory that are included, in the order of their names.

    Directories that begin with a dot, `node_modules`, virtual environments and what is excluded
    are left out, links too unless they are to be followed; a directory that cannot be read is
    reported.
    """
    patterns = [name if "/" in name else f"**/{name}" for name in selection.include]
    yield from _walk(top, selection, patterns=patterns)


def expand(pattern: str, selection: Selection) -> Iterator[Path | UnreadableFile]:
    """Yield the files that match a glob; directories are left out as in a walk."""
    segments = pattern.split("/")
    first = next(index for index, segment in enumerate(segments) if is_glob(segment))
    rest = "/".join(segments[first:])
    base = Path("/".join(segments[:first]) or ("/" if first else "."))
    if base.is_dir():
        depth = None if "**" in rest else len(segments) - first
        yield from _walk(base, selection, patterns=[rest], depth=depth)


def _walk(
    top: Path, selection: Selection, *, patterns: Sequence[str], depth: int | None = None
) -> Iterator[Path | UnreadableFile]:
    pending = [_Directory(top, "", 1)]
    visited: set[str] = set()
    while pending:
        directory = pending.pop()
        real = os.path.realpath(directory.path) if selection.follow_symlinks else None
        try:
            entries = [] if real in visited else _entries(directory)
        except OSError as error:
            reason = f"cannot read the directory: {error.strerror or error}"
            yield selection.unreadable(directory.path, reason)
            continue
        visited |= {real} if real else set()
        kept = [entry for entry in entries if _is_kept(entry, directory, selection)]
        below = [entry for entry in kept if _is_directory(entry)]
        for entry in kept:
            path = directory.below + entry.name
            if not _is_directory(entry) and any(match(pattern, path) for pattern in patterns):
                yield Path(entry.path)
        if depth is None or directory.depth < depth:
            pending += [
                _Directory(Path(entry.path), f"{directory.below}{entry.name}/", directory.depth + 1)
                for entry in reversed(below)
            ]


def _entries(directory: _Directory) -> list[os.DirEntry[str]]:
    """A directory's entries by name; a virtual environment below another directory has none."""
    with os.scandir(directory.path) as scanned:
        entries = sorted(scanned, key=lambda entry: entry.name)
    environment = directory.below and any(entry.name == "pyvenv.cfg" for entry in entries)
    return [] if environment else entries


def _is_kept(entry: os.DirEntry[str], directory: _Directory, selection: Selection) -> bool:
    if entry.is_symlink() and not selection.follow_symlinks:
        return False
    if _is_directory(entry) and (entry.name.startswith(".") or entry.name == "node_modules"):
        return False
    if not selection.exclude:
        return True
    names = (entry.name, directory.below + entry.name, selection.source(Path(entry.path)))
    patterns = [pattern.removeprefix("./").rstrip("/") for pattern in selection.exclude]
    return not any(match(pattern, name) for pattern in patterns for name in names)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
