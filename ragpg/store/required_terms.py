"""Which of a query's terms find chunks: all of them would make a search weigh most of the table.

The best chunks have terms that together weigh much: one rare term, or several common ones. A chunk
is weighed if the inverse document frequencies of its terms reach a threshold, which is such that
few chunks do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from psycopg import sql

from ragpg.store.bm25 import inverse_document_frequency, to_dimensions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Group: TypeAlias = Sequence[str]
    Weighted: TypeAlias = Sequence[tuple[str, float]]

MOST = 5_000
"""Chunks that are weighed, were terms independent: about 2 ms a thousand.

Of made-up questions to a million chunks, of words as frequent as in the text and of common words
alone, the best 20 are those of a full scan."""

ENOUGH = 10
"""Times the chunks wanted: a threshold that leaves fewer would be too high."""

OVERTAKING = 3
"""A term weighs up to this many times as much in one chunk as in another: lighter terms do not
overtake others that weigh more than that."""

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
    if len(terms) < 2 or sum(frequencies[term] for term in terms) <= MOST:
        return require_any(frequencies)
    rarest = terms[:MAX_TERMS]
    weighted = [
        (term, inverse_document_frequency(frequencies[term], chunks=chunks)) for term in rarest
    ]
    shares = [min(1, frequencies[term] / chunks) for term in rarest]
    return RequiredTerms(
        list_alternatives(weighted, find_threshold(weighted, shares, chunks=chunks, limit=limit))
    )


def find_threshold(terms: Weighted, shares: Sequence[float], *, chunks: int, limit: int) -> float:
    """Return the least weight that so few chunks reach; more of them where too few would."""
    threshold = expected = 0.0
    for weight, share in sorted(list_subsets(terms, shares), reverse=True):
        is_overtaking = weight * OVERTAKING > threshold
        if expected > limit * (ENOUGH if is_overtaking else 1) and expected + chunks * share > MOST:
            break
        expected += chunks * share
        threshold = weight
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
