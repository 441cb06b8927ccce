"""Places of converted documents: the page, slide or cells that a person opens. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

PLACES_KEY = "ragpg:places"
"""In the metadata of a converted document, its marks as JSON; front matter cannot have this key."""

_CELLS = re.compile(r"(.*)!([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})", re.DOTALL)
HEAD_LINES = 2
"""Lines of the head of a table in Markdown: its first row and the line of dashes."""


class LocatorKind(StrEnum):
    """What a document is divided into."""

    PAGE = "page"
    SLIDE = "slide"
    SHEET = "sheet"


_KINDS = frozenset(kind.value for kind in LocatorKind)


class Locator(NamedTuple):
    """A page or slide by its number, or a sheet: `Sheet1`, or cells of it, `Sheet1!A3:D9`."""

    kind: LocatorKind
    label: str

    @property
    def fragment(self) -> str:
        """What follows the path of a document in a citation, such as `#page=12`."""
        from urllib.parse import quote

        return f"#{self.kind}={quote(self.label, safe='!:')}"

    def meets(self, other: Locator) -> bool:
        """Return whether two locators have anything in common."""
        if self.kind is not other.kind or self.label.casefold() == other.label.casefold():
            return self.kind is other.kind
        if self.kind is not LocatorKind.SHEET:
            return False
        a, b = Cells.parse(self.label), Cells.parse(other.label)
        return a.sheet.casefold() == b.sheet.casefold() and a.overlaps(b)


def parse_locator(fragment: str) -> Locator | None:
    """Read `page=12`, `slide=4` or `sheet=Sheet1!A3:D9`; None for anything else."""
    from urllib.parse import unquote

    kind, equals, label = fragment.partition("=")
    if kind not in list(LocatorKind) or not equals or not label:
        return None
    return Locator(LocatorKind(kind), unquote(label))


class PlaceMark(NamedTuple):
    """The line of the converted text, counted from 1, from which on it is at a place.

    Cells are those of a table whose head begins in this line; each further row has a line.
    """

    line: int
    locator: Locator


class Cells(NamedTuple):
    """A rectangle of cells; columns and rows count from 1, and 0 in `last_row` is a whole sheet."""

    sheet: str
    first_column: int = 0
    first_row: int = 0
    last_column: int = 0
    last_row: int = 0

    @classmethod
    def parse(cls, label: str) -> Cells:
        """Read `Sheet1!A3:D9`; any other label is the name of a sheet."""
        match = _CELLS.fullmatch(label)
        if not match:
            return cls(label)
        sheet, first_column, first_row, last_column, last_row = match.groups()
        columns = _to_number(first_column), _to_number(last_column)
        return cls(sheet, columns[0], int(first_row), columns[1], int(last_row))

    def overlaps(self, other: Cells) -> bool:
        """Return whether two rectangles of one sheet have a cell in common."""
        if not self.last_row or not other.last_row:
            return True
        return (
            self.first_row <= other.last_row
            and other.first_row <= self.last_row
            and self.first_column <= other.last_column
            and other.first_column <= self.last_column
        )

    def narrow(self, first: int, last: int) -> Cells:
        """Return the rows of these lines of the table in Markdown, its first line being 0."""
        rows = [self.first_row + max(0, line + 1 - HEAD_LINES) for line in (max(0, first), last)]
        return self._replace(
            first_row=min(rows[0], self.last_row), last_row=min(rows[1], self.last_row)
        )

    def unite(self, other: Cells) -> Cells:
        """Return the smallest rectangle that has both of one sheet."""
        return Cells(
            self.sheet,
            min(self.first_column, other.first_column),
            min(self.first_row, other.first_row),
            max(self.last_column, other.last_column),
            max(self.last_row, other.last_row),
        )

    def __str__(self) -> str:
        """Write it as a spreadsheet does."""
        if not self.last_row:
            return self.sheet
        first = f"{to_letters(self.first_column)}{self.first_row}"
        return f"{self.sheet}!{first}:{to_letters(self.last_column)}{self.last_row}"


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """The places of a converted document, by line; without marks it is not divided."""

    marks: tuple[PlaceMark, ...] = ()

    @classmethod
    def from_json(cls, value: object) -> PlaceMap:
        """Read what `to_json` wrote; what is no mark is left out.

        In a table that was filled from somebody else's file it may be anything.
        """
        rows = value if isinstance(value, list) else []
        marks = [mark for row in rows if (mark := _read_mark(row))]
        return cls(tuple(sorted(marks, key=lambda mark: mark.line)))

    def to_json(self) -> list[list[Any]]:
        """Return the marks as JSON: line, kind and label of each."""
        return [[m.line, m.locator.kind.value, m.locator.label] for m in self.marks]

    def cut(self, first: int, last: int) -> PlaceMap:
        """Return the marks of some lines; both ends are inclusive."""
        start = max(0, bisect_right(self.marks, first, key=lambda mark: mark.line) - 1)
        end = bisect_right(self.marks, last, key=lambda mark: mark.line)
        return PlaceMap(self.marks[start:end])

    def list_locators(self, first: int, last: int) -> list[Locator]:
        """Return the places of some lines, in their order: of tables, the rows that they are."""
        locators: list[Locator] = []
        for line, locator in self.cut(first, last).marks:
            if locator.kind is LocatorKind.SHEET and (cells := Cells.parse(locator.label)).last_row:
                narrowed = cells.narrow(first - line, last - line)
                locators.append(locator._replace(label=str(narrowed)))
            else:
                locators.append(locator)
        return locators

    def find(self, first: int, last: int) -> Locator | None:
        """Return the place where some lines begin; of a sheet, all cells that they are."""
        locators = self.list_locators(first, last)
        if not locators or locators[0].kind is not LocatorKind.SHEET:
            return locators[0] if locators else None
        areas = [Cells.parse(locator.label) for locator in locators]
        tables = [area for area in areas if area.last_row]
        if not tables:
            return locators[0]
        united, *others = tables
        for area in others:
            united = united.unite(area) if area.sheet == united.sheet else united
        return locators[0]._replace(label=str(united))


NO_PLACES = PlaceMap()


def to_letters(column: int) -> str:
    """Return the name of a column: 1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _to_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _read_mark(row: object) -> PlaceMark | None:
    match row:
        case [int(line), str(kind), str(label)] if kind in _KINDS:
            return PlaceMark(line, Locator(LocatorKind(kind), label))
    return None
