"""Which of a query's terms find chunks: all of them would make a search weigh most of the table.

A chunk is weighed if it has one of the rarest terms, or if the inverse document frequencies of its
other terms together reach a threshold, which is such that few chunks do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from psycopg import sql

from ragpg.store.bm25 import inverse_document_frequency, to_dimensions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Group: TypeAlias = Sequence[str]
    Weighted: TypeAlias = Sequence[tuple[str, float]]

ALONE = 1_500
"""Chunks that are weighed since they have one of the rarest terms: a text about a rare thing names
it often, and then outweighs one that has several terms once."""

MOST = 3_500
"""Chunks that are weighed in all, were terms independent: 2 to 3 ms a thousand.

Chosen by these: the best 20 were those of a full scan for 50 made-up questions to a million chunks,
half of them of common words alone, and for 480 real ones to 28,751 passages; with 2,500, of which
1,000 alone, not for three of those of common words."""

ENOUGH = 10
"""Times the chunks wanted: a threshold that leaves fewer would be too high."""

OVERTAKING = 3
"""A term weighs up to this many times as much in one chunk as in another: terms that are lighter by
more than that do not overtake others."""

MAX_TERMS = 8
"""The rarest terms, which find chunks; their subsets are counted one by one."""

TOLERANCE = 1e-9
"""Sums of the same weights in another order differ."""


@dataclass(frozen=True, slots=True)
class RequiredTerms:
    """A chunk meets one of the `alternatives`: it has a term of each of its groups."""

    alternatives: Sequence[Sequence[Group]]

    def __bool__(self) -> bool:
        return bool(self.alternatives)

    @property
    def parameters(self) -> dict[str, list[int]]:
        """The parameters of the condition."""
        return {name: to_dimensions(group) for name, group in self.named_groups}

    @property
    def named_groups(self) -> list[tuple[str, Group]]:
        """All groups of all alternatives, with the names of their parameters."""
        groups = (group for groups in self.alternatives for group in groups)
        return [(f"group_{number}", group) for number, group in enumerate(groups)]

    @property
    def condition(self) -> sql.Composable:
        """The condition on a row of the keywords, for the index over terms."""
        names = (name for name, _ in self.named_groups)
        overlap = sql.SQL("terms && {}::integer[]")
        either = [
            sql.SQL(" AND ").join(overlap.format(sql.Placeholder(next(names))) for _ in groups)
            for groups in self.alternatives
        ]
        return sql.SQL("({})").format(sql.SQL(" OR ").join(either))


def require_any(frequencies: Mapping[str, int]) -> RequiredTerms:
    """Require any of the terms."""
    terms = sort_present(frequencies)
    return RequiredTerms([[terms]] if terms else [])


def require_terms(frequencies: Mapping[str, int], *, chunks: int, limit: int) -> RequiredTerms:
    """Choose what the `limit` best of a table's chunks must have, by the terms' frequencies."""
    terms = sort_present(frequencies)
    sums = accumulate(frequencies[term] for term in terms)
    alone = [term for term, weighed in zip(terms, sums, strict=True) if weighed <= ALONE]
    if len(alone) == len(terms) or len(terms) == 1:
        return require_any(frequencies)
    counts = {term: frequencies[term] for term in terms[: len(alone) + MAX_TERMS]}
    weights = {t: inverse_document_frequency(n, chunks=chunks) for t, n in counts.items()}
    common = [(term, weights[term]) for term in counts if term not in alone]
    threshold = find_threshold(
        list_subsets(common, [min(1, counts[term] / chunks) for term, _ in common]),
        chunks=chunks,
        limit=limit,
        expected=sum(counts[term] for term in alone),
        least=weights[alone[-1]] if alone else 0.0,
    )
    certain = [(term, math.inf) for term in alone]
    return RequiredTerms(list_alternatives([*certain, *common], threshold))


def find_threshold(
    subsets: Iterable[tuple[float, float]],
    *,
    chunks: int,
    limit: int,
    expected: float,
    least: float,
) -> float:
    """Return the least weight that so few chunks reach; more of them where too few would.

    So many are `expected` already, whose terms weigh the `least`.
    """
    threshold = math.inf
    for weight, share in sorted(subsets, reverse=True):
        is_overtaking = weight * OVERTAKING > least
        if expected > limit * (ENOUGH if is_overtaking else 1) and expected + chunks * share > MOST:
            break
        expected += chunks * share
        threshold = least = weight
    return threshold


def list_subsets(terms: Weighted, shares: Sequence[float]) -> list[tuple[float, float]]:
    """Return for each set of terms its weight, and the share of chunks that have just these."""
    subsets = [(0.0, 1.0)]
    for (_, weight), share in zip(terms, shares, strict=True):
        without = [(sum_, chance * (1 - share)) for sum_, chance in subsets]
        subsets = without + [(sum_ + weight, chance * share) for sum_, chance in subsets]
    return subsets[1:]


def list_alternatives(terms: Weighted, threshold: float) -> list[list[list[str]]]:
    """Return the alternatives of which a chunk meets one if its terms weigh the threshold.

    Terms come by descending weight. Those that are followed by the same groups are one group.
    """
    alone = [term for term, weight in terms if weight >= threshold - TOLERANCE]
    heads: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for first in range(len(alone), len(terms)):
        (term, weight), rest = terms[first], terms[first + 1 :]
        if weight + sum(weight for _, weight in rest) < threshold - TOLERANCE:
            break
        for groups in list_alternatives(rest, threshold - weight):
            heads.setdefault(tuple(map(tuple, groups)), []).append(term)
    together = [[head, *map(list, groups)] for groups, head in heads.items()]
    return [[alone]] * bool(alone) + together


def sort_present(frequencies: Mapping[str, int]) -> list[str]:
    """Return the terms that some chunk has, rarest first."""
    return sorted(
        (t for t, count in frequencies.items() if count > 0), key=lambda t: (frequencies[t], t)
    )
