"""Filters for the tests: drawn by chance, written down, and evaluated without PostgreSQL."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from ragpg.filters import And, Column, Comparison, Date, Not, Operator, Or

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.filters import Expression, Field, Value

OPPOSITES = {Operator.UNEQUAL: Operator.EQUAL, Operator.NOT_IN: Operator.IN}
DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2}([T ].*)?)?")


@dataclass(frozen=True, slots=True)
class Row:
    """A chunk of a document, as a filter sees it."""

    metadata: Any = field(default_factory=dict)
    source: str = "a.md"
    title: str = "A"
    heading: tuple[str, ...] = ()
    modified: datetime | None = None
    size: int = 0
    languages: tuple[str, ...] = ()


def holds(expression: Expression, row: Row) -> bool:
    """Whether a filter passes a chunk."""
    match expression:
        case Comparison(field, operator, values) if operator in OPPOSITES:
            return not holds(Comparison(field, OPPOSITES[operator], values), row)
        case Comparison(field, operator, values):
            held = list(values_of(row, field))
            return any(compares(one, operator, value) for one in held for value in values)
        case Not(operand):
            return not holds(operand, row)
        case And(operands):
            return all(holds(operand, row) for operand in operands)
        case Or(operands):
            return any(holds(operand, row) for operand in operands)


def values_of(row: Row, field: Field) -> Iterator[Any]:
    """The values of a field; a list in a list is none."""
    if field is Column.HEADING:
        yield from row.heading
        return
    if field in (Column.SOURCE, Column.TITLE):
        yield getattr(row, field)
        return
    if field is Column.LANGUAGE:
        yield from row.languages
    elif isinstance(field, Column) and field not in row.metadata:
        known = getattr(row, field)
        yield known.isoformat() if isinstance(known, datetime) else known
    nodes = [row.metadata]
    for name in (field,) if isinstance(field, Column) else field:
        objects = [node for node in members(nodes) if isinstance(node, dict)]
        nodes = [node[name] for node in objects if name in node]
    yield from (node for node in members(nodes) if not isinstance(node, list))


def members(nodes: list[Any]) -> list[Any]:
    """Values, with the members of lists in their place."""
    return [one for node in nodes for one in (node if isinstance(node, list) else [node])]


def compares(held: Any, operator: Operator, value: Value) -> bool:
    """Whether a stored value compares so with that of a filter."""
    if isinstance(value, Date):
        if not isinstance(held, str) or not DATE.fullmatch(held):
            return False
        return ordered(held[: len(value.written)], operator, value.written)
    if isinstance(held, str) and DATE.fullmatch(held) and kind(value) is Decimal:
        is_year = isinstance(value, int) and 1000 <= value <= 9999
        return is_year and ordered(held[:4], operator, str(value))
    if kind(held) is not kind(value):
        return False
    if kind(held) is Decimal:
        return ordered(Decimal(json.dumps(held)), operator, Decimal(json.dumps(value)))
    return ordered(held, operator, value)


def kind(value: Any) -> type:
    """The type that JSON tells apart."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return Decimal if number else type(value)


def ordered(left: Any, operator: Operator, right: Any) -> bool:
    """Compare two values of a type."""
    match operator:
        case Operator.LESS:
            return bool(left < right)
        case Operator.AT_MOST:
            return bool(left <= right)
        case Operator.GREATER:
            return bool(left > right)
        case Operator.AT_LEAST:
            return bool(left >= right)
    return bool(left == right)


def written(expression: Expression) -> str:
    """A filter as a user writes it, with no more parentheses than it needs."""
    match expression:
        case Comparison(field, operator, values):
            shown = ", ".join(map(value_written, values))
            listed = operator in (Operator.IN, Operator.NOT_IN)
            return f"{field_written(field)} {operator} {f'[{shown}]' if listed else shown}"
        case Not(operand):
            return f"NOT {nested(operand, And | Or)}"
        case And(operands):
            return " AND ".join(nested(operand, And | Or) for operand in operands)
        case Or(operands):
            return " OR ".join(nested(operand, Or) for operand in operands)


def nested(expression: Expression, kinds: Any) -> str:
    """A part of a filter, in parentheses where it is one of some kinds."""
    inner = written(expression)
    return f"({inner})" if isinstance(expression, kinds) else inner


def field_written(field: Field) -> str:
    """A field's name."""
    return field.value if isinstance(field, Column) else ".".join(map(quoted, field))


def value_written(value: Value) -> str:
    """A value."""
    if isinstance(value, str):
        return quoted(value)
    return value.written if isinstance(value, Date) else json.dumps(value)


def quoted(text: str) -> str:
    """Text in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# --- drawn by chance ------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
days = st.dates().map(lambda day: day.isoformat())
names = (
    st.sampled_from(["a", "b", "a.b", "source", "$", "%s"])
    | st.sampled_from(["modified", "size", "language"])
    | texts
)
words = st.sampled_from(["hr", "HR", "", "it", "2024-05", "2024-05-01", "2024-05-01T10:00:00"])
strings = words | texts | days
numbers = (
    st.integers(-3, 3)
    | st.integers(2023, 2025)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
scalars = st.none() | st.booleans() | numbers | strings
metadata = st.dictionaries(
    names,
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)
rows = st.builds(
    Row,
    metadata=metadata,
    source=strings.filter(bool),
    title=strings,
    heading=st.lists(strings, max_size=3).map(tuple),
    modified=st.none() | st.sampled_from([datetime(2024, 5, 1, 10), datetime(2023, 1, 1)]),
    size=st.integers(0, 2025),
    languages=st.lists(st.sampled_from(["hr", "it", "2024-05"]), max_size=2).map(tuple),
)
paths = st.lists(names, min_size=1, max_size=3).map(tuple)
dates = st.sampled_from(["2024-05", "2024-05-01", "2024-04-30"]) | days
plain_strings = strings.filter(
    lambda text: not re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", text)
)
values = st.booleans() | numbers | plain_strings | dates.map(Date)


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """A comparison of any kind."""
    field: Field = draw(st.sampled_from(Column) | paths)
    operator = draw(st.sampled_from(Operator))
    several = operator in (Operator.IN, Operator.NOT_IN)
    is_text = isinstance(field, Column) and field.is_text
    possible: st.SearchStrategy[Value] = strings if is_text else values
    drawn = draw(st.lists(possible, min_size=1, max_size=3 if several else 1))
    return Comparison(field, operator, tuple(drawn))


def joined(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Expressions made of others; what is joined by a word is not joined by it again."""

    def of(kind: type[And | Or]) -> st.SearchStrategy[Expression]:
        operands = inner.filter(lambda operand: not isinstance(operand, kind))
        return st.lists(operands, min_size=2, max_size=3).map(lambda some: kind(tuple(some)))

    return st.one_of(inner.map(Not), of(And), of(Or))


expressions: st.SearchStrategy[Expression] = st.recursive(comparisons(), joined, max_leaves=5)
