"""Filters as expressions.

A field of the front matter has several values if it is a list, one value if it is text, a number or
a boolean, and none if it is missing, null or a table. A comparison holds if it holds for one of the
values; `!=` and `nin` negate `==` and `in`, so that they hold where there is no value. Values of
different types are never equal, nor is one less than another, but an integer of four digits is a
year where it is compared with a date. Text is ordered by code points.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator


class Column(StrEnum):
    """What every document or chunk has.

    `SOURCE`, `TITLE` and `HEADING`, any heading of a chunk's path, are compared as text. `MODIFIED`
    and `SIZE` are those of the file, unless the front matter has the key; `LANGUAGE` is that of the
    front matter and each language of code in a chunk. They are compared as front matter is.
    """

    SOURCE = "source"
    TITLE = "title"
    HEADING = "heading"
    MODIFIED = "modified"
    SIZE = "size"
    LANGUAGE = "language"

    @property
    def is_text(self) -> bool:
        """Whether values are read as text, whatever they look like."""
        return self in (Column.SOURCE, Column.TITLE, Column.HEADING)

    @property
    def is_of_chunk(self) -> bool:
        """Whether chunks of one document differ in it."""
        return self in (Column.HEADING, Column.LANGUAGE)


class Operator(StrEnum):
    """How values are compared."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    IN = "in"
    NOT_IN = "nin"


@dataclass(frozen=True, slots=True)
class Date:
    """A month or a day in ISO 8601; longer dates are compared up to its precision."""

    written: str


Field: TypeAlias = "Column | tuple[str, ...]"
"""A column, or the path of a value in the front matter."""
Value: TypeAlias = "str | int | float | bool | Date"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field compared with a value, or with several (`in`, `nin`)."""

    field: Field
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of its operand."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class And:
    """The conjunction of its operands."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """The disjunction of its operands."""

    operands: tuple[Expression, ...]


Expression: TypeAlias = "Comparison | Not | And | Or"


def is_year(value: Value) -> bool:
    """Return whether a value is also compared with dates."""
    return isinstance(value, int) and 1000 <= value <= 9999


def find_columns(expression: Expression) -> Iterator[Column]:
    """Yield the columns that an expression reads."""
    match expression:
        case Comparison(Column() as column):
            yield column
        case Not(operand):
            yield from find_columns(operand)
        case And(operands) | Or(operands):
            for operand in operands:
                yield from find_columns(operand)
