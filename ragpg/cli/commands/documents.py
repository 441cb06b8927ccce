"""`ragpg list` and `ragpg remove`: the documents in the table."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ragpg.cli.exit_codes import Outcome
from ragpg.cli.paths import Names
from ragpg.cli.session import JsonOption, Session
from ragpg.display.escape import line
from ragpg.errors import DocumentError, NothingIngestedError, UsageError


def show(session: Session, *, as_json: JsonOption = False) -> Outcome:
    """List the documents in the table."""
    from ragpg.cli import database

    try:
        with database.reading(session.config) as store:
            documents = store.list_documents()
    except NothingIngestedError as nothing:
        documents = []
        session.terminal.note(nothing.message)
    if as_json:
        from ragpg.display import json_shapes

        session.emit(json_shapes.listing(documents))
    elif documents:
        from ragpg.display import render

        session.terminal.print(render.documents(documents, name=Names.here().shown))
    return Outcome.DONE


def remove(
    session: Session,
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", hidden=True)],
    *,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Remove several without asking.")
    ] = False,
    as_json: JsonOption = False,
) -> Outcome:
    """Remove documents from the table; their files are left alone.

    SOURCE is a document as `ragpg list` shows it, a directory, or a glob.
    """
    from ragpg.cli import database

    names = Names.here()
    with database.reading(session.config) as store:
        known = {document.source for document in store.list_documents()}
        removed = sorted(set().union(*(found(typed, known, names=names) for typed in sources)))
        several = len(removed) > len(sources)
        if several and not yes and not confirmed([names.shown(source) for source in removed]):
            session.terminal.note("nothing was removed")
            return Outcome.FAILED
        store.remove(removed)
        store.vacuum()
    if as_json:
        from ragpg.display import json_shapes

        session.emit(json_shapes.removal(removed))
    elif not session.quiet:
        session.terminal.print(*(f"removed {line(names.shown(source))}" for source in removed))
    return Outcome.DONE


def found(typed: str, known: set[str], *, names: Names) -> set[str]:
    """Find what is meant, as a source or seen from the current directory; raises DocumentError."""
    for name in dict.fromkeys((typed, names.source(typed))):
        if sources := matching(name, known):
            return sources
    raise DocumentError(
        f"no document {typed!r} in the table: nothing was removed",
        hint="`ragpg list` shows the documents",
    )


def matching(name: str, known: set[str]) -> set[str]:
    """Find the documents that a source, a directory or a glob means, in this order."""
    from ragpg.documents import match

    if name in known:
        return {name}
    below = {source for source in known if source.startswith(name.rstrip("/") + "/")}
    return below or {source for source in known if match(name, source)}


def confirmed(sources: list[str]) -> bool:
    """Ask before several documents are removed; raises UsageError where nobody can be asked."""
    listing = ", ".join(sources[:5]) + (", …" if len(sources) > 5 else "")
    if not sys.stdin.isatty():
        raise UsageError(
            f"{len(sources)} documents match ({listing}): nothing was removed",
            hint="--yes removes several documents",
        )
    return typer.confirm(f"Remove {len(sources)} documents ({line(listing)})?", err=True)
