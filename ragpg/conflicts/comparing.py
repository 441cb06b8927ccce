"""Whether two statements contradict each other, and how surely. Pure."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.conflicts.candidates import find_candidates, weigh_keys
from ragpg.conflicts.differences import find_differences
from ragpg.conflicts.families import Disagreement, choose_best
from ragpg.conflicts.forms import are_of_one_form, find_forms
from ragpg.conflicts.pairing import Difference, Pairing, pair_tokens
from ragpg.conflicts.subjects import may_share_subject
from ragpg.conflicts.values import is_value
from ragpg.types import Conflict, ConflictKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ragpg.conflicts.statements import Statement
    from ragpg.types import Vectors

# Chosen by hand; `python -m benchmarks.conflicts` measures what they lead to (November 2026).
MIN_AGREEMENT = {
    ConflictKind.FIGURE: 0.55,
    ConflictKind.DURATION: 0.5,
    ConflictKind.DATE: 0.5,
    ConflictKind.VERSION: 0.5,
    ConflictKind.NAME: 0.8,
    ConflictKind.OBLIGATION: 0.6,
    ConflictKind.NEGATION: 0.7,
    ConflictKind.OPPOSITE: 0.8,
}
"""Share of what two statements say, by weight, that both say besides what differs."""
MIN_SHARED = 2
"""Keys that both statements have besides what differs."""
CONTEXT_DISCOUNT = 0.25
"""Factor of a word's weight that only one statement has, if the other's headings have it."""
TOPIC_WEIGHT = 0.4
"""Share of the score that headings and vectors of chunks decide; the rest is agreement."""
MIN_VARIANTS = 3
"""Disagreements of two documents with different titles, from which they are on purpose."""
NAMES = (TokenKind.NAME, TokenKind.IDENTIFIER)


class Comparison(NamedTuple):
    """The difference of two statements, and 0…1 for how much else they have in common."""

    difference: Difference
    agreement: float


def find_conflicts(statements: Sequence[Statement], vectors: Vectors) -> Iterator[Conflict]:
    """Yield the conflicts among statements, best first; `vectors` are those of their chunks."""
    weights = weigh_keys(statements)
    candidates = list(find_candidates(statements, weights, vectors))
    forms = find_forms(statements, candidates)
    found = []
    for numbers in candidates:
        first, second = (statements[number] for number in numbers)
        if comparison := compare(first, second, weights, forms):
            nearness = float(vectors[first.chunk] @ vectors[second.chunk])
            topic = (nearness + measure_topic(first, second, weights)) / 2
            score = comparison.agreement * (1 - TOPIC_WEIGHT + TOPIC_WEIGHT * topic)
            found.append(Disagreement(score, comparison.difference, *numbers))
    for each in _drop_variants(choose_best(found), statements):
        first, second = statements[each.first], statements[each.second]
        difference = each.difference
        yield Conflict(
            difference.kind,
            first.place,
            second.place,
            difference.first_says,
            difference.second_says,
            round(max(0.0, min(1.0, each.score)), 4),
        )


def _drop_variants(
    found: Sequence[Disagreement], statements: Sequence[Statement]
) -> Iterator[Disagreement]:
    """Yield what is not one of many disagreements of two documents with different titles.

    Those are about two variants of one thing.
    """
    places = [(statements[each.first].place, statements[each.second].place) for each in found]
    sources = [frozenset({first.source, second.source}) for first, second in places]
    counts = Counter(sources)
    for each, (first, second), pair in zip(found, places, sources, strict=True):
        if counts[pair] < MIN_VARIANTS or first.title == second.title:
            yield each


def compare(
    first: Statement,
    second: Statement,
    weights: Mapping[str, float],
    forms: frozenset[tuple[str, str]],
) -> Comparison | None:
    """Return how two statements contradict each other, None if they don't.

    `forms` are pairs of sources that are of one form.
    """
    if not first.qualifiers.agree(second.qualifiers) or first.attribute != second.attribute:
        return None
    pairing = pair_tokens(first, second)
    difference = next(find_differences(pairing), None)
    if difference is None or _names_subject(difference, first, second):
        return None
    left = [pairing.first[i] for i in pairing.first_unpaired if i not in difference.first_places]
    right = [
        pairing.second[i] for i in pairing.second_unpaired if i not in difference.second_places
    ]
    if _are_other_things(left, right, first, second) or _differ_again(pairing, difference):
        return None
    shared = {pairing.first[i].key for i, _ in pairing.pairs if i not in difference.first_places}
    of_one_form = are_of_one_form(first, second, forms)
    if len(shared) < MIN_SHARED or not may_share_subject(
        first, second, shared=len(shared), of_one_form=of_one_form
    ):
        return None
    weight = sum(weights.get(key, 1.0) for key in shared)
    missing = _weigh(left, second, weights) + _weigh(right, first, weights)
    agreement = weight / (weight + missing)
    if agreement < MIN_AGREEMENT[difference.kind]:
        return None
    return Comparison(difference, agreement)


def _names_subject(difference: Difference, first: Statement, second: Statement) -> bool:
    """Return whether a name that differs is that of what path or headings are about."""
    if difference.kind is not ConflictKind.NAME:
        return False
    sides = ((first, difference.first_places), (second, difference.second_places))
    titles = (
        (
            (*each.place.heading, each.place.title, each.place.source),
            {each.tokens[i].text.casefold() for i in places},
        )
        for each, places in sides
    )
    return any(name in " ".join(title).casefold() for title, names in titles for name in names)


def _weigh(tokens: Iterable[Token], other: Statement, weights: Mapping[str, float]) -> float:
    """Return the weight of tokens that another statement lacks; less if its headings have them."""
    return sum(
        weights.get(token.key, 1.0) * (CONTEXT_DISCOUNT if token.key in other.context else 1.0)
        for token in tokens
    )


def _are_other_things(
    left: list[Token], right: list[Token], first: Statement, second: Statement
) -> bool:
    """Return whether both name something, or have a value, that the other one lacks."""
    named = [t for t in left if t.kind in NAMES and t.key not in second.context]
    other_named = [t for t in right if t.kind in NAMES and t.key not in first.context]
    both_have_values = any(map(is_value, left)) and any(map(is_value, right))
    return both_have_values or bool(named and other_named)


def _differ_again(pairing: Pairing, difference: Difference) -> bool:
    """Return whether another word is exchanged, too: "5 days of sick leave / 9 of annual leave".

    Then the statements are about different things.
    """
    left = [i for i in pairing.first_unpaired if i not in difference.first_places]
    right = [j for j in pairing.second_unpaired if j not in difference.second_places]
    return any(pairing.are_exchanged(i, j) for i, j in product(left, right))


def measure_topic(first: Statement, second: Statement, weights: Mapping[str, float]) -> float:
    """Return how much of what the headings name is the other's topic, 0…1."""
    shares = []
    for one, other in ((first, second), (second, first)):
        known = other.context | other.keys
        total = sum(weights.get(key, 1.0) for key in one.context)
        found = sum(weights.get(key, 1.0) for key in one.context if key in known)
        shares.append(found / total if total else 1.0)
    return sum(shares) / 2
