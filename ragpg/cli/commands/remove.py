"""`ragpg remove`: documents out of the table."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ragpg.api.paths import SourcePaths
from ragpg.api.sources import find_sources
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.cli.shared_options import JsonOption, LockTimeoutOption
from ragpg.display.escape import line
from ragpg.errors import DocumentError, UsageError


def remove(
    session: Session,
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", hidden=True)],
    *,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Remove several without asking.")
    ] = False,
    lock_timeout: LockTimeoutOption = None,
    as_json: JsonOption = False,
) -> ExitCode:
    """Remove documents from the table; their files are left alone.

    SOURCE is a document as `ragpg list` shows it, a directory, or a glob.
    """
    from ragpg.api import database
    from ragpg.display import json_shapes

    paths = SourcePaths.from_cwd()
    with database.open_store(session.config, lock_timeout=lock_timeout) as store:
        try:
            removed = find_sources(sources, store.list_documents(), paths=paths)
        except DocumentError as error:
            raise DocumentError(f"{error.message}: nothing was removed", hint=error.hint) from error
        several = len(removed) > len(sources)
        if several and not yes and not confirm([paths.to_path(source) for source in removed]):
            session.terminal.note("nothing was removed")
            return ExitCode.FAILED
        store.remove(removed)
        store.vacuum()
    if as_json:
        session.print_json(json_shapes.shape_removal(removed))
    elif not session.quiet:
        session.terminal.print(*(f"removed {line(paths.to_path(source))}" for source in removed))
    return ExitCode.OK


def confirm(names: list[str]) -> bool:
    """Ask before several documents are removed; raises UsageError where nobody can answer."""
    listing = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    if not sys.stdin.isatty():
        raise UsageError(
            f"{len(names)} documents match ({listing}): nothing was removed",
            hint="--yes removes several documents",
        )
    return typer.confirm(f"Remove {len(names)} documents ({line(listing)})?", err=True)
