"""`ragpg watch`: the table in step with files while they are edited."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ragpg.api.inputs import make_selection
from ragpg.api.paths import SourcePaths
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.progress import ProgressOption, follow_ingest
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
from ragpg.display.progress import ProgressKind
from ragpg.errors import DatabaseError, LostConnectionError, ProviderError, UsageError
from ragpg.types import DocumentStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ragpg.api.database import Database
    from ragpg.api.watching import WatchedDocuments
    from ragpg.documents.changes import Changed, Changes
    from ragpg.errors import RagpgError
    from ragpg.types import Receipt

FIRST_DELAY, LONGEST_DELAY = 1.0, 60.0
"""Seconds after which a server that was not reachable is tried again: each time twice as many."""


def watch(
    session: Session,
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", hidden=True)],
    *,
    root: RootOption = None,
    exclude: ExcludeOption = None,
    formats: FormatsOption = False,
    no_ignore: NoIgnoreOption = False,
    prune: PruneOption = False,
    poll: Annotated[
        bool, typer.Option("--poll", help="Look for changes each second: for network drives.")
    ] = False,
    idle: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=1,
            max=86400,
            help="Let the embedded PostgreSQL go after so long without a change.",
        ),
    ] = 300,
    lock_timeout: LockTimeoutOption = None,
    progress: ProgressOption = ProgressKind.AUTO,
    as_json: JsonOption = False,
) -> ExitCode:
    """Keep the table in step with files while they are edited.

    PATH is a file, a directory or a glob. They are ingested at first, then whenever they change,
    until Ctrl-C. Prints a line for each document that changes.
    """
    from ragpg.api import database
    from ragpg.api.watching import WatchedDocuments, divide_paths
    from ragpg.documents.changes import Changes
    from ragpg.optional import WATCHFILES

    WATCHFILES.require("ragpg watch")
    check_usage(paths, root=root)
    selection = make_selection(
        session.config,
        root=root,
        exclude=exclude or [],
        all_formats=formats,
        honours_gitignore=not no_ignore,
    )
    directories, files = divide_paths(paths)
    with (
        Changes(directories, files, polls=poll) as changes,
        database.Database(session.config, lock_timeout=lock_timeout) as connected,
    ):
        documents = WatchedDocuments(paths, selection, database=connected, prune=prune)
        log = Log(session, as_json=as_json)
        Watch(session, documents, changes, connected, log, progress=progress).run(idle=idle)


def check_usage(paths: Sequence[str], *, root: Path | None) -> None:
    """Raise UsageError for paths that cannot be watched."""
    if "-" in paths:
        raise UsageError("standard input cannot be watched", hint="name files or directories")
    if "" in paths:
        raise UsageError("PATH is empty")
    if root is not None and not root.is_dir():
        raise UsageError(f"--root {str(root)!r} is not a directory")


@dataclass
class Watch:
    """The work: an ingest of everything, then of what changes, until a signal ends it."""

    session: Session
    documents: WatchedDocuments
    changes: Changes
    database: Database
    log: Log
    progress: ProgressKind

    def run(self, *, idle: float) -> NoReturn:
        """Ingest and wait by turns; the database is let go after `idle` seconds without a change.

        Raises the error of the first ingest; later, a server that is gone is awaited.
        """
        from ragpg.documents.changes import ALL

        self.ingest(ALL)
        self.session.terminal.note("watching; Ctrl-C ends it")
        while True:
            changed = self.changes.wait(idle)
            if not changed:
                self.database.close()
                continue
            self.ingest_in_the_end(changed)

    def ingest(self, changed: Changed) -> None:
        """Ingest what has changed, and print what was done."""
        from ragpg.pipeline.ingest import merge_receipts

        events = self.documents.renew(changed)
        receipts = follow_ingest(self.session, events, progress=self.progress, rebuild=False)
        self.log.print(merge_receipts(receipts))

    def ingest_in_the_end(self, changed: Changed) -> None:
        """Ingest what has changed; again, and with what changes meanwhile, where that fails."""
        delay, is_lost = FIRST_DELAY, True
        while True:
            try:
                return self.ingest(changed)
            except (DatabaseError, ProviderError) as error:
                self.database.close()
                # A server that was restarted since the last change is there again, most often.
                if is_lost and isinstance(error, LostConnectionError):
                    is_lost = False
                    continue
                self.log.print_error(error, delay=delay)
            changed |= self.wait(delay)
            delay = min(2 * delay, LONGEST_DELAY)

    def wait(self, seconds: float) -> Changed:
        """Wait to the end, and return what has changed meanwhile."""
        from ragpg.documents.changes import Changed

        deadline, changed = time.monotonic() + seconds, Changed()
        while (left := deadline - time.monotonic()) > 0:
            changed |= self.changes.wait(left)
        return changed


@dataclass
class Log:
    """Prints a line for each document that changes, and none again for one that stays missing."""

    session: Session
    as_json: bool
    _told: dict[str, tuple[DocumentStatus, str | None]] = field(default_factory=dict)

    def print(self, receipts: Iterable[Receipt]) -> None:
        """Print the receipts of an ingest that say something new."""
        from ragpg.display import json_shapes, render

        to_path = SourcePaths.from_cwd().to_path
        now = datetime.now(UTC)
        for receipt in self._choose(receipts):
            if self.as_json:
                time_ = json_shapes.shape_time(now)
                self.session.print_json(json_shapes.shape_receipt(receipt) | {"time": time_})
            else:
                self.session.terminal.print(render.render_change(receipt, now, name=to_path))
        sys.stdout.flush()

    def print_error(self, error: RagpgError, *, delay: float) -> None:
        """Print an error that is not the end."""
        from ragpg.display import json_shapes

        if self.as_json:
            now = json_shapes.shape_time(datetime.now(UTC))
            self.session.print_json({"error": json_shapes.shape_error(error), "time": now})
        self.session.terminal.warn(f"{error.message}; next attempt in {delay:.0f} s")

    def _choose(self, receipts: Iterable[Receipt]) -> Iterable[Receipt]:
        lasting = {DocumentStatus.MISSING, DocumentStatus.FAILED}
        for receipt in receipts:
            state = (receipt.status, receipt.reason or receipt.error)
            if receipt.status in lasting and self._told.get(receipt.source) == state:
                continue
            self._told[receipt.source] = state
            if receipt.status is not DocumentStatus.UNCHANGED:
                yield receipt
