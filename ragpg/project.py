"""The project that a directory belongs to, and the name of its database."""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PERSONAL_DATABASE = "ragpg_personal"
LONGEST_SLUG = 30


def find_project(directory: Path) -> Path | None:
    """Return the nearest directory upwards that holds a Config.toml or a .git, if any does."""
    current = directory.resolve()
    for candidate in (current, *current.parents):
        if _is_project(candidate):
            return candidate
    return None


def database_name(project: Path | None) -> str:
    """Name the database of a project, or the personal one, in the embedded PostgreSQL.

    The name begins with the directory's and stays within ASCII and 39 characters.
    """
    from hashlib import sha256

    if project is None:
        return PERSONAL_DATABASE
    path = project.resolve()
    ascii_name = unicodedata.normalize("NFKD", path.name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", ascii_name.lower())[:LONGEST_SLUG].strip("_")
    return f"{slug or 'project'}_{sha256(os.fsencode(path)).hexdigest()[:8]}"


def _is_project(directory: Path) -> bool:
    try:
        return (directory / "Config.toml").is_file() or (directory / ".git").exists()
    except PermissionError:
        return False
