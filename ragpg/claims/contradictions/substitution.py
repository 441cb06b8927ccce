"""A word, name or number of a claim where the source has another one in its place. Pure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.contradictions import Contradiction, Kind, describe_token, join_texts
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.claims.word_relations import are_antonyms
from ragpg.lexicon.calendar import RATE_PERIODS
from ragpg.text.units import find_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from ragpg.claims.alignment import Alignment

# Chosen by hand; `python -m benchmarks.claims` measures what they lead to (November 2026).
MAX_NEIGHBOUR_DISTANCE = 3
"""Tokens from a word of the claim to an aligned neighbour."""
MAX_SLOT = 8
"""Tokens from one aligned neighbour to the other in the source."""
MAX_DISORDER = 0.1
"""Share of the words that may be in another order where swapped numbers are looked for."""

YEAR = re.compile(r"1[5-9]\d\d|20\d\d")


NAMES = (TokenKind.NAME, TokenKind.IDENTIFIER)
REPLACEABLE = (TokenKind.QUANTITY, TokenKind.DATE, *NAMES)
"""Kinds of tokens that are another one's if they differ."""


class Slot(NamedTuple):
    """The source's tokens from `first` to `last`, where it should say what the claim does.

    `is_enclosed` tells whether aligned neighbours are on both sides of it.
    """

    first: int
    last: int
    is_enclosed: bool


def find_antonyms(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield words of the claim whose antonym is in the source, unless one side has both."""
    stated = {token.text.casefold() for token in alignment.source}
    claimed = {token.text.casefold() for token in alignment.claim}
    unaligned = [
        (token.text.casefold(), at, token)
        for at, token in enumerate(alignment.source)
        if at not in alignment.aligned_source
    ]
    for index, token in enumerate(alignment.claim):
        key = token.text.casefold()
        if alignment.partners[index] >= 0 or key in stated or token.value is not None:
            continue
        slot = _find_slot(alignment, index) or Slot(1, 0, is_enclosed=False)
        for candidate_key, at, candidate in unaligned:
            is_in_slot = slot.first <= at <= slot.last
            # Small words such as "with" are opposites only in the same place.
            is_near = is_in_slot or (token.is_content and candidate_key not in claimed)
            if is_near and are_antonyms(key, candidate_key):
                yield Contradiction(token.text, candidate.text, Kind.ANTONYM)
                break


def find_other_period(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield an amount "a month" where the source says "a year"."""
    claimed, stated = _find_rates(alignment.claim), _find_rates(alignment.source)
    if claimed and stated and stated.keys().isdisjoint(claimed):
        yield Contradiction(next(iter(claimed.values())), next(iter(stated.values())), Kind.VALUE)


def _find_rates(tokens: Sequence[Token]) -> dict[str, str]:
    """Return the periods that amounts are given for, each as it is written: "a year"."""
    rates = {}
    for place, (before, token) in enumerate(pairwise(tokens)):
        unit = find_unit(token.text)
        has_amount = any(t.value is not None for t in tokens[max(0, place - 6) : place])
        is_rate = before.text.casefold() in ("a", "an", "per", "each", "every")
        if has_amount and is_rate and unit in RATE_PERIODS:
            rates[unit] = f"{before.text} {token.text}"
    return rates


def find_replaced_values(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield numbers, dates and names where the source has others between the same words."""
    for index, token in enumerate(alignment.claim):
        if token.kind not in REPLACEABLE:
            continue
        at = alignment.partners[index]
        slot = _find_slot(alignment, index)
        if slot is None:
            continue
        if at >= 0 and (slot.first <= at <= slot.last or not slot.is_enclosed):
            continue
        for place in range(slot.first, slot.last + 1):
            candidate = alignment.source[place]
            is_taken = place in alignment.aligned_source and at < 0
            if is_taken and candidate.kind not in NAMES:
                continue
            if _is_alternative(token, candidate) and place != at:
                claimed = describe_token(alignment.claim, index)
                stated = describe_token(alignment.source, place)
                yield Contradiction(claimed, stated, _kind_of(token))
                break


def _kind_of(token: Token) -> Kind:
    return Kind.NAME if token.kind in NAMES else Kind.VALUE


def find_swapped_values(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield a number that has changed places with another one while the words keep theirs."""
    claim, pairs = alignment.claim, alignment.pairs
    values = [(index, at) for index, at in pairs if claim[index].value is not None]
    beside = {index + step for index, _ in values for step in (-1, 0, 1)}
    words = [at for index, at in pairs if index not in beside]
    disorder = sum(at > next_at for at, next_at in pairwise(words))
    if len(words) < 2 or disorder > MAX_DISORDER * len(words):
        return
    for (index, at), (next_index, next_at) in pairwise(values):
        if at > next_at and _are_comparable(claim[index], claim[next_index]):
            stated = describe_token(alignment.source, next_at)
            yield Contradiction(describe_token(claim, index), stated, Kind.VALUE)
            return


def _are_comparable(first: Token, second: Token) -> bool:
    """Return whether two numbers can be confused: both years, or amounts of one unit."""
    is_year, is_second_year = (
        token.unit in (None, "year") and YEAR.fullmatch(token.key) is not None
        for token in (first, second)
    )
    same_unit = first.unit == second.unit or None in (first.unit, second.unit)
    return is_year == is_second_year and same_unit


def find_borrowed_words(
    alignment: Alignment, vocabulary: Set[str], *, known: Set[int]
) -> Iterator[Contradiction]:
    """Yield words in the place of another one that are in the `vocabulary` of the passages.

    A paraphrase uses new words; a word found elsewhere in the passages was probably taken from
    another statement, unless it is one of the `known` tokens, which title or headings have.
    """
    for index, token in enumerate(alignment.claim):
        is_missing = token.kind is TokenKind.WORD and alignment.partners[index] < 0
        is_missing = is_missing and index not in known
        if not is_missing or token.key not in vocabulary:
            continue
        slot = _find_slot(alignment, index)
        if slot is None or not slot.is_enclosed:
            continue
        places = range(slot.first, slot.last + 1)
        content = [alignment.source[at] for at in places if alignment.source[at].is_content]
        is_free = alignment.aligned_source.isdisjoint(places)
        if content and (len(content) == 1 or is_free):
            yield Contradiction(token.text, join_texts(content), Kind.BORROWED_WORD)


def _is_alternative(claimed: Token, stated: Token) -> bool:
    """Return whether a token of the source is another one of the claimed token's type."""
    if claimed.kind in NAMES:
        return stated.kind in NAMES and claimed.key != stated.key
    if stated.kind not in (TokenKind.QUANTITY, TokenKind.DATE):
        return False
    if claimed.kind is TokenKind.QUANTITY:
        return (claimed.key, claimed.unit) != (stated.key, stated.unit)
    return claimed.key != stated.key


def _find_slot(alignment: Alignment, index: int) -> Slot | None:
    """Return the place of a claim's token in the source, by its aligned neighbours.

    Where several neighbours are aligned on both sides, those that are close to each other count: a
    neighbour whose partner is elsewhere may belong to another phrase.
    """
    pairs, reach = alignment.pairs, MAX_NEIGHBOUR_DISTANCE
    left = [pair for pair in reversed(pairs) if 0 < index - pair[0] <= reach]
    right = [pair for pair in pairs if 0 < pair[0] - index <= reach]
    if left and right:
        for _, start in left:
            for _, end in right:
                if 0 < end - start <= MAX_SLOT:
                    return Slot(start + 1, end - 1, is_enclosed=True)
        return None
    if left:
        before, at = left[0]
        last = min(at + 1 + (index - before), len(alignment.source) - 1)
        return Slot(at + 1, last, is_enclosed=False)
    if right:
        after, at = right[0]
        return Slot(max(0, at - 1 - (after - index)), at - 1, is_enclosed=False)
    return None
