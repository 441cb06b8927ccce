"""The files that commands read and write; `-` is standard input."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import BinaryIO

from ragpg.errors import DocumentError
from ragpg.text import utf8


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
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise DocumentError(f"{str(path)!r} cannot be written: {error.strerror}") from error
