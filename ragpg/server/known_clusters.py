"""The clusters that ragpg made for this user, by PostgreSQL's system identifier.

A data directory that only a project's Config.toml names may have come with a cloned repository, and
starting a prepared cluster runs the commands in its configuration. A mark inside the directory
would have come along, too: what ragpg made is recorded in the user's own state directory.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError

if TYPE_CHECKING:
    from pathlib import Path

OWN_FILES = (".log", ".mutex", ".users", ".alive", ".password")
"""Suffixes of the files that ragpg keeps beside a cluster."""


def remember(cluster: Path) -> None:
    """Record a new cluster; without a home directory it stays unknown."""
    directory = _state_directory()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        (directory / read_identifier(cluster)).write_bytes(b"")
    except OSError:
        return


def refuse_unknown(data_dir: Path, cluster: Path) -> None:
    """Raise DatabaseError if a data directory holds anything that ragpg did not make."""
    if cluster.is_dir():
        is_known = (_state_directory() / read_identifier(cluster)).is_file()
    else:
        own = {cluster.with_suffix(suffix).name for suffix in OWN_FILES}
        entries = list(data_dir.iterdir()) if data_dir.is_dir() else []
        is_known = all(entry.name in own and not entry.is_symlink() for entry in entries)
    if not is_known:
        raise DatabaseError(
            f"dataDir '{data_dir}' holds files that ragpg did not make here, and only a "
            "Config.toml that nobody named leads there: a prepared PostgreSQL could run commands",
            hint="if they are yours, set RAGPG_DATA_DIR to the same directory",
        )


def read_identifier(cluster: Path) -> str:
    """Return a cluster's system identifier, the first eight bytes of its pg_control file.

    Source: PostgreSQL's src/include/catalog/pg_control.h. It is "none" where there is no such
    file, and where a symbolic link leads to the file of another cluster.
    """
    control = cluster / "global" / "pg_control"
    try:
        content = control.read_bytes()
        if any(path.is_symlink() for path in (cluster, control.parent, control)):
            return "none"
        return str(struct.unpack_from("=Q", content)[0])
    except (FileNotFoundError, NotADirectoryError, struct.error):
        return "none"


def _state_directory() -> Path:
    from platformdirs import user_state_path

    return user_state_path("ragpg", appauthor=False) / "clusters"
