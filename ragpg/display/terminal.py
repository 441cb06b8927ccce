"""Standard output and standard error.

A terminal gets Rich; a pipe gets the same lines without colour, wrapping or progress bars.
"""

from __future__ import annotations

import os
import sys
from typing import IO, TYPE_CHECKING, Any, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from ragpg.display.escape import line, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from ragpg.errors import RagpgError
    from ragpg.types import Receipt

    Done = TypeVar("Done")

# Wide enough that no line of a pipe is ever wrapped.
UNWRAPPED = 1_000_000


def interactive(stream: IO[Any]) -> bool:
    """Whether a stream is a terminal that can do more than print lines."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class PipeConsole(Console):
    """A console that leaves it to its user what a closed pipe means."""

    def on_broken_pipe(self) -> None:
        """Let the BrokenPipeError go on that is being handled."""
        raise  # noqa: PLE0704 - called while it is


def console(stream: IO[str]) -> Console:
    """Make a console that reads nothing as markup."""
    terminal = interactive(stream)
    return PipeConsole(
        file=stream,
        width=None if terminal else UNWRAPPED,
        force_terminal=terminal,
        no_color=None if terminal else True,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )


def trimmed(table: RenderableType, console: Console) -> Text:
    """A table's lines without the blanks that fill its last column."""
    lines = console.render_lines(table, pad=False)
    return Text("\n").join(
        Text("".join(segment.text for segment in line).rstrip()) for line in lines
    )


class Terminal:
    """Where results go, and what goes beside them."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.out = console(sys.stdout)
        self.err = console(sys.stderr)
        self.quiet = quiet
        self.column = 0  # where `write` goes on

    @property
    def streams(self) -> bool:
        """Whether an answer is shown sentence by sentence."""
        return interactive(sys.stdout)

    def print(self, *results: RenderableType) -> None:
        """Print results, each on lines of its own."""
        for result in results:
            bare = isinstance(result, Table) and not self.streams
            self.out.print(trimmed(result, self.out) if bare else result)

    def write(self, text: Text) -> None:
        """Print a part of a result at once, without a line's end; lines break between words."""
        before = Text("x" * (self.column - 1) + " " * bool(self.column))
        lines = (before + text).wrap(self.out, self.out.width)
        self.out.print(Text("\n").join(lines)[len(before) :], end="", soft_wrap=True)
        self.out.file.flush()
        self.column = lines[-1].cell_len

    def error(self, failure: RagpgError) -> None:
        """Print an error and, below it, what to do."""
        self.err.print(Text.assemble(("error: ", "bold red"), line(failure.message)))
        if failure.hint:
            self.err.print(Text.assemble(("hint: ", "bold"), literal(failure.hint)))

    def failure(self, name: str, reason: str) -> None:
        """Print that one of several things failed."""
        self.err.print(Text.assemble(("failed: ", "bold red"), f"{line(name)}: {line(reason)}"))

    def warn(self, message: str) -> None:
        """Print a warning, unless asked to be quiet."""
        self.note(Text.assemble(("warning: ", "bold yellow"), line(message)))

    def hint(self, message: str) -> None:
        """Print what to do, unless asked to be quiet."""
        self.note(Text.assemble(("hint: ", "bold"), literal(message)))

    def note(self, *remarks: RenderableType) -> None:
        """Print what helps but is no result, unless asked to be quiet."""
        if not self.quiet:
            for remark in remarks:
                self.err.print(remark)

    def follow(self, receipts: Iterable[Receipt]) -> Iterator[Receipt]:
        """Pass receipts on; a terminal shows how many there have been, and the last one."""
        if self.quiet or not interactive(sys.stderr):
            yield from receipts
            return
        columns = (SpinnerColumn(), TextColumn("{task.completed} documents"), TimeElapsedColumn())
        name = TextColumn("{task.description}", markup=False)
        with Progress(*columns, name, console=self.err, transient=True) as progress:
            task = progress.add_task("", total=None)
            for receipt in receipts:
                progress.update(task, advance=1, description=line(receipt.source))
                yield receipt

    def count(self, things: Iterable[Done], *, total: int, what: str) -> Iterator[Done]:
        """Pass things on; a terminal shows how many of all there have been."""
        if self.quiet or not interactive(sys.stderr):
            yield from things
            return
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.err, transient=True) as progress:
            yield from progress.track(things, total=total)
