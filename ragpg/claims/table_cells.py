"""What the cells of a row hold, and which columns a claim names. Pure."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from ragpg.claims import quantities
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.claims.tokens import tokenize
from ragpg.lexicon import trends
from ragpg.text.stems import stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.claims.evidence import Row

MIN_NAMED_SHARE = 0.5
"""Share of a column's words by which a claim names it. Chosen by hand."""
ROUNDED_BELOW = 1000
"""Computed values below it may be rounded to one decimal place. Chosen by hand."""
MAX_ROUNDING = 0.06
"""Largest difference of a rounded computed value. Chosen by hand."""

RISING = frozenset(map(stem, trends.RISING))
FALLING = frozenset(map(stem, trends.FALLING))
TRENDS = RISING | FALLING
VALUE_NOUNS = frozenset(map(stem, trends.VALUE_NOUNS))
_COMPUTED = frozenset(map(stem, trends.COMPUTED))


def parse_values(cell: str) -> list[float]:
    """Return the numbers in a cell."""
    return [token.value for token in tokenize(cell) if token.value is not None]


def find_named_columns(claim: Sequence[Token], header: Sequence[str]) -> list[int]:
    """Return the columns that a claim names best, and those that it names by other words.

    The first column holds the labels of rows and is none of them.
    """
    keys = {token.key for token in claim if token.is_content}
    dates = [token.key for token in claim if token.kind is TokenKind.DATE]
    named: list[tuple[float, int, set[str]]] = []
    for index, name in enumerate(header):
        column = {token.key for token in tokenize(name) if token.is_content}
        shared = column & keys | {k for k in column for d in dates if k in d.split("-") or k == d}
        if index and shared:
            named.append((len(shared) / len(column), index, shared))
    best = max((share for share, _, _ in named), default=0.0)
    by_best = set[str]().union(*(shared for share, _, shared in named if share >= best - 0.01))
    return [
        index
        for share, index, shared in named
        if share >= MIN_NAMED_SHARE and (share >= best - 0.01 or not shared <= by_best)
    ]


def names_column(token: Token, column: str) -> bool:
    """Return whether a token of a claim names a column; a date does by its year."""
    keys = {word.key for word in tokenize(column) if word.is_content}
    return bool(keys & {token.key, *token.key.split("-")})


def is_computed(claim: Sequence[Token], index: int, row: Row | None) -> bool:
    """Return whether a claim says that a number is computed, and it can be from two cells."""
    value = claim[index].value
    if row is None or value is None or not any(t.key in TRENDS | _COMPUTED for t in claim):
        return False
    return any(
        quantities.values_agree(value, computed, approximate=False)
        or (computed < ROUNDED_BELOW and abs(value - computed) < MAX_ROUNDING)
        for computed in _compute_values(row)
    )


def _compute_values(row: Row) -> set[float]:
    """Return differences, sums, ratios and changes in percent of two cells of the same unit."""
    tokens = [token for cell in row.cells[1:] for token in tokenize(cell)]
    values = {(token.value, token.unit) for token in tokens if token.value is not None}
    computed: set[float] = set()
    for (first, unit), (second, second_unit) in permutations(values, 2):
        if unit != second_unit:
            continue
        computed |= {abs(first - second), first + second}
        if second:
            computed |= {abs(first - second) / abs(second) * 100, first / second}
    return computed
