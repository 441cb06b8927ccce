"""`ragpg remove`: documents out of the table."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.paths import SourcePaths
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
    from ragpg.cli import database
    from ragpg.display import json_shapes
    from ragpg.text.scripts import normalize

    paths = SourcePaths.from_cwd()
    with database.open_store(session.config, lock_timeout=lock_timeout) as store:
        known = {normalize(d.source): d.source for d in store.list_documents()}
        found = {name for s in sources for name in select(s, set(known), paths=paths)}
        removed = sorted(known[name] for name in found)
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


def select(name: str, known: set[str], *, paths: SourcePaths) -> set[str]:
    """Return the sources that an argument means, read as a source or else as a path; all in NFC.

    Raises DocumentError where there is none.
    """
    from ragpg.text.scripts import normalize

    for candidate in dict.fromkeys((name, paths.to_source(name))):
        if sources := match_sources(normalize(candidate), known):
            return sources
    raise DocumentError(
        f"no document {name!r} in the table: nothing was removed",
        hint="`ragpg list` shows the documents",
    )


def match_sources(name: str, known: set[str]) -> set[str]:
    """Return the sources that are equal to a name, else those below it, else those it matches."""
    from ragpg.text.globs import match

    if name in known:
        return {name}
    below = {source for source in known if source.startswith(name.rstrip("/") + "/")}
    return below or {source for source in known if match(name, source)}


def confirm(names: list[str]) -> bool:
    """Ask before several documents are removed; raises UsageError where nobody can answer."""
    listing = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    if not sys.stdin.isatty():
        raise UsageError(
            f"{len(names)} documents match ({listing}): nothing was removed",
            hint="--yes removes several documents",
        )
    return typer.confirm(f"Remove {len(names)} documents ({line(listing)})?", err=True)
