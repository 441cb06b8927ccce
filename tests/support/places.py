"""Where the tests' servers keep their data."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ragpg.operating_system import WINDOWS

MEMORY = Path("/dev/shm")
ENOUGH = 2**32
"""Bytes that must be free there, several times what all servers of a run need."""


def choose_place() -> str | None:
    """Return where names are short enough for a socket, and open to others; in memory if it can be.

    The servers write files by the thousand, and wait for the disk at each commit.
    """
    if WINDOWS:
        return None
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        room = os.statvfs(MEMORY)
        # Copies of PostgreSQL's programs are run from there.
        if room.f_bavail * room.f_frsize >= ENOUGH and not room.f_flag & os.ST_NOEXEC:
            return str(MEMORY)
    return "/tmp"


PLACE = choose_place()


def reachable_directory() -> Path:
    """Make a temporary directory that a server running as another user can reach."""
    path = Path(tempfile.mkdtemp(prefix="ragpg-test-", dir=PLACE))
    path.chmod(0o755)
    return path
