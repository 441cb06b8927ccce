"""How passages support a claim: the claim is compared with each once, and all is read off. Pure.

A claim is compared with one sentence, item or row at a time, read with its title, headings and
lead-in, and with two neighbouring ones together. Where none covers it, it is split at a comma or a
conjunction, and each part needs a sentence of its own: the subject of one with the predicate of
another is no support.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ragpg.claims.alignment import align
from ragpg.claims.contradictions import Kind
from ragpg.claims.contradictions.subject import has_foreign_subject
from ragpg.claims.coverage import measure_coverage, token_weight
from ragpg.claims.entailment import read_supports
from ragpg.claims.evidence import collect_vocabulary, join_around, join_spans, split_passage
from ragpg.claims.span_choice import choose_candidates, rank_support
from ragpg.claims.split_support import MAX_DEPTH, SPLIT_BELOW_COVERAGE, support_parts
from ragpg.claims.support import FULL_COVERAGE, NO_SUPPORT, READ_THRESHOLD, WEAK, Support
from ragpg.claims.tokens import tokenize
from ragpg.claims.word_similarity import compare_embeddings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from ragpg.claims.entailment import ReadTexts
    from ragpg.claims.token_kinds import Token
    from ragpg.claims.word_similarity import EmbedText
    from ragpg.types import Hit

# Chosen by hand; `python -m benchmarks.claims` measures what they lead to (November 2026).
MAX_EMBEDDED_SPANS = 3
"""Spans that are embedded: those that cover most of a claim."""
MIN_JOINT_OWN_COVERAGE = 0.6
"""Share that two neighbouring spans together must cover without their context."""
DENIAL_COVERAGE, DENIAL_MARGIN = 0.8, 0.05
"""Coverage of a span that denies what another one says, and how much less close it may be."""
MAX_CLAIM_TOKENS = 300
"""Tokens of a claim that are compared."""


@dataclass(frozen=True)
class Assessment:
    """How passages support a claim: the supports that each gives, the best one first."""

    claim: tuple[Token, ...]
    vocabulary: frozenset[str]
    supports: Mapping[Hit, tuple[Support, ...]]

    def find_best(self, hits: Iterable[Hit]) -> Support:
        """Return the best support that single spans of some passages give."""
        supports = [each for hit in hits for each in self.supports.get(hit, ())]
        return max(supports, key=rank_support, default=NO_SUPPORT)

    def list_sufficient(self, hits: Iterable[Hit]) -> tuple[Hit, ...]:
        """Return the passages that each support the claim: by its words, or else as it is read."""
        best = {hit: self.find_best([hit]) for hit in hits}
        alone = tuple(hit for hit, support in best.items() if support.is_sufficient)
        return tuple(hit for hit in alone if best[hit].is_covered) or alone

    def find_joint(self, hits: Sequence[Hit]) -> Support:
        """Return the best support of some passages: by one span, or by several for its parts."""
        best = self.find_best(hits)
        if best.is_sufficient and best.coverage >= SPLIT_BELOW_COVERAGE:
            return best
        spans = [span for hit in hits for span in split_passage(hit)]
        return support_parts(self.claim, best, spans, self.vocabulary, depth=MAX_DEPTH)

    @cached_property
    def closest(self) -> Support:
        """The support of the span that is closest to the claim, whatever it says."""
        supports = (each for supports in self.supports.values() for each in supports)
        return max(supports, key=lambda support: support.closeness, default=NO_SUPPORT)

    def find_denial(self, support: Support) -> Support | None:
        """Return a span that denies what another one seems to say, and is about as close."""
        least = support.closeness - DENIAL_MARGIN
        denials = (
            each
            for supports in self.supports.values()
            for each in supports
            if each.coverage >= DENIAL_COVERAGE and each.closeness > least and _denies(each)
        )
        return max(denials, key=lambda denial: denial.closeness, default=None)


def assess(
    text: str,
    hits: Sequence[Hit],
    *,
    embed: EmbedText | None = None,
    read: ReadTexts | None = None,
) -> Assessment:
    """Compare a claim with passages.

    `embed` bridges words that are only similar; `read` judges claims in words of their own.
    """
    claim = tokenize(text)[:MAX_CLAIM_TOKENS]
    spans = [span for hit in dict.fromkeys(hits) for span in split_passage(hit)]
    vocabulary = frozenset().union(*(span.keys for span in spans))
    if not any(token.is_content for token in claim):
        return Assessment(claim, vocabulary, {})
    supports = [
        measure_coverage(claim, span, vocabulary) for span in choose_candidates(claim, spans)
    ]
    supports.sort(key=rank_support, reverse=True)
    if supports and not supports[0].is_sufficient:
        supports += _compare_neighbours(claim, supports, vocabulary)
    if embed and supports:
        supports = _embed_supports(text, claim, supports, vocabulary, embed)
    if read and supports:
        supports = read_supports(text, sorted(supports, key=rank_support, reverse=True), read)
        supports = [_look_around(claim, each, vocabulary) for each in supports]
    words = [collect_vocabulary(hit) for hit in dict.fromkeys(hits)]
    in_passage = max((_measure_overlap(claim, keys) for keys in words), default=0.0)
    in_all = _measure_overlap(claim, frozenset().union(*words))
    size = sum(token.is_content for token in claim)
    supports = [
        replace(each, passage_coverage=in_passage, total_coverage=in_all, claim_size=size)
        for each in supports
    ]
    by_hit: dict[Hit, list[Support]] = {}
    for support in sorted(supports, key=rank_support, reverse=True):
        by_hit.setdefault(support.spans[0].hit, []).append(support)
    return Assessment(claim, vocabulary, {hit: tuple(each) for hit, each in by_hit.items()})


def _compare_neighbours(
    claim: Sequence[Token], supports: Sequence[Support], vocabulary: frozenset[str]
) -> Iterator[Support]:
    """Yield the supports of the best two spans together with the one before or after each.

    A neighbour may add what is missing; it cannot settle what a span contradicts.
    """
    for support in supports[:2]:
        if any(c.kind is not Kind.MISSING and c.kind not in WEAK for c in support.contradictions):
            continue
        for joined in join_spans(support.spans[0]):
            together = measure_coverage(claim, joined, vocabulary)
            is_full = together.coverage >= FULL_COVERAGE
            is_own = together.own_coverage >= MIN_JOINT_OWN_COVERAGE
            if is_full and is_own and not has_foreign_subject(align(claim, joined.tokens)):
                yield together


def _embed_supports(
    text: str,
    claim: Sequence[Token],
    supports: Sequence[Support],
    vocabulary: frozenset[str],
    embed: EmbedText,
) -> list[Support]:
    """Return supports, the first ones with the similarity of their words.

    A model without word vectors adds nothing: its cosines are on a scale of their own.
    """
    embedding = embed(text)
    if embedding.word_vectors is None:
        return list(supports)
    first_spans = [support.spans[0] for support in supports[:MAX_EMBEDDED_SPANS]]
    embedded = [
        measure_coverage(claim, span, vocabulary, compare_embeddings(embedding, embed(span.plain)))
        for span in first_spans
    ]
    return [*embedded, *supports[MAX_EMBEDDED_SPANS:]]


def _look_around(claim: Sequence[Token], support: Support, vocabulary: frozenset[str]) -> Support:
    """Add what a span and its neighbours contradict together, if a model reads a claim there.

    They may have what the span lacks; they do not settle what it denies.
    """
    kinds = {contradiction.kind for contradiction in support.contradictions}
    is_read = (support.entailment or 0.0) >= READ_THRESHOLD
    if not kinds or not is_read or not kinds <= WEAK | {Kind.MISSING}:
        return support
    together = measure_coverage(claim, join_around(support.spans[0]), vocabulary)
    return replace(support, around=together.contradictions)


def _measure_overlap(claim: Sequence[Token], keys: Set[str]) -> float:
    """Return the weighted share of a claim's content that is among some words."""
    total = sum(map(token_weight, claim)) or 1.0
    return sum(token_weight(token) for token in claim if token.key in keys) / total


def _denies(support: Support) -> bool:
    kinds = {contradiction.kind for contradiction in support.contradictions if contradiction.stated}
    return not kinds.isdisjoint({Kind.NEGATION, Kind.ANTONYM})
