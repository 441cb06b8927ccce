"""Paths, directories and globs to files, each of them read once."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from ragpg.documents.file_selection import is_utf8, to_absolute
from ragpg.documents.walk import expand_glob, walk_directory
from ragpg.operating_system import use_slashes
from ragpg.text.globs import is_glob
from ragpg.types import File, LeftOut, UnreadableFile, Work, expect_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.documents.file_selection import FileSelection


class FoundPath(NamedTuple):
    """A file that was found, and whether below a directory."""

    path: Path
    from_directory: bool


def discover_files(
    arguments: Iterable[str], selection: FileSelection
) -> Iterator[File | UnreadableFile]:
    """Read the files that paths, directories and globs stand for, in their order."""
    found = find_files(arguments, selection)
    return read_files((item for item in found if not isinstance(item, LeftOut)), selection)


def find_files(
    arguments: Iterable[str], selection: FileSelection
) -> Iterator[FoundPath | UnreadableFile | LeftOut]:
    """Yield the files that paths, directories and globs stand for, in their order.

    A file that is reached in several ways is yielded once. What is left out of a directory is
    among them, with the reason; the same file may be found all the same where it is named.
    """
    seen: set[str] = set()
    for argument in arguments:
        for item in _resolve_argument(argument, selection):
            key = _identify(item)
            if key not in seen:
                seen.add(key)
                yield item


def _identify(item: FoundPath | UnreadableFile | LeftOut) -> str:
    if isinstance(item, LeftOut):
        return f"{item.path}\0{item.reason}"
    return item.source if isinstance(item, UnreadableFile) else os.path.realpath(item.path)


def measure_files(found: Sequence[FoundPath | UnreadableFile], selection: FileSelection) -> Work:
    """Count files and, of those that are going to be read, the bytes of text to expect."""
    paths = [item.path for item in found if isinstance(item, FoundPath)]
    sizes = (expect_text(path.name, _measure_file(path, selection)) for path in paths)
    return Work(len(found), sum(sizes))


def read_files(
    found: Iterable[FoundPath | UnreadableFile], selection: FileSelection
) -> Iterator[File | UnreadableFile]:
    """Read files, each when its turn comes."""
    for item in found:
        yield item if isinstance(item, UnreadableFile) else _read_file(item, selection)


def _measure_file(path: Path, selection: FileSelection) -> int:
    try:
        status = path.stat()
    except OSError:
        return 0
    is_read = stat.S_ISREG(status.st_mode) and status.st_size <= selection.max_bytes
    return status.st_size if is_read else 0


def read_stdin(stream: BinaryIO, *, name: str, selection: FileSelection) -> File | UnreadableFile:
    """Read standard input as the document `name`; unreadable if it is larger than the limit."""
    content = stream.read(selection.max_bytes + 1)
    if len(content) > selection.max_bytes:
        return UnreadableFile(name, None, f"it is larger than {_describe_limit(selection)}")
    return File(name, None, content, sha256(content).digest())


def _resolve_argument(
    argument: str, selection: FileSelection
) -> Iterator[FoundPath | UnreadableFile | LeftOut]:
    """Yield the files that one argument stands for; a path that exists is never a glob."""
    if not argument:
        yield UnreadableFile("", None, "the path is empty")
        return
    argument = use_slashes(argument)
    path = Path(argument)
    paths: Iterable[Path | UnreadableFile | LeftOut]
    try:
        is_directory = stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:
        if not is_glob(argument) or path.is_symlink():
            yield selection.to_unreadable(path, _describe_error(error))
            return
        paths = list(expand_glob(argument, selection))
        if all(isinstance(item, LeftOut) for item in paths):
            paths = [*paths, selection.to_unreadable(path, "no file matches")]
        is_directory = False
    else:
        paths = walk_directory(path, selection) if is_directory else [path]
    for item in paths:
        yield FoundPath(item, is_directory) if isinstance(item, Path) else item


def _read_file(discovered: FoundPath, selection: FileSelection) -> File | UnreadableFile:
    """Read a regular file; a pipe or a device is never opened."""
    path, source = discovered.path, selection.to_source(discovered.path)
    if not is_utf8(source):
        return selection.to_unreadable(path, "its name is not valid UTF-8")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return selection.to_unreadable(path, "it is not a regular file")
        if status.st_size > selection.max_bytes:
            reason = f"its {status.st_size} bytes are more than {_describe_limit(selection)}"
            return selection.to_unreadable(path, reason)
        with path.open("rb") as file:
            content = file.read(selection.max_bytes + 1)
    except OSError as error:
        return selection.to_unreadable(path, _describe_error(error))
    if len(content) > selection.max_bytes:
        return selection.to_unreadable(path, f"it is larger than {_describe_limit(selection)}")
    origin, digest = str(to_absolute(path)), sha256(content).digest()
    modified = _to_time(status.st_mtime)
    return File(source, origin, content, digest, discovered.from_directory, modified)


def _to_time(seconds: float) -> datetime | None:
    """Return a time of the file system in UTC; None where it is beyond the calendar."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _describe_limit(selection: FileSelection) -> str:
    return f"maxFileBytes in [ingest], {selection.max_bytes}"


def _describe_error(error: Exception) -> str:
    """Return the system's message as a part of a sentence."""
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]
