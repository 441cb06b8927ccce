"""What is left of a text for a CommonMark parser, and what was taken from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Mark(NamedTuple):
    """Lines from `first` to before `last` that no CommonMark parser sees.

    `words` are what a reader sees in their place; None for an HTML table.
    """

    first: int
    last: int
    words: str | None


class RewrittenLines(NamedTuple):
    """The rewritten lines of a text, and by line what was taken from them.

    `titles` are those of the containers around each line, `shifts` the columns of indentation that
    it lost.
    """

    lines: Sequence[str]
    marks: Sequence[Mark]
    titles: Sequence[tuple[str, ...]]
    shifts: Sequence[int]
    definitions: frozenset[int]
    footnotes: frozenset[int]
