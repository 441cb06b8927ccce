"""The files below a directory, and those that a glob stands for."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ragpg.text.globs import is_glob, match
from ragpg.types import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.documents.file_selection import FileSelection


class _Directory(NamedTuple):
    """A directory; `prefix` is its path below the top one, with a `/` at its end."""

    path: Path
    prefix: str
    depth: int


def walk_directory(top: Path, selection: FileSelection) -> Iterator[Path | UnreadableFile]:
    """Yield the included files below a directory, ordered by name.

    Dot-directories, `node_modules`, virtual environments and excluded paths are skipped, and links
    unless the selection follows them. A directory that cannot be read is reported.
    """
    patterns = list_patterns(selection)
    for found in _walk(top, selection):
        if isinstance(found, UnreadableFile):
            yield found
        elif any(match(pattern, found.name) for pattern in patterns):
            yield found.path


def count_other_suffixes(top: Path, selection: FileSelection) -> Counter[str]:
    """Count the files below a directory that are not included, by suffix; hidden ones are not."""
    patterns = list_patterns(selection)
    return Counter(
        found.path.suffix.lower()
        for found in _walk(top, selection)
        if isinstance(found, _Found)
        and not found.path.name.startswith(".")
        and not any(match(pattern, found.name) for pattern in patterns)
    )


def list_patterns(selection: FileSelection) -> list[str]:
    """Return globs that match the path of an included file below a directory."""
    return [name if "/" in name else f"**/{name}" for name in selection.include]


def expand_glob(pattern: str, selection: FileSelection) -> Iterator[Path | UnreadableFile]:
    """Yield the files that match a glob; `walk_directory` says which directories are skipped."""
    segments = pattern.split("/")
    first = next(index for index, segment in enumerate(segments) if is_glob(segment))
    rest = "/".join(segments[first:])
    # With the last slash, since `C:` alone is the current directory of a drive.
    base = Path("".join(f"{segment}/" for segment in segments[:first]) or ".")
    if base.is_dir():
        max_depth = None if "**" in rest else len(segments) - first
        for found in _walk(base, selection, max_depth=max_depth):
            if isinstance(found, UnreadableFile):
                yield found
            elif match(rest, found.name):
                yield found.path


class _Found(NamedTuple):
    """A file; `name` is its path below the directory that is walked."""

    path: Path
    name: str


def _walk(
    top: Path, selection: FileSelection, *, max_depth: int | None = None
) -> Iterator[_Found | UnreadableFile]:
    pending = [_Directory(top, "", 1)]
    visited: set[str] = set()
    while pending:
        directory = pending.pop()
        real = os.path.realpath(directory.path) if selection.follow_symlinks else None
        try:
            entries = [] if real in visited else _list_entries(directory)
        except OSError as error:
            reason = f"cannot read the directory: {error.strerror or error}"
            yield selection.to_unreadable(directory.path, reason)
            continue
        visited |= {real} if real else set()
        kept = [entry for entry in entries if _is_kept(entry, directory, selection)]
        subdirectories = [entry for entry in kept if _is_directory(entry)]
        for entry in kept:
            if not _is_directory(entry):
                yield _Found(Path(entry.path), directory.prefix + entry.name)
        if max_depth is None or directory.depth < max_depth:
            pending += [
                _Directory(
                    Path(entry.path), f"{directory.prefix}{entry.name}/", directory.depth + 1
                )
                for entry in reversed(subdirectories)
            ]


def _list_entries(directory: _Directory) -> list[os.DirEntry[str]]:
    """List a directory, ordered by name; a virtual environment below the top one is empty."""
    with os.scandir(directory.path) as scan:
        entries = sorted(scan, key=lambda entry: entry.name)
    is_below_top = bool(directory.prefix)
    is_environment = is_below_top and any(entry.name == "pyvenv.cfg" for entry in entries)
    return [] if is_environment else entries


def _is_kept(entry: os.DirEntry[str], directory: _Directory, selection: FileSelection) -> bool:
    if entry.is_symlink() and not selection.follows(Path(entry.path)):
        return False
    if _is_directory(entry) and (entry.name.startswith(".") or entry.name == "node_modules"):
        return False
    if not selection.exclude:
        return True
    names = (entry.name, directory.prefix + entry.name, selection.to_source(Path(entry.path)))
    patterns = [pattern.removeprefix("./").rstrip("/") for pattern in selection.exclude]
    return not any(match(pattern, name) for pattern in patterns for name in names)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
