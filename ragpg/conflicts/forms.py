"""Documents of one form: they say many things in the same words, each about its own subject. Pure.

Policies on two kinds of leave, or pages on two products, are written by copying one of them. Where
such documents differ, they do so on purpose.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ragpg.conflicts.statements import Statement

# Chosen by hand; `python -m benchmarks.conflicts` measures what they lead to (November 2026).
MIN_ALIKE = 0.75
"""Share of the keys of two statements that both have, from which one is a copy of the other."""
MIN_COPIES = 3
"""Statements of a document that another one has, too, from which both are of one form."""


def find_forms(
    statements: Sequence[Statement], pairs: Iterable[tuple[int, int]]
) -> frozenset[tuple[str, str]]:
    """Return the pairs of sources, each in order, that are of one form."""
    copied: dict[tuple[str, str], set[int]] = defaultdict(set)
    for numbers in pairs:
        first, second = sorted((statements[number] for number in numbers), key=_source)
        if _source(first) != _source(second) and _are_alike(first, second):
            copied[_source(first), _source(second)].add(first.place.start)
    return frozenset(pair for pair, starts in copied.items() if len(starts) >= MIN_COPIES)


def are_of_one_form(first: Statement, second: Statement, forms: frozenset[tuple[str, str]]) -> bool:
    """Return whether the documents of two statements are among those of one form."""
    one, other = sorted((_source(first), _source(second)))
    return (one, other) in forms


def _are_alike(first: Statement, second: Statement) -> bool:
    return len(first.keys & second.keys) >= MIN_ALIKE * len(first.keys | second.keys)


def _source(statement: Statement) -> str:
    return statement.place.source
