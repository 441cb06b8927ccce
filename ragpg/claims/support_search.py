"""The search for the best support of a claim in passages. Pure.

A claim is compared with one sentence, item or row at a time, read with its title, headings and
lead-in. Where none covers it, it is split at a comma or a conjunction, and each part needs a
sentence of its own: the subject of one with the predicate of another is no support.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ragpg.claims.alignment import align
from ragpg.claims.contradictions.subject import continues_other_subject
from ragpg.claims.coverage import measure_coverage, token_weight
from ragpg.claims.evidence import collect_vocabulary, split_passage
from ragpg.claims.support import NO_SUPPORT, Support
from ragpg.claims.tokens import Token, TokenKind, tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from ragpg.claims.evidence import Span
    from ragpg.types import Hit

# Chosen by hand; `python -m benchmarks.claims` measures what they lead to (November 2026).
FULL_COVERAGE = 0.9
"""Coverage from which a supported claim is not split."""
PREFILTER_COVERAGE = 0.6
"""Least raw overlap before aligning; below SUPPORT_COVERAGE because inflections match later."""
NO_SPLIT_COVERAGE = 0.8
"""Coverage by one span alone above which each part of a claim must be covered as well."""
CONTRADICTION_PENALTY = 0.06
"""What a contradicted span loses in the choice of the best one."""
CONTEXT_WEIGHT = 0.3
"""Weight of a word in the context of a span beside one in the span, in the choice of candidates."""
MAX_CANDIDATE_SPANS = 4
"""Spans that a claim is aligned with: those that share most words with it."""
MAX_CLAIM_TOKENS = 300
"""Tokens of a claim that are compared."""
MAX_SPLITS = 12
"""Places where a claim is split."""
MAX_DEPTH = 3
"""Splits of one claim."""
MIN_PART = 3
"""Content words of a part."""

_VALUE_KINDS = (TokenKind.QUANTITY, TokenKind.DATE)


def find_support(text: str, hits: Sequence[Hit], *, also_known: Sequence[Hit] = ()) -> Support:
    """Return the best support of a claim in passages taken together.

    The words of `also_known` passages count as words that a claim may have borrowed.
    """
    claim = tokenize(text)[:MAX_CLAIM_TOKENS]
    spans = [span for hit in hits for span in split_passage(hit)]
    content = [token for token in claim if token.is_content]
    if not spans or not content:
        return NO_SUPPORT
    passages = (split_passage(hit) for hit in (*hits, *also_known))
    vocabulary = frozenset().union(*(span.keys for passage in passages for span in passage))
    support = _search(claim, spans, vocabulary, depth=MAX_DEPTH)
    words = [collect_vocabulary(hit) for hit in hits]
    return replace(
        support,
        passage_coverage=max(_measure_overlap(content, keys) for keys in words),
        total_coverage=_measure_overlap(content, set().union(*words)),
    )


def may_support(text: str, hit: Hit) -> bool:
    """Return whether a passage has enough of a claim's words to be worth aligning."""
    content = [token for token in tokenize(text)[:MAX_CLAIM_TOKENS] if token.is_content]
    spans = split_passage(hit)
    if not content or any(span.row for span in spans):
        return bool(content)
    words = collect_vocabulary(hit)
    forms = words.union(*map(_list_forms, words))
    has_values = any(token.kind in _VALUE_KINDS for span in spans for token in span.tokens)
    # Only the alignment tells whether a value is the same one, rounded or in part.
    similar = (
        token
        for token in content
        if token.key in forms
        or not forms.isdisjoint(_list_forms(token.key))
        or (has_values and token.kind in _VALUE_KINDS)
    )
    return sum(map(token_weight, similar)) >= PREFILTER_COVERAGE * sum(map(token_weight, content))


def _list_forms(key: str) -> list[str]:
    """Return what a word has in common with similar ones: first letters."""
    return [key[:5]]


def _measure_overlap(content: Sequence[Token], keys: Set[str]) -> float:
    """Return the weighted share of a claim's content that is among some words."""
    shared = sum(token_weight(token) for token in content if token.key in keys)
    return shared / sum(map(token_weight, content))


def _search(
    claim: Sequence[Token], spans: Sequence[Span], vocabulary: frozenset[str], *, depth: int
) -> Support:
    """Return the best support for a claim as a whole, or for its parts together."""
    best = whole = _find_best_span(claim, spans, vocabulary)
    if whole.is_sufficient and whole.coverage >= FULL_COVERAGE:
        return whole
    is_mostly_covered = whole.own_coverage >= NO_SPLIT_COVERAGE
    least = NO_SPLIT_COVERAGE if is_mostly_covered else 0.0
    for place in _find_splits(claim) if depth else ():
        left = _find_best_span(claim[:place], spans, vocabulary)
        if not left.is_sufficient or left.own_coverage < least:
            continue
        right = _search(claim[place:], spans, vocabulary, depth=depth - 1)
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
    coverage = (left.coverage * left_weight + right.coverage * right_weight) / total
    own = (left.own_coverage * left_weight + right.own_coverage * right_weight) / total
    spans, missing = (*left.spans, *right.spans), (*left.missing, *right.missing)
    return Support(coverage, own, spans, (), missing)


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


def _find_best_span(
    claim: Sequence[Token], spans: Sequence[Span], vocabulary: frozenset[str]
) -> Support:
    """Return the best support by one span.

    A span that covers most of the claim by itself and contradicts it wins over one that covers
    less.
    """
    keys = {token.key for token in claim if token.is_content}
    shared = [(_count_shared(keys, span), index) for index, span in enumerate(spans)]
    candidates = sorted(shared, key=lambda pair: (-pair[0], pair[1]))[:MAX_CANDIDATE_SPANS]
    most = max((count for count, _ in candidates), default=0.0)
    supports = [
        measure_coverage(claim, spans[index], vocabulary)
        for count, index in candidates
        if count > 0.5 * most
    ]
    return max(supports, key=_rank, default=NO_SUPPORT)


def _rank(support: Support) -> float:
    coverage = (support.own_coverage + support.coverage) / 2
    return coverage - CONTRADICTION_PENALTY * bool(support.contradictions)


def _count_shared(keys: set[str], span: Span) -> float:
    """Return how many words a claim shares with a span; those in its context count less."""
    context = {token.key for token in (*span.context, *span.preceding) if token.is_content}
    return len(keys & span.keys) + CONTEXT_WEIGHT * len((keys - span.keys) & context)
