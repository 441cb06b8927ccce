"""Which of a query's terms find chunks: all of them would make a search weigh most of the table.

A chunk is weighed if it has a rare term, or several common ones at once. Of the chunks with a
single common term none is among the best, as long as there are others with more.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from psycopg import sql

from ragpg.store.bm25 import to_dimensions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST, MOST = 2_500, 10_000
ALONE_SHARE, TOGETHER_SHARE = 0.01, 0.1
"""Chunks that may be weighed because they have one of the rarest terms, and because they have
several common ones, were terms independent: two shares of the table, each within the same limits.

Of made-up questions whose words are as frequent as in the text, the best 20 chunks were those of a
full scan in 100% of a hundred thousand chunks and in 95% of a million, for 1,400 and 6,900 chunks
weighed in the median and 15,000 at most in 95%; 2 to 3 ms a thousand."""

ENOUGH = 10
"""Times the chunks wanted: groups that leave fewer would be too many."""


@dataclass(frozen=True, slots=True)
class RequiredTerms:
    """A chunk has one of the terms that find it `alone`, or a term of each of the `groups`."""

    alone: Sequence[str]
    groups: Sequence[Sequence[str]] = ()

    def __bool__(self) -> bool:
        return bool(self.alone or self.groups)

    @property
    def parameters(self) -> dict[str, list[int]]:
        """The parameters of the condition."""
        terms = {f"group_{number}": group for number, group in enumerate(self.groups)}
        return {
            name: to_dimensions(group) for name, group in [("alone", self.alone), *terms.items()]
        }

    @property
    def condition(self) -> sql.Composable:
        """The condition on a row of the keywords, for the index over terms."""
        overlap = sql.SQL("terms && {}::integer[]")
        names = [name for name in self.parameters if name != "alone"]
        groups = [overlap.format(sql.Placeholder(name)) for name in names]
        either = [overlap.format(sql.Placeholder("alone"))] if self.alone else []
        either += [sql.SQL(" AND ").join(groups)] if groups else []
        return sql.SQL("({})").format(sql.SQL(" OR ").join(either))


def require_any(frequencies: Mapping[str, int]) -> RequiredTerms:
    """Require any of the terms."""
    return RequiredTerms(sort_present(frequencies))


def require_terms(frequencies: Mapping[str, int], *, chunks: int, limit: int) -> RequiredTerms:
    """Choose what the `limit` best of a table's chunks must have, by the terms' frequencies."""
    terms = sort_present(frequencies)
    most = limit_weighed(chunks * ALONE_SHARE)
    alone: list[str] = []
    weighed = 0
    for term in terms:
        if weighed + frequencies[term] > most:
            break
        alone.append(term)
        weighed += frequencies[term]
    if len(alone) == len(terms) or len(terms) < 2:
        return RequiredTerms(terms)
    return RequiredTerms(alone, choose_groups(terms, frequencies, chunks=chunks, limit=limit))


def choose_groups(
    terms: Sequence[str], frequencies: Mapping[str, int], *, chunks: int, limit: int
) -> list[list[str]]:
    """Deal the terms out into as few groups as bring the number of chunks down far enough."""

    def estimate(groups: Sequence[Sequence[str]]) -> float:
        lacking = [prod(1 - frequencies[term] / chunks for term in group) for group in groups]
        return chunks * prod(1 - share for share in lacking)

    most = limit_weighed(chunks * TOGETHER_SHARE)
    chosen = deal(terms, 2)
    for number in range(3, len(terms) + 1):
        groups = deal(terms, number)
        if estimate(chosen) <= most or estimate(groups) < limit * ENOUGH:
            break
        chosen = groups
    return chosen


def limit_weighed(share: float) -> float:
    """Bring a number of chunks within the limits."""
    return min(max(share, LEAST), MOST)


def deal(terms: Sequence[str], number: int) -> list[list[str]]:
    """Deal terms out like cards."""
    return [list(terms[first::number]) for first in range(number)]


def sort_present(frequencies: Mapping[str, int]) -> list[str]:
    """Return the terms that some chunk has, rarest first."""
    return sorted(
        (t for t, count in frequencies.items() if count > 0), key=lambda t: (frequencies[t], t)
    )
