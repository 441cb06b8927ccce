"""Paths, directories and globs as files, each of them once."""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from ragpg.documents.selection import absolute, is_utf8
from ragpg.documents.walking import expand, walk
from ragpg.text.globs import is_glob
from ragpg.types import File, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ragpg.documents.selection import Selection


class _Found(NamedTuple):
    path: Path
    from_directory: bool


def find(paths: Iterable[str], selection: Selection) -> Iterator[File | UnreadableFile]:
    """Read the files that paths name, in order; directories are walked, globs are expanded.

    What is found twice, whatever the way, is read once.
    """
    known: set[str] = set()
    for path in paths:
        for found in _named(path, selection):
            key = (
                found.source if isinstance(found, UnreadableFile) else os.path.realpath(found.path)
            )
            if key in known:
                continue
            known.add(key)
            yield found if isinstance(found, UnreadableFile) else _read(found, selection)


def read_stdin(stream: BinaryIO, *, name: str, selection: Selection) -> File | UnreadableFile:
    """Read standard input as the document `name`."""
    content = stream.read(selection.max_bytes + 1)
    if len(content) > selection.max_bytes:
        return UnreadableFile(name, None, f"it is larger than {_limit(selection)}")
    return File(name, None, content, sha256(content).digest())


def _named(argument: str, selection: Selection) -> Iterator[_Found | UnreadableFile]:
    """Yield what one argument stands for; a path that exists is never a glob."""
    if not argument:
        yield UnreadableFile("", None, "the path is empty")
        return
    path = Path(argument)
    found: Iterable[Path | UnreadableFile]
    try:
        is_directory = stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:
        if not is_glob(argument) or path.is_symlink():
            yield selection.unreadable(path, _reason(error))
            return
        matches = list(expand(argument, selection))
        found = matches or [selection.unreadable(path, "no file matches")]
        is_directory = False
    else:
        found = walk(path, selection) if is_directory else [path]
    for file in found:
        yield file if isinstance(file, UnreadableFile) else _Found(file, is_directory)


def _read(found: _Found, selection: Selection) -> File | UnreadableFile:
    """Read a file, but nothing else: a pipe or a device is never opened."""
    source = selection.source(found.path)
    if not is_utf8(source):
        return selection.unreadable(found.path, "its name is not valid UTF-8")
    try:
        status = found.path.stat()
        if not stat.S_ISREG(status.st_mode):
            return selection.unreadable(found.path, "it is not a regular file")
        if status.st_size > selection.max_bytes:
            reason = f"its {status.st_size} bytes are more than {_limit(selection)}"
            return selection.unreadable(found.path, reason)
        with found.path.open("rb") as file:
            content = file.read(selection.max_bytes + 1)
    except OSError as error:
        return selection.unreadable(found.path, _reason(error))
    if len(content) > selection.max_bytes:
        return selection.unreadable(found.path, f"it is larger than {_limit(selection)}")
    origin = str(absolute(found.path))
    return File(source, origin, content, sha256(content).digest(), found.from_directory)


def _limit(selection: Selection) -> str:
    return f"maxFileBytes in [ingest], {selection.max_bytes}"


def _reason(error: Exception) -> str:
    """What the system says, as a part of a sentence."""
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]
