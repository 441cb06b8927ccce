"""Standard output and standard error.

A terminal gets Rich; a pipe gets the same lines without colours, wrapping or progress bars.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from functools import cached_property
from threading import Event, Thread
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from ragpg.display.escape import line, literal
from ragpg.display.text import Passage, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from ragpg.display.answer_writer import LiteralWriter, MarkdownWriter
    from ragpg.display.progress import ProgressKind
    from ragpg.display.text import Table
    from ragpg.errors import RagpgError
    from ragpg.types import Progress

    Result: TypeAlias = str | Text | Table | Passage
    AnswerWriter: TypeAlias = LiteralWriter | MarkdownWriter


FIRST_SIGN = 0.3
"""Seconds of waiting before a terminal shows it; chosen by hand."""


def is_interactive(stream: IO[Any]) -> bool:
    """Return whether a stream is a terminal that can do more than print lines."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Output:
    """A stream for people; Rich renders what is printed if it is a terminal."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def print(self, result: Result) -> None:
        """Print a result on lines of its own."""
        if is_interactive(self.stream):
            from ragpg.display.rich_console import to_renderable

            self.console.print(to_renderable(result))
        else:
            self.stream.write(f"{result if isinstance(result, str) else result.plain}\n")

    @property
    def shows_links(self) -> bool:
        """Whether what is printed may contain links."""
        if not is_interactive(self.stream):
            return False
        from ragpg.display.links import knows_links

        return knows_links(os.environ)

    @cached_property
    def console(self) -> Console:
        """Rich's console for this stream."""
        from ragpg.display.rich_console import make_console

        return make_console(self.stream)


class Terminal:
    """Prints results on standard output, errors and remarks on standard error.

    `plain` shows passages and answers as they are, not as Markdown.
    """

    def __init__(self, *, quiet: bool = False, plain: bool = False) -> None:
        self.out = Output(sys.stdout)
        self.err = Output(sys.stderr)
        self.quiet = quiet
        self.plain = plain

    @property
    def streams(self) -> bool:
        """Whether an answer is shown while it is generated."""
        return is_interactive(sys.stdout)

    def print(self, *results: Result) -> None:
        """Print results, each on lines of its own."""
        for result in results:
            if self.plain and isinstance(result, Passage):
                self.out.print(Text.of(result.plain))
            else:
                self.out.print(result)

    @cached_property
    def writer(self) -> AnswerWriter:
        """What prints an answer on a terminal, part by part."""
        from ragpg.display.answer_writer import LiteralWriter, MarkdownWriter

        return (LiteralWriter if self.plain else MarkdownWriter)(self.out.console)

    def error(self, error: RagpgError) -> None:
        """Print an error and its hint."""
        self.err.print(Text.of(("error: ", "bold red"), line(error.message)))
        if error.hint:
            self.err.print(Text.of(("hint: ", "bold"), literal(error.hint)))

    def failure(self, name: str, reason: str) -> None:
        """Print that one of several documents or queries failed."""
        self.err.print(Text.of(("failed: ", "bold red"), f"{line(name)}: {line(reason)}"))

    def warn(self, message: str) -> None:
        """Print a warning, unless asked to be quiet."""
        self.note(Text.of(("warning: ", "bold yellow"), line(message)))

    def hint(self, message: str) -> None:
        """Print a hint, unless asked to be quiet."""
        self.note(Text.of(("hint: ", "bold"), literal(message)))

    def note(self, *remarks: Result) -> None:
        """Print remarks that are no result, unless asked to be quiet."""
        if not self.quiet:
            for remark in remarks:
                self.err.print(remark)

    @contextmanager
    def waiting_for(self, what: str) -> Iterator[None]:
        """Let a terminal show what is waited for, and how long, while a block is executed."""
        if self.quiet or not is_interactive(sys.stderr):
            yield
            return
        is_over = Event()
        # Rich is imported there, while the caller waits for something else.
        thread = Thread(target=self._show_seconds, args=(line(what), is_over), daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def _show_seconds(self, what: str, is_over: Event) -> None:
        """Show what is waited for and the seconds that pass, unless it is over at once."""
        started = time.monotonic()
        if is_over.wait(FIRST_SIGN):
            return
        from rich.progress import Progress, SpinnerColumn, TextColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False))
        with Progress(
            *columns,
            console=self.err.console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ) as progress:
            task = progress.add_task(f"waiting for {what}", total=None)
            while not is_over.is_set():
                seconds = time.monotonic() - started
                progress.update(task, description=f"waiting {seconds:.0f} s for {what}")
                is_over.wait(0.2)

    @contextmanager
    def progress(self, kind: ProgressKind) -> Iterator[Callable[[Progress], None]]:
        """Give a function that shows the progress of long work, on standard error.

        By default a terminal gets a bar, or plain lines if it can do nothing else.
        """
        from ragpg.display.progress import PlainLines, ProgressKind

        is_shown = kind is ProgressKind.PLAIN or (kind is ProgressKind.AUTO and sys.stderr.isatty())
        if self.quiet or not is_shown:
            yield lambda _: None
        elif kind is ProgressKind.PLAIN or not is_interactive(sys.stderr):
            yield PlainLines(self.err.print).show
        else:
            from ragpg.display.progress_bar import ProgressBar

            with ProgressBar(self.err.console) as bar:
                yield bar.show
