"""The data directory: errors that name it, and directories in it that are created atomically."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ragpg.errors import DatabaseError
from ragpg.operating_system import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def translate_os_errors(data_dir: Path) -> Iterator[None]:
    """Turn an OSError into a DatabaseError that names the data directory and its setting."""
    try:
        yield
    except OSError as error:
        place = f" ('{error.filename}')" if error.filename else ""
        raise DatabaseError(
            f"dataDir '{data_dir}' cannot be used: {error.strerror or error}{place}",
            hint="set dataDir to a directory that you can write to, "
            "or dbHost to use a PostgreSQL server",
        ) from error


def check_closed_to_others(data_dir: Path) -> None:
    """Raise DatabaseError if everybody may put files into the data directory, or replace them.

    The directory of temporary files is open to all, too, but keeps the files of each its own.
    On Windows these bits say nothing.
    """
    mode = data_dir.stat().st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX and not WINDOWS:
        raise DatabaseError(
            f"every user may change dataDir '{data_dir}', whose files the server runs with",
            hint=f"chmod o-w {shlex.quote(str(data_dir))}, or set dataDir to another directory",
        )


def open_own(path: Path) -> BinaryIO:
    """Open a file of ragpg's to write it anew; a link in its place is not followed."""
    # Windows lets only administrators make links.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def list_clusters(data_dir: Path) -> dict[int, Path]:
    """Return the clusters in a data directory, by PostgreSQL's major version."""
    found = ((re.fullmatch(r"pg(\d+)", path.name), path) for path in data_dir.glob("pg*"))
    return {int(match[1]): path for match, path in found if match and path.is_dir()}


def find_newest(data_dir: Path) -> Path | None:
    """Return the cluster of the newest major version."""
    clusters = list_clusters(data_dir)
    return clusters[max(clusters)] if clusters else None


@contextmanager
def create_atomically(target: Path) -> Iterator[Path]:
    """Yield a temporary directory beside `target` that is renamed to it at the end.

    What an earlier attempt that was killed has left is removed first.
    """
    for leftover in target.parent.glob(f"{target.name}.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    temporary = _make_beside(target)
    try:
        yield temporary
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _make_beside(target: Path) -> Path:
    prefix = f"{target.name}.new-"
    if not WINDOWS:
        return Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    import secrets

    # A directory of mkdtemp's may be closed to initdb, which gives up an administrator's rights.
    directory = target.with_name(f"{prefix}{secrets.token_hex(4)}")
    directory.mkdir()
    return directory
