"""Who the server runs as: PostgreSQL refuses to be root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from ragpg.errors import DatabaseError

if TYPE_CHECKING:
    from pathlib import Path

STAND_INS = ("postgres", "_postgres", "nobody")


class Switch(TypedDict, total=False):
    """The arguments with which `subprocess` changes the user."""

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
    def switch(self) -> Switch:
        """What makes a child process run as this user."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a directory to this user."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid)

    def barrier(self, path: Path) -> Path | None:
        """Find the first place on the way to `path` that is closed to this user.

        `path` is canonical; what does not exist yet bars nobody.
        """
        for place in (*reversed(path.parents), path):
            try:
                status = place.stat()
            except FileNotFoundError:
                return None
            if not self._may_enter(status):
                return place
        return None

    def _may_enter(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def account_for(cluster: Path) -> Account:
    """Choose the user for a cluster: ourselves, as root its owner or a user made for services."""
    if os.geteuid() != 0:
        return _ourselves(cluster)
    if cluster.is_dir() and (owner := cluster.stat()).st_uid != 0:
        return Account(_name(owner.st_uid) or str(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in STAND_INS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise DatabaseError(
        "PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody'",
        hint="add a user 'postgres', or set dbHost to use a PostgreSQL server",
    )


def _ourselves(cluster: Path) -> Account:
    uid = os.geteuid()
    name = _name(uid)
    if name is None and not cluster.is_dir():
        raise DatabaseError(
            f"the embedded PostgreSQL cannot be set up by user {uid}: the system has no such user",
            hint="run as a user that has an entry in /etc/passwd, "
            "or set dbHost to use a PostgreSQL server",
        )
    return Account(name or str(uid), uid, os.getegid())


def _name(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None
