"""What the server ran out of: its own messages name that in many ways, or not at all."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.operating_system import WINDOWS

if TYPE_CHECKING:
    from pathlib import Path

NO_SPACE = ("No space left on device", "Disk quota exceeded")
NO_FILES = ("insufficient file descriptors", "Too many open files")
NEEDED = 100_000_000
"""Bytes that are asked for: a new cluster takes half of them, a recovery a third."""
LEAST = 1_000_000
"""Bytes below which a disk is full even where the server could not write that into its log."""


def explain_shortage(data_dir: Path, output: str) -> DatabaseError | None:
    """Return the error to show if a program of PostgreSQL failed because something ran out.

    `output` is what it wrote; on a full disk that may be cut off.
    """
    free = shutil.disk_usage(data_dir).free
    if free < LEAST or any(message in output for message in NO_SPACE):
        return DatabaseError(
            f"the disk of the embedded PostgreSQL is full: '{data_dir}' has "
            f"{free / 1e6:.0f} MB left",
            hint=f"free {NEEDED / 1e6:.0f} MB there, then run the command again: "
            "what was ingested before is kept",
        )
    if not WINDOWS and any(message in output for message in NO_FILES):
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return DatabaseError(
            f"the embedded PostgreSQL may not open enough files: `ulimit -n` is {limit}",
            hint="raise it: ulimit -n 1024",
        )
    return None
