"""Styled text and tables: a pipe gets plain text, a terminal what Rich makes of them.

Rich takes some 40 ms to import, so a pipe does without it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Piece: TypeAlias = tuple[str, str]
"""Text and its style, by Rich's name; "" for none."""

GAP = "  "


@dataclass(slots=True)
class Text:
    """Text in pieces, each in one style; nothing in it is parsed as markup."""

    pieces: list[Piece] = field(default_factory=list)

    @classmethod
    def of(cls, *parts: str | Piece | Text) -> Text:
        """Concatenate texts."""
        text = cls()
        for part in parts:
            match part:
                case str():
                    text.pieces.append((part, ""))
                case Text():
                    text.pieces += part.pieces
                case _:
                    text.pieces.append(part)
        return text

    def append(self, text: str, style: str = "") -> Text:
        """Append text, and return all of it."""
        self.pieces.append((text, style))
        return self

    @property
    def plain(self) -> str:
        """The text without styles."""
        return "".join(text for text, _ in self.pieces)


@dataclass(slots=True)
class Table:
    """Rows of cells; the columns in `numbers` are aligned right.

    Without a `head`, the first column names the values in the others. Where a terminal is too
    narrow, the columns in `folded` are wrapped, the others are cut.
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
        """The rows with aligned columns, without trailing blanks."""
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
    """Markdown from a document; a terminal renders it and highlights words with these stems."""

    text: str
    terms: frozenset[str]

    @property
    def plain(self) -> str:
        """The text as it is, and a blank line."""
        return f"{self.text}\n"


def width(text: str) -> int:
    """Return the number of columns that a line takes on a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def count(number: int, noun: str) -> str:
    """Return a number with what it counts: `1 document`, `2 documents`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
