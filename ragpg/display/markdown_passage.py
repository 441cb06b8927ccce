"""Render a passage on a terminal: Markdown, with the words of the question highlighted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from ragpg.display.markdown import PlainMarkdown, parse, render_lines
from ragpg.retrieval.late_interaction import has_stem
from ragpg.text.terms import is_divided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderResult

    from ragpg.display.text import Passage

MARK = Style(bold=True, color="yellow")
WORD = re.compile(r"(\w+)")
MAX_EXACT = 2
"""Stems of up to so many letters have to be the whole word."""


@dataclass(frozen=True, slots=True)
class MarkdownPassage:
    """A passage that Rich can render."""

    passage: Passage

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        tokens = parse(self.passage.text)
        renderable = Text(self.passage.text) if tokens is None else PlainMarkdown(tokens)
        for line in render_lines(renderable, console, options):
            yield from Segment.simplify(
                part for segment in line for part in self.highlight(segment)
            )
            yield Segment.line()
        yield Segment.line()

    def highlight(self, segment: Segment) -> Iterator[Segment]:
        """Highlight words within a segment."""
        style = segment.style or Style.null()
        inside = [t for t in self.passage.terms if len(t) > MAX_EXACT or is_divided(t)]
        for part in WORD.split(segment.text):
            whole = [(part, self.matches(part.casefold()))]
            for piece, is_marked in split_at_terms(part, inside) if is_divided(part) else whole:
                yield Segment(piece, style + MARK if is_marked else style)

    def matches(self, word: str) -> bool:
        """Return whether a word has one of the stems; a short stem must be the whole word."""
        return any(
            word == term if len(term) <= MAX_EXACT else has_stem(word, term)
            for term in self.passage.terms
        )


def split_at_terms(text: str, terms: Sequence[str]) -> list[tuple[str, bool]]:
    """Divide a text without blanks into what terms cover, and the rest."""
    covered = {
        place
        for term in terms
        for match in re.finditer(re.escape(term), text, re.IGNORECASE)
        for place in range(*match.span())
    }
    groups = groupby(range(len(text)), key=covered.__contains__)
    return [("".join(text[place] for place in places), is_in) for is_in, places in groups]
