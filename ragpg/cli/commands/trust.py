"""`ragpg trust`: confirm what the Config.toml of a project asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.display.escape import line
from ragpg.errors import DocumentError


def trust(
    session: Session,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", hidden=True)] = None,
    *,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take it back.")] = False,
) -> ExitCode:
    """Confirm what a project's Config.toml asks for, until it changes.

    FILE is the project's Config.toml unless given. Such a file may come with a cloned repository:
    only once it is confirmed may it send documents to another machine, choose the directory of the
    embedded PostgreSQL, or run code that comes with a model.
    """
    from ragpg.config import trust as trusting
    from ragpg.config.file import ConfigFile

    path = find_path(file or session.config_file)
    if revoke:
        done = "no longer trusted" if trusting.revoke(path) else "not trusted before either"
        session.terminal.print(f"{done}: {line(str(path))}")
        return ExitCode.OK
    read = ConfigFile.read(path)
    sensitive = trusting.list_sensitive(read.values)
    if not sensitive:
        session.terminal.print(f"nothing to confirm: {line(str(path))}")
        return ExitCode.OK
    trusting.trust(read)
    session.terminal.print(f"trusted until it changes: {line(str(path))}")
    session.terminal.print(*(f"  {key} = {line(value)}" for key, value in sensitive.items()))
    return ExitCode.OK


def find_path(named: Path | None) -> Path:
    """Return the path of the file that is meant; raises DocumentError where there is none."""
    from ragpg.config.file import FILE_NAME, find_in_project

    if named is None and (found := find_in_project(Path.cwd())):
        return found
    path = Path.cwd() / (named or FILE_NAME)
    if path.is_file():
        return path
    raise DocumentError(
        f"there is no configuration file {str(path)!r}", hint="`ragpg init` writes one"
    )
