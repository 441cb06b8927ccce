"""Pairs of statements that may be about the same thing. Pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ragpg.conflicts.statements import Statement
    from ragpg.types import Vectors

# Chosen by hand; `python -m benchmarks.conflicts` measures what they lead to (November 2026).
MAX_HOLDERS = 120
"""A key that more statements have leads to no candidates; it bounds the work, too."""
MIN_RARE_SHARE = 0.15
"""Share of a statement's weight that such keys have which both statements contain."""
MIN_OVERLAP = 0.5
"""Share of the lighter statement's weight that both contain."""
MIN_COSINE = 0.2
"""Cosine of the chunks that two statements stand in."""
MAX_PER_STATEMENT = 25
"""Candidates of one statement, those with the largest overlap."""


def weigh_keys(statements: Sequence[Statement]) -> dict[str, float]:
    """Return the inverse document frequency of each key, counting a statement as a document."""
    counts: Counter[str] = Counter()
    for statement in statements:
        counts.update(statement.keys | statement.context)
    total = len(statements)
    return {key: math.log1p((total - n + 0.5) / (n + 0.5)) for key, n in counts.items()}


def find_candidates(
    statements: Sequence[Statement], weights: Mapping[str, float], vectors: Vectors
) -> Iterator[tuple[int, int]]:
    """Yield pairs of statements of different sections that share much of what they say."""
    totals = [sum(weights[key] for key in statement.keys) for statement in statements]
    best: dict[int, list[tuple[float, tuple[int, int]]]] = defaultdict(list)
    for pair, weight in _share_rare_keys(statements, weights).items():
        first, second = (statements[number] for number in pair)
        lighter = min(totals[pair[0]], totals[pair[1]])
        if weight < MIN_RARE_SHARE * lighter or first.section == second.section:
            continue
        overlap = sum(weights[key] for key in first.keys & second.keys) / lighter
        if overlap >= MIN_OVERLAP and vectors[first.chunk] @ vectors[second.chunk] >= MIN_COSINE:
            for number in pair:
                best[number].append((overlap, pair))
    chosen = {
        pair
        for found in best.values()
        for _, pair in sorted(found, reverse=True)[:MAX_PER_STATEMENT]
    }
    yield from sorted(chosen)


def _share_rare_keys(
    statements: Sequence[Statement], weights: Mapping[str, float]
) -> dict[tuple[int, int], float]:
    """Return for pairs of statements the weight of the keys that both and few others have."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, statement in enumerate(statements):
        for key in statement.keys:
            holders[key].append(number)
    shared: dict[tuple[int, int], float] = defaultdict(float)
    for key, numbers in holders.items():
        if len(numbers) <= MAX_HOLDERS:
            for pair in combinations(numbers, 2):
                shared[pair] += weights[key]
    return shared
