"""What the operating system is, for the few places where it makes a difference."""

from __future__ import annotations

import os
import sys

WINDOWS = sys.platform == "win32"


def current_uid() -> int:
    """Return the number of this process's user; 0 on Windows, where all files have that owner."""
    return os.geteuid() if hasattr(os, "geteuid") else 0


def is_root() -> bool:
    """Return whether this process is root's; never on Windows."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def use_slashes(path: str) -> str:
    """Return what a user typed as a path or a glob with `/` only, as sources have it."""
    return path.replace(os.sep, os.altsep) if os.altsep else path
