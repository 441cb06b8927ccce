"""Which spans a claim is compared with, and which of them supports it best. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.claims.coverage import measure_coverage
from ragpg.claims.support import NO_SUPPORT, Support

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.claims.evidence import Span
    from ragpg.claims.token_kinds import Token
    from ragpg.types import Hit

# Chosen by hand; `python -m benchmarks.claims` measures what they lead to (November 2026).
CONTEXT_WEIGHT = 0.3
"""Weight of a word in the context of a span beside one in the span, in the choice of candidates."""
MAX_CANDIDATE_SPANS = 4
"""Spans that a claim is compared with: those that share most words with it."""
CONTRADICTION_PENALTY = 0.06
"""What a contradicted span loses in the choice of the best one."""


def choose_candidates(claim: Sequence[Token], spans: Sequence[Span]) -> list[Span]:
    """Return the spans that share most words with a claim, and the best one of each passage."""
    ranked = _rank_by_shared_words(claim, spans)
    best = _choose_best(ranked)
    first_of_hits: dict[Hit, int] = {}
    for count, index in ranked:
        if count:
            first_of_hits.setdefault(spans[index].hit, index)
    return [spans[index] for index in dict.fromkeys((*best, *first_of_hits.values()))]


def _rank_by_shared_words(claim: Sequence[Token], spans: Sequence[Span]) -> list[tuple[float, int]]:
    """Return how many words each span shares with a claim, and its index, the most first."""
    keys = {token.key for token in claim if token.is_content}
    shared = [(_count_shared(keys, span), index) for index, span in enumerate(spans)]
    return sorted(shared, key=lambda pair: (-pair[0], pair[1]))


def _choose_best(ranked: Sequence[tuple[float, int]]) -> list[int]:
    """Return the indices of the first spans that share more than half as much as the very first."""
    most = max((count for count, _ in ranked), default=0.0)
    return [index for count, index in ranked[:MAX_CANDIDATE_SPANS] if count > 0.5 * most]


def find_best_span(
    claim: Sequence[Token], spans: Sequence[Span], vocabulary: frozenset[str]
) -> Support:
    """Return the best support by one span.

    A span that covers most of the claim by itself and contradicts it wins over one that covers
    less.
    """
    best = _choose_best(_rank_by_shared_words(claim, spans))
    supports = [measure_coverage(claim, spans[index], vocabulary) for index in best]
    return max(supports, key=rank_support, default=NO_SUPPORT)


def rank_support(support: Support) -> float:
    """Order supports: what suffices by similar words comes before what doesn't."""
    coverage = (support.own_coverage + support.coverage) / 2
    is_sure = support.is_bridged or support.is_read
    return coverage + is_sure - CONTRADICTION_PENALTY * bool(support.contradictions)


def _count_shared(keys: set[str], span: Span) -> float:
    """Return how many words a claim shares with a span; those in its context count less."""
    context = {token.key for token in (*span.context, *span.preceding) if token.is_content}
    return len(keys & span.keys) + CONTEXT_WEIGHT * len((keys - span.keys) & context)
