"""Styled text and tables: a pipe gets their words, a terminal what Rich makes of them.

Rich takes some 40 ms to import, which a pipe need not wait for.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Piece: TypeAlias = tuple[str, str]
"""Text and its style, by Rich's name; "" for none."""

GAP = "  "


@dataclass(slots=True)
class Text:
    """Text in pieces, each in one style. Nothing in it is read as markup."""

    pieces: list[Piece] = field(default_factory=list)

    @classmethod
    def of(cls, *parts: str | Piece | Text) -> Text:
        """Put text together."""
        made = cls()
        for part in parts:
            match part:
                case str():
                    made.pieces.append((part, ""))
                case Text():
                    made.pieces += part.pieces
                case _:
                    made.pieces.append(part)
        return made

    def append(self, text: str, style: str = "") -> Text:
        """Add text behind, and give it all."""
        self.pieces.append((text, style))
        return self

    @property
    def plain(self) -> str:
        """The words alone."""
        return "".join(text for text, _ in self.pieces)


@dataclass(slots=True)
class Table:
    """Rows of cells in columns; `numbers` are the columns that are aligned at their right.

    Without a `head`, the first column names what stands in the others. A column of `folded` is
    broken, where a terminal is too narrow, instead of being cut.
    """

    head: tuple[str, ...] = ()
    numbers: frozenset[int] = frozenset()
    folded: frozenset[int] = frozenset()
    rows: list[tuple[Text, ...]] = field(default_factory=list)

    def add(self, *cells: str | Piece | Text) -> None:
        """Add a row."""
        self.rows.append(tuple(c if isinstance(c, Text) else Text.of(c) for c in cells))

    @property
    def plain(self) -> str:
        """The rows, their columns aligned, without blanks at their ends."""
        cells = [[cell.plain for cell in row] for row in self.rows]
        table = [list(self.head), *cells] if self.head else cells
        widths = [max(map(width, column)) for column in zip(*table, strict=True)]
        return "\n".join(self._line(row, widths) for row in table)

    def _line(self, row: Sequence[str], widths: Sequence[int]) -> str:
        padded = [
            " " * (room - width(cell)) + cell
            if index in self.numbers
            else cell + " " * (room - width(cell))
            for index, (cell, room) in enumerate(zip(row, widths, strict=True))
        ]
        return GAP.join(padded).rstrip()


@dataclass(frozen=True, slots=True)
class Passage:
    """Markdown from a document; a terminal shows it as such and marks words with these stems."""

    text: str
    terms: frozenset[str]

    @property
    def plain(self) -> str:
        """The text as it is written, with a blank line behind it."""
        return f"{self.text}\n"


def width(text: str) -> int:
    """The columns that a line takes on a terminal; Unicode Standard Annex 11."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
