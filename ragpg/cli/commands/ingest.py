"""`ragpg ingest`: documents into the table."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.api.inputs import (
    count_others,
    describe_others,
    make_selection,
    select_commit,
    select_inputs,
)
from ragpg.api.paths import SourcePaths
from ragpg.cli import exit_codes
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.files import open_input
from ragpg.cli.progress import ProgressOption, follow, follow_ingest
from ragpg.cli.session import Session
from ragpg.cli.shared_options import (
    ExcludeOption,
    FormatsOption,
    JsonOption,
    LockTimeoutOption,
    NoIgnoreOption,
    PruneOption,
    RootOption,
)
from ragpg.display.escape import line
from ragpg.display.progress import ProgressKind
from ragpg.errors import DocumentError, NothingIngestedError, UsageError
from ragpg.types import DocumentStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.api.inputs import Inputs
    from ragpg.pipeline.write import Chunker
    from ragpg.protocols import DocumentStore
    from ragpg.types import LeftOut, Receipt


def ingest(
    session: Session,
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH...", hidden=True)] = None,
    *,
    name: Annotated[
        str | None, typer.Option(metavar="SOURCE", help="Name of what standard input brings.")
    ] = None,
    root: RootOption = None,
    exclude: ExcludeOption = None,
    formats: FormatsOption = False,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="REF",
            help="Read a tag, branch or commit from git, into --table.",
        ),
    ] = None,
    no_ignore: NoIgnoreOption = False,
    prune: PruneOption = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be done, and do nothing.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="With --plan: exit with 4 if anything would change.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Chunk and embed all documents of the table anew.")
    ] = False,
    lock_timeout: LockTimeoutOption = None,
    progress: ProgressOption = ProgressKind.AUTO,
    as_json: JsonOption = False,
) -> ExitCode:
    """Put documents into the table.

    Documents are Markdown, or of another format that an installed converter reads.
    PATH is a file, a directory, a glob, or - for standard input. Unchanged documents cost nothing.
    Exits with 1 when a document failed; the others are kept.
    """
    paths = paths or []
    check_usage(paths, prune=prune, plan=plan, check=check, rebuild=rebuild)
    check_names(paths, name=name, root=root)
    if at is not None:
        check_commit(session, paths, rebuild=rebuild)
    started = time.perf_counter()
    selection = make_selection(
        session.config,
        root=root,
        exclude=exclude or [],
        all_formats=formats,
        honours_gitignore=not no_ignore,
    )
    if at is not None:
        inputs = select_commit(paths, selection, ref=at)
    else:
        stream = (name, open_input("-")) if name is not None else None
        inputs = select_inputs(paths, selection, stream=stream)
    if plan:
        outcome = preview(session, inputs, prune=prune, progress=progress)
    else:
        outcome = write(
            session,
            inputs,
            prune=prune,
            rebuild=rebuild,
            lock_timeout=lock_timeout,
            progress=progress,
        )
    if plan and session.verbose:
        show_left_out(session, inputs.left_out)
    others = count_others(inputs.directories, selection)
    if not outcome.receipts and paths:
        raise nothing_found(session, paths, inputs.left_out, others)
    if as_json:
        print_json(session, outcome, others, seconds=time.perf_counter() - started)
    show(session, outcome, others, plan=plan, as_json=as_json)
    return exit_codes.of_ingest(outcome.receipts, check=check)


def nothing_found(
    session: Session, paths: Sequence[str], left_out: Sequence[LeftOut], others: Counter[str]
) -> DocumentError:
    """Return the error for paths without a document: it says what is there instead."""
    found = f"; {describe_others(others)}" if others else ""
    ignored = any(item.is_ignored for item in left_out)
    found += "; --no-ignore reads what .gitignore files leave out" if ignored else ""
    return DocumentError(
        f"no document under {', '.join(map(repr, paths))}",
        hint=f"include in [ingest] is {', '.join(session.config.ingest.include)}{found}",
    )


def check_usage(
    paths: Sequence[str], *, prune: bool, plan: bool, check: bool, rebuild: bool
) -> None:
    """Raise UsageError where arguments and options contradict each other."""
    if not paths and not rebuild:
        raise UsageError("PATH is missing", hint="name files, directories, globs, or - and --name")
    if prune and not paths:
        raise UsageError("--prune goes with a PATH")
    if check and not plan:
        raise UsageError("--check goes with --plan")
    if plan and rebuild:
        raise UsageError("--plan and --rebuild exclude each other")


def check_names(paths: Sequence[str], *, name: str | None, root: Path | None) -> None:
    """Raise UsageError for a name or a root that documents cannot have."""
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


def check_commit(session: Session, paths: Sequence[str], *, rebuild: bool) -> None:
    """Raise UsageError where a commit cannot be read, or would mix with the files of the disk."""
    if not session.table:
        raise UsageError(
            "--at needs --table: a table for this version",
            hint="ragpg ingest docs/ --at v1.2 --table docs_v1_2",
        )
    if "-" in paths or rebuild:
        raise UsageError(f"--at does not go with {'-' if '-' in paths else '--rebuild'}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done or would be, and the number of documents that keep an older chunking."""

    receipts: list[Receipt]
    outdated: int = 0


def preview(session: Session, inputs: Inputs, *, prune: bool, progress: ProgressKind) -> Outcome:
    """Return the outcome that `write` would have, and write nothing."""
    from ragpg.api import database, factories
    from ragpg.pipeline import ingest as pipeline

    config = session.config
    embedder, chunker = factories.make_embedder(config), factories.make_chunker(config)
    with database.open_store_if_any(config, embedder=embedder) as store:
        events = pipeline.preview(
            inputs.files,
            work=inputs.work,
            store=store,
            chunker=chunker,
            directories=inputs.directories,
            left_out=inputs.left_out,
            tree=inputs.tree,
            prune=prune,
        )
        receipts = follow(session, events, progress=progress)
        return make_outcome(receipts, store, chunker)


def make_outcome(receipts: list[Receipt], store: DocumentStore | None, chunker: Chunker) -> Outcome:
    """Count the documents that keep an older chunking."""
    from ragpg.pipeline.ingest import find_outdated

    if not store:
        return Outcome(receipts)
    outdated = find_outdated(store, chunking_fingerprint=chunker.fingerprint, receipts=receipts)
    return Outcome(receipts, len(outdated))


def write(
    session: Session,
    inputs: Inputs,
    *,
    prune: bool,
    rebuild: bool,
    lock_timeout: float | None,
    progress: ProgressKind,
) -> Outcome:
    """Ingest the files; a table is created only if there are files to write to it.

    There are no receipts where there is neither a file nor a table.
    """
    from ragpg.api import database, factories
    from ragpg.pipeline import ingest as pipeline

    config = session.config
    embedder, chunker = factories.make_embedder(config), factories.make_chunker(config)
    opening = (
        database.open_or_create_store(config, embedder=embedder, lock_timeout=lock_timeout)
        if inputs.has_files and not rebuild
        else database.open_store(config, lock_timeout=lock_timeout)
    )
    try:
        with opening as store:
            events = pipeline.ingest(
                inputs.files,
                work=inputs.work,
                store=store,
                embedder=embedder,
                chunker=chunker,
                directories=inputs.directories,
                left_out=inputs.left_out,
                tree=inputs.tree,
                prune=prune,
                rebuild=rebuild,
            )
            receipts = follow_ingest(session, events, progress=progress, rebuild=rebuild)
            return make_outcome(pipeline.merge_receipts(receipts), store, chunker)
    except NothingIngestedError:
        if inputs.has_files or rebuild:
            raise
        return Outcome([])


def show_left_out(session: Session, left_out: Sequence[LeftOut]) -> None:
    """Print on standard error what is not read below the directories, and why."""
    for item in left_out:
        path = os.path.relpath(item.path)
        name = item.path if path.startswith(os.pardir) else path
        session.terminal.note(f"left out  {line(name)}: {line(item.reason)}")


def describe_missing(receipt: Receipt, *, name: str) -> str:
    """Say why a document is missing."""
    return f"{name} is {receipt.reason}" if receipt.reason else f"the file of {name} is gone"


def print_json(session: Session, outcome: Outcome, others: Counter[str], *, seconds: float) -> None:
    """Print the outcome as JSON."""
    from ragpg.display import json_shapes

    shape = json_shapes.shape_ingest(
        outcome.receipts, seconds=seconds, outdated=outcome.outdated, other_suffixes=others
    )
    session.print_json(shape)


def show(
    session: Session, outcome: Outcome, others: Counter[str], *, plan: bool, as_json: bool
) -> None:
    """Print failures and warnings, and without --json what was done with the documents."""
    from ragpg.display import render

    terminal, to_path = session.terminal, SourcePaths.from_cwd().to_path
    receipts = outcome.receipts
    for receipt in receipts:
        if receipt.warning:
            terminal.warn(f"{to_path(receipt.source)}, {receipt.warning}")
        if receipt.status is DocumentStatus.FAILED:
            terminal.failure(to_path(receipt.source), receipt.error or "")
        elif receipt.status is DocumentStatus.MISSING:
            terminal.warn(describe_missing(receipt, name=to_path(receipt.source)))
    if any(receipt.status is DocumentStatus.MISSING for receipt in receipts):
        terminal.hint("--prune removes what a directory brought, `ragpg remove` anything")
    if plan and not as_json:
        terminal.print(*render.render_changes(receipts, name=to_path))
    if not as_json and not session.quiet:
        terminal.print(render.render_receipts(receipts, heading="would be" if plan else "status"))
        if others:
            terminal.print(describe_others(others))
    if outcome.outdated:
        terminal.warn(f"documents of an older chunking elsewhere: {outcome.outdated}")
        terminal.hint("they are found as before; `ragpg ingest --rebuild` renews them")
