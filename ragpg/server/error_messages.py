"""What the system says about the data directory, said for the person who set it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def naming(data_dir: Path) -> Iterator[None]:
    """Turn errors of the operating system into one that names the data directory."""
    try:
        yield
    except OSError as error:
        place = f" ('{error.filename}')" if error.filename else ""
        raise DatabaseError(
            f"dataDir '{data_dir}' cannot be used: {error.strerror or error}{place}",
            hint="set dataDir to a directory that you can write to, "
            "or dbHost to use a PostgreSQL server",
        ) from error
