"""The files that commands read and write; `-` is standard input."""

from __future__ import annotations

import io
import os
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from ragpg.errors import DocumentError
from ragpg.text import utf8

if TYPE_CHECKING:
    from collections.abc import Iterator


def open_input(file: str) -> BinaryIO:
    """Open a file for reading; raises DocumentError."""
    if file == "-":
        if not sys.stdin.readable():
            raise DocumentError("standard input is closed")
        return sys.stdin.buffer
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise DocumentError(f"{file!r} cannot be read: {error.strerror}") from error
    return io.BytesIO(content)


def read_text(file: str) -> str:
    """Return the text of a file, with a space for each NUL; raises DocumentError."""
    return decode_text(open_input(file).read(), name=file)


def decode_text(content: bytes, *, name: str) -> str:
    """Decode the content of a file, with a space for each NUL; raises DocumentError."""
    try:
        return utf8.decode(content).replace("\0", " ")
    except utf8.NotUtf8Error as error:
        raise DocumentError(f"{name!r} is {error}") from error


def check_writable(path: Path) -> None:
    """Raise DocumentError where no file can be written; to be called before the work starts."""
    if path.is_dir():
        raise DocumentError(f"{str(path)!r} cannot be written: it is a directory")
    if not path.absolute().parent.is_dir():
        raise DocumentError(f"{str(path)!r} cannot be written: there is no such directory")


def write_atomically(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a whole file or nothing; raises DocumentError.

    `mode` holds the permissions of the file, from which the user's mask is subtracted. What is
    not a regular file, such as a pipe or a terminal, is written directly.
    """
    with open_atomically(path, mode=mode) as file:
        file.write(content)


@contextmanager
def open_atomically(path: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Open a file that is there as a whole when the body has ended without an error, or not at all.

    It can be sought in. `mode` and errors are those of `write_atomically`.
    """
    from tempfile import TemporaryFile

    try:
        if path.exists() and not path.is_file():
            with TemporaryFile() as draft, path.open("wb") as target:
                yield cast("BinaryIO", draft)
                copy(draft, target)
            return
        draft_path = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            descriptor = os.open(draft_path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(descriptor, "wb") as file:
                yield file
            draft_path.replace(path)
        finally:
            draft_path.unlink(missing_ok=True)
    except OSError as error:
        raise DocumentError(f"{str(path)!r} cannot be written: {error.strerror}") from error


@contextmanager
def open_spooled_output() -> Iterator[BinaryIO]:
    """Open a file that can be sought in, and that goes to standard output at the end."""
    from tempfile import TemporaryFile

    with TemporaryFile() as draft:
        yield cast("BinaryIO", draft)
        copy(draft, sys.stdout.buffer)
        sys.stdout.buffer.flush()


@contextmanager
def open_seekable(file: str) -> Iterator[BinaryIO]:
    """Open a file, or what standard input brings, to be read more than once.

    Raises DocumentError.
    """
    from tempfile import TemporaryFile

    with ExitStack() as resources:
        try:
            stream: BinaryIO = sys.stdin.buffer
            if file != "-":
                stream = resources.enter_context(Path(file).open("rb"))
            if not stream.seekable():
                draft = cast("BinaryIO", resources.enter_context(TemporaryFile()))
                copy(stream, draft)
                draft.seek(0)
                stream = draft
        except OSError as error:
            raise DocumentError(f"{file!r} cannot be read: {error.strerror}") from error
        yield stream


def copy(source: BinaryIO, target: BinaryIO) -> None:
    """Copy all of a file, from its beginning if it has been sought in."""
    from shutil import copyfileobj

    if source.seekable():
        source.seek(0)
    copyfileobj(source, target)
