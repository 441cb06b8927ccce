"""The files below a directory, and those that a glob stands for."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ragpg.documents.file_selection import to_absolute
from ragpg.documents.gitignore import IgnoreRules, find_rules
from ragpg.text.globs import is_glob, match
from ragpg.types import LeftOut, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.documents.file_selection import FileSelection


BY_PROGRAMS = {
    "~$": "it says that Office has a document open",
    ".~lock.": "it says that LibreOffice has a document open",
    "._": "it has what macOS knows of another file",
}
"""Beginnings of the names of files that are no documents, whatever their suffix."""


class _Directory(NamedTuple):
    """A directory; `prefix` is its path below the top one, with a `/` at its end."""

    path: Path
    prefix: str
    depth: int
    rules: IgnoreRules | None


def walk_directory(
    top: Path, selection: FileSelection
) -> Iterator[Path | UnreadableFile | LeftOut]:
    """Yield the included files below a directory, ordered by name.

    Dot-directories and virtual environments are skipped; `node_modules`, links that the selection
    does not follow, and what it excludes or git ignores, are left out, and said to be. A directory
    that cannot be read is reported.
    """
    patterns = list_patterns(selection)
    for found in _walk(top, selection):
        if not isinstance(found, _Found):
            yield found
        elif any(match(pattern, found.name) for pattern in patterns):
            yield found.reason or found.path


def count_other_suffixes(top: Path, selection: FileSelection) -> Counter[str]:
    """Count the files below a directory that are not included, by suffix; hidden ones are not."""
    patterns = list_patterns(selection)
    return Counter(
        found.path.suffix.lower()
        for found in _walk(top, selection)
        if isinstance(found, _Found)
        and not found.reason
        and not found.path.name.startswith(".")
        and not any(match(pattern, found.name) for pattern in patterns)
    )


def list_patterns(selection: FileSelection) -> list[str]:
    """Return globs that match the path of an included file below a directory."""
    return [name if "/" in name else f"**/{name}" for name in selection.include]


def expand_glob(
    pattern: str, selection: FileSelection
) -> Iterator[Path | UnreadableFile | LeftOut]:
    """Yield the files that match a glob; `walk_directory` says which directories are skipped."""
    segments = pattern.split("/")
    first = next(index for index, segment in enumerate(segments) if is_glob(segment))
    rest = "/".join(segments[first:])
    # With the last slash, since `C:` alone is the current directory of a drive.
    base = Path("".join(f"{segment}/" for segment in segments[:first]) or ".")
    if base.is_dir():
        max_depth = None if "**" in rest else len(segments) - first
        for found in _walk(base, selection, max_depth=max_depth):
            if not isinstance(found, _Found):
                yield found
            elif match(rest, found.name):
                yield found.reason or found.path


class _Found(NamedTuple):
    """A file; `name` is its path below the directory that is walked."""

    path: Path
    name: str
    reason: LeftOut | None


def _walk(
    top: Path, selection: FileSelection, *, max_depth: int | None = None
) -> Iterator[_Found | UnreadableFile | LeftOut]:
    """Yield the files below a directory, and the directories that are left out."""
    pending = [_Directory(top, "", 1, find_rules(top) if selection.honours_gitignore else None)]
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
        if directory.rules:
            rules = directory.rules.read({entry.name for entry in entries})
            directory = directory._replace(rules=rules)
        subdirectories = []
        for entry in entries:
            left_out = _leave_out(entry, directory, selection)
            if not _is_directory(entry):
                yield _Found(Path(entry.path), directory.prefix + entry.name, left_out)
            elif left_out:
                yield left_out
            elif not entry.name.startswith("."):
                subdirectories.append(_enter(entry, directory))
        if max_depth is None or directory.depth < max_depth:
            pending += reversed(subdirectories)


def _list_entries(directory: _Directory) -> list[os.DirEntry[str]]:
    """List a directory, ordered by name; a virtual environment below the top one is empty."""
    with os.scandir(directory.path) as scan:
        entries = sorted(scan, key=lambda entry: entry.name)
    is_below_top = bool(directory.prefix)
    is_environment = is_below_top and any(entry.name == "pyvenv.cfg" for entry in entries)
    return [] if is_environment else entries


def _enter(entry: os.DirEntry[str], above: _Directory) -> _Directory:
    path = Path(entry.path)
    rules = above.rules
    if rules:
        rules = find_rules(path) if entry.is_symlink() else rules.enter(entry.name)
    return _Directory(path, f"{above.prefix}{entry.name}/", above.depth + 1, rules)


def _leave_out(
    entry: os.DirEntry[str], directory: _Directory, selection: FileSelection
) -> LeftOut | None:
    """Say why an entry of a directory is left out, if it is."""
    if entry.is_symlink() and not selection.follows(Path(entry.path)):
        reason = "it is a link, and [ingest] followSymlinks does not follow it"
        return _report(entry, reason)
    for beginning, reason in BY_PROGRAMS.items():
        if entry.name.startswith(beginning):
            return _report(entry, reason)
    if entry.name == "node_modules" and _is_directory(entry):
        return _report(entry, "node_modules is never read")
    if pattern := _find_exclude(entry, directory, selection):
        return _report(entry, f"excluded by {pattern!r}")
    if directory.rules:
        is_directory = _is_directory(entry) and not entry.is_symlink()
        ignored = directory.rules.find_reason(entry.name, is_directory=is_directory)
        return _report(entry, ignored, is_ignored=True) if ignored else None
    return None


def _report(entry: os.DirEntry[str], reason: str, *, is_ignored: bool = False) -> LeftOut:
    return LeftOut(str(to_absolute(Path(entry.path))), reason, is_ignored)


def _find_exclude(
    entry: os.DirEntry[str], directory: _Directory, selection: FileSelection
) -> str | None:
    """Return the glob of the selection that excludes an entry of a directory, if one does."""
    if not selection.exclude:
        return None
    names = (entry.name, directory.prefix + entry.name, selection.to_source(Path(entry.path)))
    for exclude in selection.exclude:
        pattern = exclude.removeprefix("./").rstrip("/")
        if any(match(pattern, name) for name in names):
            return exclude
    return None


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
