"""Answers on a terminal while they grow: what is printed is never changed again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.segment import Segment, Segments
from rich.text import Text as RichText

from ragpg.display.markdown import PARSER, render_lines
from ragpg.display.marked_markdown import MarkedMarkdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from ragpg.display.text import Text

OPEN_MARKUP = re.compile(r"`|\*\*|__|~~|(?<!\w)[*_](?=\w)")
"""What is shown of emphasis or code whose end is missing."""


class LiteralWriter:
    """Prints text as it is; lines are wrapped between words."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._column = 0  # where the next text continues

    def write(self, text: Text) -> None:
        """Print text at once, without a newline."""
        console = self._console
        before = RichText("x" * (self._column - 1) + " " * bool(self._column))
        lines = (before + RichText.assemble(*text.pieces)).wrap(console, console.width)
        console.print(RichText("\n").join(lines)[len(before) :], end="", soft_wrap=True)
        console.file.flush()
        self._column = lines[-1].cell_len

    def finish(self) -> None:
        """End the last line."""
        self._console.print()


class MarkdownWriter:
    """Prints Markdown block by block, a paragraph or a list sentence by sentence.

    A table is printed when it is complete, and so is a sentence whose emphasis is not closed yet.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._blocks = MarkedMarkdown()  # the block that may still grow
        self._printed = ""  # what is printed of it
        self._is_first = True

    def write(self, text: Text) -> None:
        """Print as much as cannot change any more."""
        *complete, last = self._blocks.add(text).split()
        for block in complete:
            self._print(block)
            self._printed = ""
        self._blocks = last
        if not may_change(last):
            self._print(last)

    def finish(self) -> None:
        """Print the rest, and end the last line."""
        self._print(self._blocks)
        self._console.print()

    def _print(self, block: MarkedMarkdown) -> None:
        """Print what is new of a block."""
        lines = render_lines(block.to_renderable(), self._console, self._console.options)
        shown = "\n".join("".join(segment.text for segment in line) for line in lines)
        if shown == self._printed:
            return
        start, before = len(self._printed), []
        if not shown.startswith(self._printed):
            # Its looks have changed after all: all of it is shown once more.
            start, before = 0, [Segment.line()]
        elif not self._printed and not self._is_first:
            before = [Segment.line()] * 2
        with self._console.capture() as capture:
            segments = [*before, *skip(join(lines), start)]
            self._console.print(Segments(segments), end="", soft_wrap=True)
        # In this order, lest an interruption lets it be printed twice.
        self._printed, self._is_first = shown, False
        self._console.file.write(capture.get())
        self._console.file.flush()


def may_change(block: MarkedMarkdown) -> bool:
    """Return whether what is there of a block may look otherwise when it goes on."""
    tokens = PARSER.parse(block.source)
    inline = (child for token in tokens for child in token.children or ())
    return any(token.type == "table_open" for token in tokens) or any(
        token.type == "text" and OPEN_MARKUP.search(token.content) for token in inline
    )


def join(lines: Iterable[list[Segment]]) -> Iterator[Segment]:
    """Yield the segments of lines, with a newline between two."""
    for number, line in enumerate(lines):
        if number:
            yield Segment.line()
        yield from line


def skip(segments: Iterable[Segment], count: int) -> Iterator[Segment]:
    """Yield segments without their first characters."""
    for segment in segments:
        if len(segment.text) > count:
            yield Segment(segment.text[count:], segment.style)
        count = max(count - len(segment.text), 0)
