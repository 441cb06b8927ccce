"""One conflict for each thing that documents disagree on, of the many pairs that show it. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ragpg.conflicts.pairing import Difference

MAX_VALUES = 2
"""Different values of one thing; of more, each is that of another case."""


class Disagreement(NamedTuple):
    """The numbers of two statements, how they differ, and a score in 0…1."""

    score: float
    difference: Difference
    first: int
    second: int


def choose_best(found: Iterable[Disagreement]) -> list[Disagreement]:
    """Return the best pair of each group of statements that are about one thing, best first.

    Where a group has more than two values, each is that of another case.
    """
    best = []
    for group in _group(found):
        said: dict[int, str] = {}
        for each in group:
            said[each.first] = each.difference.first_says.casefold()
            said[each.second] = each.difference.second_says.casefold()
        if len(set(said.values())) <= MAX_VALUES:
            best.append(max(group, key=lambda each: each.score))
    return sorted(best, key=lambda each: (-each.score, each.first, each.second))


def _group(found: Iterable[Disagreement]) -> Iterable[list[Disagreement]]:
    """Group pairs that have a statement in common, directly or through others."""
    parents: dict[int, int] = {}

    def root(number: int) -> int:
        while parents.setdefault(number, number) != number:
            number = parents[number]
        return number

    pairs = list(found)
    for pair in pairs:
        parents[root(pair.first)] = root(pair.second)
    groups: dict[int, list[Disagreement]] = defaultdict(list)
    for pair in pairs:
        groups[root(pair.first)].append(pair)
    return groups.values()
