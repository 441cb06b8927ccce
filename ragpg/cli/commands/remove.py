"""`ragpg remove`: documents out of the table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.api.paths import SourcePaths
from ragpg.api.sources import find_sources
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.cli.shared_options import FilterOption, JsonOption, LockTimeoutOption, parse_filter
from ragpg.display.escape import line
from ragpg.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.filters import Expression
    from ragpg.store.postgres import PostgresStore


def remove(
    session: Session,
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE...", hidden=True)] = None,
    *,
    where: FilterOption = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Remove several without asking.")
    ] = False,
    lock_timeout: LockTimeoutOption = None,
    as_json: JsonOption = False,
) -> ExitCode:
    """Remove documents from the table; their files are left alone.

    SOURCE is a document as `ragpg list` shows it, a directory, or a glob. With --filter, SOURCE may
    be left out.
    """
    from ragpg.api import database
    from ragpg.display import json_shapes

    sources, expression = sources or [], parse_document_filter(where)
    if not sources and not expression:
        raise typer.BadParameter("name documents, directories or globs", param_hint="SOURCE...")
    paths = SourcePaths.from_cwd()
    with database.open_store(session.config, lock_timeout=lock_timeout) as store:
        removed = choose(store, sources, expression, paths=paths)
        several = len(removed) > max(len(sources), 1)
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


def parse_document_filter(where: str | None) -> Expression | None:
    """Parse the value of --filter; raises UsageError where it is about passages."""
    from ragpg.filters import find_columns

    expression = parse_filter(where)
    for column in find_columns(expression) if expression else ():
        if column.is_of_chunk:
            raise UsageError(
                f"a filter by {column} chooses passages, and documents are removed whole",
                hint=f"the front matter's is '\"{column}\"', in quotation marks",
            )
    return expression


def choose(
    store: PostgresStore,
    names: Sequence[str],
    expression: Expression | None,
    *,
    paths: SourcePaths,
) -> list[str]:
    """Return the sources that names mean among the documents that pass the filter.

    Without names these are all. Raises DocumentError where there is none.
    """
    found = store.list_documents()
    if expression:
        passing = {*store.find_documents(expression)}
        found = [document for document in found if document.source in passing]
        if not found:
            raise DocumentError("no document passes the filter: nothing was removed")
    if not names:
        return [document.source for document in found]
    try:
        return find_sources(names, found, paths=paths)
    except DocumentError as error:
        raise DocumentError(f"{error.message}: nothing was removed", hint=error.hint) from error


def confirm(names: list[str]) -> bool:
    """Ask before several documents are removed; raises UsageError where nobody can answer."""
    listing = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    if not sys.stdin.isatty():
        raise UsageError(
            f"{len(names)} documents match ({listing}): nothing was removed",
            hint="--yes removes several documents",
        )
    return typer.confirm(f"Remove {len(names)} documents ({line(listing)})?", err=True)
