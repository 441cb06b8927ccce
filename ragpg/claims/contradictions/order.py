"""Which of two things comes first: "A before B", "B after A", "first A, then B". Pure."""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.contradictions import Contradiction, Kind, join_texts
from ragpg.claims.contradictions.role import MIN_SIMILARITY
from ragpg.claims.token_kinds import TokenKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.claims.alignment import Alignment
    from ragpg.claims.token_kinds import Token

FIRST = "first"
RELATIONS = frozenset({"before", "after"})
SEQUELS = frozenset({"then", "followed"})
"""Words before what comes second, where the clause of what comes before it has a "first"."""

EXPLAINED = frozenset({Kind.ROLE, Kind.SUBJECT, Kind.KNOWN_SUBJECT})
"""Kinds of contradictions that two things seem to have where both texts have the same order, one
of them beginning with what comes second."""


class Agreement(StrEnum):
    """What two texts say of the order of two things."""

    SAME = "same"
    REVERSED = "reversed"
    UNKNOWN = "unknown"


class Order(NamedTuple):
    """The indices of the words for what comes first, and of those for what comes second."""

    first: Sequence[int]
    second: Sequence[int]


def find_reversed_order(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield two things that the claim has in the reversed order."""
    if compare_orders(alignment) is Agreement.REVERSED:
        yield Contradiction(quote_order(alignment.claim), quote_order(alignment.source), Kind.ROLE)


def is_explained(contradiction: Contradiction) -> bool:
    """Return whether a contradiction means nothing where both texts have the same order."""
    is_relation = contradiction.claimed.casefold() in RELATIONS
    return contradiction.kind in EXPLAINED or is_relation


def quote_order(tokens: Sequence[Token]) -> str:
    """Return the words from the one thing to the other."""
    places = list(chain.from_iterable(find_order(tokens) or ()))
    return join_texts(tokens[min(places) : max(places) + 1])


def compare_orders(alignment: Alignment) -> Agreement:
    """Compare by the words that only one of the two things has."""
    claimed, stated = find_order(alignment.claim), find_order(alignment.source)
    if claimed is None or stated is None:
        return Agreement.UNKNOWN
    first, second = ({to_key(alignment, i) for i in part} for part in claimed)
    former, latter = ({alignment.source[at].key for at in part} for part in stated)
    if (first - second) & (latter - former) and (second - first) & (former - latter):
        return Agreement.REVERSED
    if (first - second) & (former - latter) and (second - first) & (latter - former):
        return Agreement.SAME
    return Agreement.UNKNOWN


def to_key(alignment: Alignment, index: int) -> str:
    """Return the key of the source's word that means the same as the claim's, or its own."""
    is_same = alignment.similarities[index] >= MIN_SIMILARITY
    tokens, at = (
        (alignment.source, alignment.partners[index]) if is_same else (alignment.claim, index)
    )
    return tokens[at].key


def find_order(tokens: Sequence[Token]) -> Order | None:
    """Return what comes before what, where just one word says it."""
    words = [token.text.casefold() for token in tokens]
    known = RELATIONS | SEQUELS if FIRST in words else RELATIONS
    markers = [index for index, word in enumerate(words) if word in known]
    if len(markers) != 1:
        return None
    [place] = markers
    if words[place] in SEQUELS:
        start = words.index(FIRST)
        left = (*find_clause(tokens, start, -1), *find_clause(tokens, start, 1))
        return Order([i for i in left if i < place], find_clause(tokens, place, 1))
    before, after = find_clause(tokens, place, -1), find_clause(tokens, place, 1)
    if not before:  # "After A, B."
        end = max(chain([place], after)) + 1
        before = find_clause(tokens, end, 1)
    return Order(before, after) if words[place] == "before" else Order(after, before)


def find_clause(tokens: Sequence[Token], place: int, step: int) -> list[int]:
    """Return the words from a place to where the clause begins (-1) or ends (1), it excluded."""
    found = []
    index = place + step
    while 0 <= index < len(tokens) and tokens[index].kind is not TokenKind.BREAK:
        found += [index] if tokens[index].is_content else []
        index += step
    return found
