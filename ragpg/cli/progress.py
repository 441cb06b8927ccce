"""How long commands show how far they are, and what they say when they are interrupted."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ragpg.display.progress import ProgressKind, describe_count
from ragpg.errors import RagpgError
from ragpg.interrupts import restoring_exit
from ragpg.types import Progress, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from ragpg.cli.session import Session
    from ragpg.pipeline.ingest import Event
    from ragpg.pipeline.kept import Kept
    from ragpg.types import Phase, Unit

Result = TypeVar("Result")

ProgressOption = Annotated[
    ProgressKind,
    typer.Option(
        "--progress", help="A bar on a terminal (auto), a line every 10 s (plain), or neither."
    ),
]


@contextmanager
def explain_interrupt(session: Session, describe: Callable[[], str]) -> Iterator[None]:
    """Say what is kept, and how to go on, if the body is ended by a signal."""
    try:
        with restoring_exit():
            yield
    except SystemExit:
        # The database may have gone, and standard error too.
        with suppress(RagpgError, OSError):
            session.terminal.note(f"interrupted: {describe()}")
        raise


def follow(
    session: Session, events: Iterable[Progress | Result], *, progress: ProgressKind
) -> list[Result]:
    """Return the results among events, and show the progress.

    It is for work of which nothing is kept if it is interrupted.
    """
    results: list[Result] = []
    latest: Progress | None = None

    def describe() -> str:
        done = f"{describe_count(latest)} were done, and " if latest else ""
        return f"{done}nothing is kept"

    with explain_interrupt(session, describe), session.terminal.progress(progress) as show:
        for event in events:
            if isinstance(event, Progress):
                latest = event
                show(event)
            else:
                results.append(event)
    return results


def count_results(
    results: Iterable[Result], *, phase: Phase, unit: Unit, total: int
) -> Iterator[Progress | Result]:
    """Yield results, and before each of them and at the end how many there were."""
    done = 0
    yield Progress(phase, unit, done, total)
    for done, result in enumerate(results, start=1):
        yield result
        yield Progress(phase, unit, done, total)


def follow_ingest(
    session: Session, events: Generator[Event, None, None], *, progress: ProgressKind, rebuild: bool
) -> list[Receipt]:
    """Return the receipts of an ingest, and show its progress and what an interrupt leaves."""
    from ragpg.pipeline.kept import Kept

    kept = Kept()
    with (
        explain_interrupt(session, lambda: describe_kept(kept, rebuild=rebuild)),
        session.terminal.progress(progress) as show,
        closing(events),
    ):
        for event in events:
            kept.add(event)
            if isinstance(event, Progress):
                show(event)
    return kept.receipts


def describe_kept(kept: Kept, *, rebuild: bool) -> str:
    """Say what an interrupted ingest has written, and how to go on."""
    if kept.work is None:
        return "nothing is written"
    count, total = kept.count_written(), kept.work.documents
    if kept.work.rebuilds:
        return (
            f"{count} of {total} documents are in the new table and kept; "
            "run the same command to go on with it, until then the old one is searched"
        )
    if rebuild and not total:
        return "the table is rebuilt"
    unchanged = f", {kept.unchanged} were unchanged" if kept.unchanged else ""
    command = "the command without --rebuild" if rebuild else "the same command"
    return f"{count} of {total} documents are written and kept{unchanged}; run {command} to go on"
