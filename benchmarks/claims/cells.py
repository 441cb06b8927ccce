"""Claims about the cells of tables, true and crossed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from benchmarks.claims.corpus import FIGURE

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from benchmarks.claims.corpus import Table

FORMS = (
    "{row} in {column} was {value}.",
    "In {column}, {row} amounted to {value}.",
    "For {row}, the figure for {column} is {value}.",
    "{row} ({column}): {value}.",
    "The {column} figure of {row} stood at {value}.",
)
TRENDS = (
    "{row} {went} from {one} in {first} to {two} in {second}.",
    "{row} {went} between {first} and {second}.",
    "{row} {went} by {difference} between {first} and {second}.",
    "In {second}, {row} was {more} than in {first}.",
)


def claims(table: Table, chance: random.Random) -> Iterator[tuple[str, bool, str]]:
    """Yield kind, whether it is true, and the text of some claims about a table."""
    row = chance.choice(table.rows)
    full = [index for index, name in enumerate(table.header) if index and name]
    full = [index for index in full if FIGURE.fullmatch(row[index])]
    if not full:
        return
    column = chance.choice(full)
    form = chance.choice(FORMS)
    yield "table cell", True, cell(table, row, column, row[column], form)
    figures = [other for other in table.rows if FIGURE.fullmatch(other[column])]
    others = [other for other in figures if other[column] != row[column]]
    if others:
        value = chance.choice(others)[column]
        yield "table row crossed", False, cell(table, row, column, value, form)
    values = [row[index] for index in full if row[index] != row[column]]
    if values:
        yield "table column crossed", False, cell(table, row, column, chance.choice(values), form)
    yield from trends(table, row, full, chance)


def cell(table: Table, row: tuple[str, ...], column: int, value: str, form: str) -> str:
    """Say what a cell holds."""
    text = form.format(row=row[0], column=table.header[column], value=value)
    return text[:1].upper() + text[1:]


def trends(
    table: Table, row: tuple[str, ...], full: list[int], chance: random.Random
) -> Iterator[tuple[str, bool, str]]:
    """Yield what the cells of two years say together, and its opposite."""
    years = {
        int(found.group()): index
        for index, name in enumerate(table.header)
        if index in full and (found := re.fullmatch(r"(?:19|20)\d\d", name))
    }
    if len(years) < 2:
        return
    first, second = sorted(years)[-2:]
    one, two = row[years[first]], row[years[second]]
    before, after = amount(one), amount(two)
    if before == after or before < 0 or after < 0 or "%" in one:
        return
    for kind, is_true in (("table trend", True), ("table trend reversed", False)):
        up = (after > before) == is_true
        went = chance.choice(
            ["rose", "increased", "grew"] if up else ["fell", "decreased", "declined"]
        )
        text = chance.choice(TRENDS).format(
            row=row[0],
            went=went,
            one=one,
            two=two,
            first=first,
            second=second,
            more="higher" if up else "lower",
            difference=f"{abs(after - before):,}",
        )
        yield kind, is_true, text[:1].upper() + text[1:]


def amount(cell: str) -> Decimal:
    """The figure of a cell; one in parentheses is negative."""
    value = Decimal(re.sub(r"[^\d.]", "", cell).rstrip("."))
    return -value if "(" in cell else value
