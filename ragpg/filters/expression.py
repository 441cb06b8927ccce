"""What a filter means.

A field has values: the members of a list, one for other text, numbers and truth, none where it is
missing, null or a table. A comparison holds where one of them compares so; `!=` and `nin` are the
opposites of `==` and `in`, so that they hold where there is no value. Values of different types are
never equal, and neither is less than the other; but a whole number of four digits is a year where
it meets a date. Text is ordered by code points.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator


class Column(StrEnum):
    """What every document or passage has, as text; a passage has all headings of its path."""

    SOURCE = "source"
    TITLE = "title"
    HEADING = "heading"


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
    """A month or a day, as ISO 8601 writes it; of other dates no more than that is compared."""

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
    """What holds where the other doesn't."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class And:
    """What holds where all do."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What holds where one does."""

    operands: tuple[Expression, ...]


Expression: TypeAlias = "Comparison | Not | And | Or"


def is_year(value: Value) -> bool:
    """Whether a number is compared with dates, too."""
    return isinstance(value, int) and 1000 <= value <= 9999


def columns(expression: Expression) -> Iterator[Column]:
    """The columns that an expression reads."""
    match expression:
        case Comparison(Column() as column):
            yield column
        case Not(operand):
            yield from columns(operand)
        case And(operands) | Or(operands):
            for operand in operands:
                yield from columns(operand)
