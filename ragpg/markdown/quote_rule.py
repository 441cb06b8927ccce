"""The rule of markdown-it for quotes, with a limit to how far it reads ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

# Both were chosen by hand: documents that are written to be read come nowhere near the first.
MAX_LINES_AHEAD = 200_000
"""Lines that are read ahead for all quotes of a text together, besides five times its own."""
LINES_AHEAD_THEN = 20
"""Lines that are read ahead for each quote after that; longer ones are divided."""
ALTERNATIVES = ["paragraph", "reference", "blockquote", "list"]
"""Blocks that a quote may interrupt, as in markdown-it."""


class QuoteRule:
    """A quote goes on to a blank line, for it may have lines without a mark.

    When such a line turns out not to belong to it, what follows is read again: for each of the
    quotes of a text that alternates between the two, all the others.
    """

    def __init__(self) -> None:
        self._blank_after: list[int] = []
        self._remaining = 0

    def __call__(self, state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001  (markdown-it's signature)
        """Read a quote; returns whether there is one."""
        from markdown_it.rules_block import blockquote

        if silent or not state.src.startswith(">", state.bMarks[start] + state.tShift[start]):
            return blockquote(state, start, end, silent)
        if not self._blank_after:
            self._blank_after = _find_blank_lines(state)
            self._remaining = MAX_LINES_AHEAD + 5 * len(self._blank_after)
        ahead = min(self._blank_after[start], end) - start
        self._remaining -= ahead
        if self._remaining < 0 and ahead > LINES_AHEAD_THEN:
            return blockquote(state, start, start + LINES_AHEAD_THEN, silent)
        return blockquote(state, start, end, silent)


def _find_blank_lines(state: StateBlock) -> list[int]:
    """Return the first blank line after each line, else the number of lines."""
    blank = state.lineMax
    found = []
    for line in reversed(range(state.lineMax)):
        found.append(blank)
        if state.isEmpty(line):
            blank = line
    return found[::-1]
