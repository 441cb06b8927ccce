"""`ragpg ingest`: documents into the table."""

from __future__ import annotations

import os
import sys
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.cli.exit_codes import Outcome
from ragpg.cli.paths import Names
from ragpg.cli.session import JsonOption, Session
from ragpg.errors import DocumentError, NothingIngestedError, UsageError
from ragpg.types import DocumentStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.config import Config
    from ragpg.types import File, Receipt, UnreadableFile

    Files = Iterable[File | UnreadableFile]


def ingest(
    session: Session,
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH...", hidden=True)] = None,
    *,
    name: Annotated[
        str | None, typer.Option(metavar="SOURCE", help="Name of what standard input brings.")
    ] = None,
    root: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Name documents relative to DIR.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Leave out; may be repeated.")
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove documents whose file is gone.")
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be done, and do nothing.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="With --plan: exit with 4 if anything would change.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Chunk and embed all documents of the table anew.")
    ] = False,
    as_json: JsonOption = False,
) -> Outcome:
    """Put Markdown documents into the table.

    PATH is a file, a directory, a glob, or - for standard input. Unchanged documents cost nothing.
    Exits with 1 when a document failed; the others are kept.
    """
    from ragpg.pipeline.ingest import NOTHING_DONE

    arguments = paths or []
    check_usage(arguments, prune=prune, plan=plan, check=check, rebuild=rebuild)
    check_names(arguments, name=name, root=root)
    started = time.perf_counter()
    files = find(session.config, arguments, name=name, root=root, exclude=exclude or [])
    directories = [Path(os.path.abspath(path)) for path in arguments if Path(path).is_dir()]  # noqa: PTH100 - origins are not resolved either
    receipts = run(session, files, directories, prune=prune, rebuild=rebuild, plan=plan)
    if not receipts and arguments:
        raise DocumentError(
            f"no document under {', '.join(map(repr, arguments))}",
            hint=f"include in [ingest] is {', '.join(session.config.ingest.include)}",
        )
    report(session, receipts, plan=plan, as_json=as_json, started=started)
    if any(receipt.status is DocumentStatus.FAILED for receipt in receipts):
        return Outcome.FAILED
    changes = any(receipt.status not in NOTHING_DONE for receipt in receipts)
    return Outcome.CHECK_FAILED if check and changes else Outcome.DONE


def check_usage(
    paths: Sequence[str], *, prune: bool, plan: bool, check: bool, rebuild: bool
) -> None:
    """Refuse what contradicts itself: raises UsageError."""
    if not paths and not rebuild:
        raise UsageError("PATH is missing", hint="name files, directories, globs, or - and --name")
    if prune and not paths:
        raise UsageError("--prune goes with a PATH")
    if check and not plan:
        raise UsageError("--check goes with --plan")
    if plan and rebuild:
        raise UsageError("--plan and --rebuild exclude each other")


def check_names(paths: Sequence[str], *, name: str | None, root: Path | None) -> None:
    """Refuse names that documents cannot have: raises UsageError."""
    if name is not None and "-" not in paths:
        raise UsageError("--name goes with -, standard input")
    if "-" in paths and name is None:
        raise UsageError("standard input needs a name", hint="ragpg ingest - --name notes.md")
    if paths.count("-") > 1:
        raise UsageError("standard input can be read once only")
    if name is not None and (not name.strip() or ".." in Path(name).parts):
        raise UsageError(f"--name {name!r} is no document's name", hint="such as notes/monday.md")
    if root is not None and not root.is_dir():
        raise UsageError(f"--root {str(root)!r} is not a directory")


def find(
    config: Config, paths: Sequence[str], *, name: str | None, root: Path | None, exclude: list[str]
) -> Files:
    """Find the files that are meant; false where there is none at all."""
    from ragpg.documents import FileSelection, discover_files, read_stdin

    settings = config.ingest
    selection = FileSelection(
        root=root or Names.here().root,
        include=settings.include,
        exclude=(*settings.exclude, *exclude),
        follow_symlinks=settings.follow_symlinks,
        max_bytes=settings.max_file_bytes,
    )
    named = [path for path in paths if path != "-"]
    files: Iterator[File | UnreadableFile] = iter(discover_files(named, selection))
    if name is not None:
        if not sys.stdin.readable():
            raise DocumentError("standard input is closed")
        files = chain([read_stdin(sys.stdin.buffer, name=name, selection=selection)], files)
    first = next(files, None)
    return chain([first], files) if first else ()


def run(
    session: Session,
    files: Files,
    directories: Sequence[Path],
    *,
    prune: bool,
    rebuild: bool,
    plan: bool,
) -> list[Receipt]:
    """Ingest, or preview it; no receipts where there is neither a file nor a table."""
    from ragpg.cli import database, factories
    from ragpg.pipeline import ingest as pipeline

    config = session.config
    embedder, chunker = factories.embedder(config), factories.chunker(config)
    try:
        if plan:
            with database.reading_if_any(config, embedder=embedder) as table:
                receipts = pipeline.preview(
                    files, store=table, chunker=chunker, directories=directories, prune=prune
                )
                return list(receipts)
        # Where nothing is to be written, no table is created.
        creates = bool(files) and not rebuild
        opened = (
            database.writing(config, embedder=embedder) if creates else database.reading(config)
        )
        with opened as store:
            events = pipeline.ingest(
                files,
                store=store,
                embedder=embedder,
                chunker=chunker,
                directories=directories,
                prune=prune,
                rebuild=rebuild,
            )
            return pipeline.merge_receipts(session.terminal.follow(events))
    except NothingIngestedError:
        if files or rebuild:
            raise
        return []


def report(
    session: Session, receipts: Sequence[Receipt], *, plan: bool, as_json: bool, started: float
) -> None:
    """Print what became of the documents."""
    from ragpg.display import json_shapes, render

    terminal, name = session.terminal, Names.here().shown
    if as_json:
        session.emit(json_shapes.ingest(receipts, seconds=time.perf_counter() - started))
    for receipt in receipts:
        if receipt.status is DocumentStatus.FAILED:
            terminal.failure(name(receipt.source), receipt.error or "")
        elif receipt.status is DocumentStatus.MISSING:
            terminal.warn(f"the file of {name(receipt.source)} is gone")
    if any(receipt.status is DocumentStatus.MISSING for receipt in receipts):
        terminal.hint("--prune removes what a directory brought, `ragpg remove` anything")
    if plan and not as_json:
        terminal.print(*render.changes(receipts, name=name))
    if not as_json and not session.quiet:
        terminal.print(render.receipts(receipts, heading="would be" if plan else "status"))
