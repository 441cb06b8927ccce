"""The support for a claim in two parts, each of which has a span of its own. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ragpg.claims.alignment import align
from ragpg.claims.contradictions.subject import continues_other_subject
from ragpg.claims.coverage import token_weight
from ragpg.claims.span_choice import find_best_span
from ragpg.claims.token_kinds import Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.claims.evidence import Span
    from ragpg.claims.support import Support

# Chosen by hand; `python -m benchmarks.claims` measures what they lead to (November 2026).
SPLIT_BELOW_COVERAGE = 0.9
"""Coverage from which a supported claim is not split."""
NO_SPLIT_COVERAGE = 0.8
"""Coverage by one span alone above which each part of a claim must be covered as well."""
MAX_SPLITS = 12
"""Places where a claim is split."""
MAX_DEPTH = 3
"""Splits of one claim."""
MIN_PART = 3
"""Content words of a part."""


def support_parts(
    claim: Sequence[Token],
    whole: Support,
    spans: Sequence[Span],
    vocabulary: frozenset[str],
    *,
    depth: int,
) -> Support:
    """Return the best support for a claim as a whole, or for its parts together."""
    best = whole
    is_mostly_covered = whole.own_coverage >= NO_SPLIT_COVERAGE
    least = NO_SPLIT_COVERAGE if is_mostly_covered else 0.0
    for place in _find_splits(claim) if depth else ():
        left = find_best_span(claim[:place], spans, vocabulary)
        if not left.is_sufficient or left.own_coverage < least:
            continue
        rest = claim[place:]
        right = find_best_span(rest, spans, vocabulary)
        if not right.is_sufficient or right.coverage < SPLIT_BELOW_COVERAGE:
            right = support_parts(rest, right, spans, vocabulary, depth=depth - 1)
        if not right.is_sufficient or right.own_coverage < least:
            continue
        if left.spans == right.spans:
            if is_mostly_covered:
                continue
        elif _changes_subject(claim, place, right.spans[0]):
            continue
        joined = _join(left, right, claim, place)
        if joined.coverage > best.coverage or not best.is_sufficient:
            best = joined
    return best


def _changes_subject(claim: Sequence[Token], place: int, span: Span) -> bool:
    """Return whether the part after a split has the first part's subject, and the span another."""
    subjects = {token.key for token in (*claim[:place], *span.context)}
    return continues_other_subject(align(claim[place:], span.tokens), subjects)


def _join(left: Support, right: Support, claim: Sequence[Token], place: int) -> Support:
    """Return the support of both parts of a claim together."""
    left_weight = sum(map(token_weight, claim[:place]))
    right_weight = sum(map(token_weight, claim[place:]))
    total = left_weight + right_weight

    def average(of_left: float, of_right: float) -> float:
        return (of_left * left_weight + of_right * right_weight) / total

    return replace(
        left,
        coverage=average(left.coverage, right.coverage),
        own_coverage=average(left.own_coverage, right.own_coverage),
        bridged=average(left.bridged, right.bridged),
        spans=(*left.spans, *right.spans),
        missing=(*left.missing, *right.missing),
    )


def _find_splits(claim: Sequence[Token]) -> list[int]:
    """Return where a claim may be split: at punctuation or a conjunction."""
    places = []
    for index, token in enumerate(claim):
        joins = token.kind is TokenKind.BREAK or token.text.casefold() in ("and", "while", "but")
        before = sum(token.is_content for token in claim[:index])
        after = sum(token.is_content for token in claim[index:])
        if joins and min(before, after) >= MIN_PART:
            places.append(index)
    return places[:MAX_SPLITS]
