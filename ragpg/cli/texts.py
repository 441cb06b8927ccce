"""The texts that `ragpg verify` is given: files, those below directories, standard input."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.api.inputs import make_selection
from ragpg.api.paths import SourcePaths
from ragpg.cli.files import decode_text, read_text
from ragpg.errors import DocumentError
from ragpg.operating_system import use_slashes
from ragpg.text.globs import is_glob
from ragpg.types import CheckedFile, LeftOut, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.config import Config
    from ragpg.documents import FileSelection
    from ragpg.types import File

STDIN = "-"


def is_one_file(argument: str) -> bool:
    """Return whether an argument can only mean one text: neither a directory nor a glob."""
    if argument == STDIN or os.path.lexists(argument):
        return not Path(argument).is_dir()
    return not is_glob(use_slashes(argument))


def read_texts(arguments: Sequence[str], config: Config) -> list[CheckedFile]:
    """Read the files that paths, directories and globs stand for, each once, in their order.

    A file that cannot be read is among them, with the error. Raises DocumentError where there is
    no file at all.
    """
    selection = make_selection(config, root=None, exclude=[])
    files: dict[str, CheckedFile] = {}
    for argument in arguments:
        for file in read_argument(argument, selection):
            key = STDIN if file.name == STDIN else os.path.realpath(file.name)
            files.setdefault(key, file)
    if not files:
        raise DocumentError(
            f"no text under {', '.join(map(repr, arguments))}",
            hint=f"include in [ingest] is {', '.join(config.ingest.include)}",
        )
    return list(files.values())


def read_argument(argument: str, selection: FileSelection) -> Iterator[CheckedFile]:
    """Read the files that one argument stands for; one that is named may be a pipe."""
    from ragpg.documents import find_files, read_files

    if is_one_file(argument):
        yield read_named(argument)
        return
    to_path = SourcePaths.from_cwd().to_path
    for found in find_files([argument], selection):
        if isinstance(found, LeftOut):
            continue
        [file] = read_files([found], selection)
        if isinstance(found, UnreadableFile):
            yield decode(file, name=to_path(found.source))
        else:
            yield decode(file, name=found.path.as_posix())


def read_named(name: str) -> CheckedFile:
    """Read a file, or keep the error."""
    try:
        return CheckedFile(name, read_text(name))
    except DocumentError as error:
        return CheckedFile(name, error=error)


def decode(file: File | UnreadableFile, *, name: str) -> CheckedFile:
    """Decode a file that was found, or keep the error."""
    if isinstance(file, UnreadableFile):
        return CheckedFile(name, error=DocumentError(f"{name!r} cannot be read: {file.reason}"))
    try:
        return CheckedFile(name, decode_text(file.content, name=name))
    except DocumentError as error:
        return CheckedFile(name, error=error)
