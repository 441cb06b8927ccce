"""The system user that the server runs as: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from ragpg.errors import DatabaseError
from ragpg.operating_system import WINDOWS, current_uid, is_root

ROOT_DATA_DIR = Path("/var/lib/ragpg")
"""The data directory for root: the users below cannot reach what is in /root."""
SERVICE_USERS = ("postgres", "_postgres", "nobody")
"""Users that run the server for root, the first that exists."""


class SubprocessUser(TypedDict, total=False):
    """Arguments of `subprocess` that set the user of a child process."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the system."""

    name: str
    uid: int
    gid: int

    @property
    def subprocess_user(self) -> SubprocessUser:
        """The arguments that run a child process as this user; none for the current one."""
        if self.uid == current_uid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take_ownership(self, path: Path) -> None:
        """Make this user the owner of a directory."""
        if self.uid != current_uid():
            os.chown(path, self.uid, self.gid)

    def find_closed(self, path: Path) -> Path | None:
        """Return the first part of a canonical path that this user may not enter, if any.

        Parts that do not exist yet are not closed.
        """
        for part in (*reversed(path.parents), path):
            try:
                status = part.stat()
            except FileNotFoundError:
                return None
            if not self._may_enter(status):
                return part
        return None

    def _may_enter(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def choose_account(cluster: Path) -> Account:
    """Return the user for a cluster: the current one; for root its owner or a service user."""
    if WINDOWS:
        return Account("the current user", current_uid(), 0)
    if not is_root():
        return _use_current_user(cluster)
    if cluster.is_dir() and (owner := cluster.stat()).st_uid != 0:
        return Account(_find_name(owner.st_uid) or str(owner.st_uid), owner.st_uid, owner.st_gid)
    import pwd

    for name in SERVICE_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise DatabaseError(
        "PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody'",
        hint="add a user 'postgres', or set dbHost to use a PostgreSQL server",
    )


def _use_current_user(cluster: Path) -> Account:
    uid = current_uid()
    name = _find_name(uid)
    if name is None and not cluster.is_dir():
        raise DatabaseError(
            f"the embedded PostgreSQL cannot be set up by user {uid}: the system has no such user",
            hint="run as a user that has an entry in /etc/passwd, "
            "or set dbHost to use a PostgreSQL server",
        )
    return Account(name or str(uid), uid, os.getegid())


def _find_name(uid: int) -> str | None:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None
