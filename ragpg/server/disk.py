"""A full disk, which PostgreSQL's own messages name in many ways, or not at all."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError

if TYPE_CHECKING:
    from pathlib import Path

NO_SPACE = ("No space left on device", "Disk quota exceeded")
NEEDED = 100_000_000
"""Bytes that are asked for: a new cluster takes half of them, a recovery a third."""
LEAST = 1_000_000
"""Bytes below which a disk is full even where the server could not write that into its log."""


def explain_full_disk(data_dir: Path, output: str) -> DatabaseError | None:
    """Return the error to show if a program of PostgreSQL failed because the disk is full.

    `output` is what it wrote; on a full disk that may be cut off.
    """
    free = shutil.disk_usage(data_dir).free
    if free >= LEAST and not any(message in output for message in NO_SPACE):
        return None
    return DatabaseError(
        f"the disk of the embedded PostgreSQL is full: '{data_dir}' has {free / 1e6:.0f} MB left",
        hint=f"free {NEEDED / 1e6:.0f} MB there, then run the command again: "
        "what was ingested before is kept",
    )
