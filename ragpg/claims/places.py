"""What stands in a sentence in the place of something else that a claim says. Pure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from ragpg.claims import figures
from ragpg.claims.faults import Fault, phrase
from ragpg.claims.lexicon import are_opposites
from ragpg.claims.tokens import Kind, Token
from ragpg.text.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from ragpg.claims.alignment import Alignment

YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
PERIODS = frozenset({"hour", "day", "week", "month", "quarter", "year"})
PRONOUNS = frozenset(
    """
    it they he she we you i this these those that there who which one
    """.split()  # noqa: SIM905 - far easier to read
)
GENERIC = frozenset(
    map(
        stem,
        """
    company city team system country group government organization organisation film book song
    album band author school university player club article model product project report study
    paper town village river building museum state region area program programme
    """.split(),  # noqa: SIM905 - far easier to read
    )
)
"""Words that stand for what the title names."""


def faults(found: Alignment) -> Iterator[Fault]:
    """Yield what stands in the place of something else."""
    yield from _subject(found)
    yield from _period(found)
    yield from _replaced(found)
    yield from _swapped(found)


def opposites(found: Alignment) -> Iterator[Fault]:
    """A word of the claim whose opposite stands in the source, and neither on both sides."""
    used = found.used
    known = {stem(token.text) for token in found.source}
    claimed = {stem(token.text) for token in found.claim}
    free = [(stem(t.text), at, t) for at, t in enumerate(found.source) if at not in used]
    for index, token in enumerate(found.claim):
        key = stem(token.text)
        if found.partner[index] >= 0 or key in known or token.value is not None:
            continue
        slot = _between(found, index) or (1, 0, False)
        for other_key, at, other in free:
            here = slot[0] <= at <= slot[1]
            if (here or other_key not in claimed) and are_opposites(key, other_key):
                yield Fault(token.text, other.text)
                break


def _subject(found: Alignment) -> Iterator[Fault]:
    """A subject of the claim where the sentence has another one before the same words."""
    first = _predicate(found)
    if first is None:
        return
    places = _lead(found.claim, first)
    if not places or _is_pronoun(found.claim[: places[0]]):
        return
    theirs = _lead(found.source, found.partner[first])
    mine = [found.claim[place] for place in places]
    known = [found.source[place] for place in theirs]
    generic = all(token.key in GENERIC for token in known)
    if not theirs or (generic and any(t.kind is Kind.NAME for t in mine)):
        return
    # What the sentence says of its subject doesn't make it another one's.
    taken = any(found.partner[place] > found.partner[first] for place in places)
    foreign = not found.used.issuperset(theirs)
    if {token.key for token in mine} & {token.key for token in known} and not (taken and foreign):
        return
    yield Fault(" ".join(token.text for token in mine), " ".join(token.text for token in known))


def _period(found: Alignment) -> Iterator[Fault]:
    """So much a month, where the sentence says a year."""
    mine, theirs = _periods(found.claim), _periods(found.source)
    if mine and theirs and theirs.keys().isdisjoint(mine):
        yield Fault(next(iter(mine.values())), next(iter(theirs.values())))


def _periods(tokens: Sequence[Token]) -> dict[str, str]:
    """The periods that amounts are told for, and how each is put: "a year", "per month"."""
    found = {}
    for place, (before, token) in enumerate(pairwise(tokens)):
        unit = figures.unit_of(token.text)
        amount = any(near.value is not None for near in tokens[max(0, place - 6) : place])
        is_rate = before.text.casefold() in ("a", "an", "per", "each", "every")
        if amount and is_rate and unit in PERIODS:
            found[unit] = f"{before.text} {token.text}"
    return found


def _predicate(found: Alignment) -> int | None:
    """Where in the claim the words begin that are said of its subject, as far as the source tells.

    A subject that the sentence has only among these, where its own one is none of the claim's, is
    not taken for the beginning.
    """
    anchored = _anchored(found)
    if not anchored:
        return None
    first = anchored[0]
    before = (i for i in anchored if found.partner[i] < found.partner[first])
    said = next(before, None)
    if said is None:
        return first
    theirs = _lead(found.source, found.partner[said])
    return said if theirs and found.used.isdisjoint(theirs) else first


def _is_pronoun(before: Sequence[Token]) -> bool:
    """Whether a pronoun is the subject, by what stands before the first word that says something.

    "One such city" names it.
    """
    words = [token.text.casefold() for token in before]
    return any(word in PRONOUNS for word in words if word != "one")


def estranged(rest: Alignment, said: Set[str]) -> bool:
    """Whether the rest of a sentence, without a subject, is aligned with one that has another.

    `said` are the keys of the words among which its subject must be.
    """
    first = next(iter(rest.pairs), None)
    if first is None or _lead(rest.claim, first[0]):
        return False
    if any(token.text.casefold() in PRONOUNS for token in rest.source[: first[1]]):
        return False
    places = _lead(rest.source, first[1])
    keys = {rest.source[place].key for place in places}
    return not (keys <= GENERIC or keys & said or rest.used & set(places))


def _anchored(found: Alignment) -> list[int]:
    """The claim's tokens whose partner stands beside that of a neighbour."""
    near = set()
    for (one, at), (other, beside) in pairwise(found.pairs):
        if other - one <= 5 and 0 < beside - at <= 5:
            near |= {one, other}
    return sorted(near)


def _lead(tokens: Sequence[Token], end: int) -> list[int]:
    """The places of the content before a token, back to what separates it from that."""
    lead: list[int] = []
    for place in range(end - 1, -1, -1):
        if tokens[place].kind is Kind.BREAK:
            break
        if tokens[place].is_content:
            lead.append(place)
    return lead[::-1]


def _replaced(found: Alignment) -> Iterator[Fault]:
    """A figure or name where the source has another one between the same words."""
    used = found.used
    for index, token in enumerate(found.claim):
        if token.kind not in (Kind.FIGURE, Kind.DATE, Kind.NAME):
            continue
        at = found.partner[index]
        around = _between(found, index)
        if around is None:
            continue
        left, right, whole = around
        if at >= 0 and (left <= at <= right or not whole):
            continue
        for place in range(left, right + 1):
            other = found.source[place]
            if place in used and at < 0 and other.kind is not Kind.NAME:
                continue
            if _same_type(token, other) and place != at:
                yield Fault(phrase(found.claim, index), phrase(found.source, place))
                break


def _swapped(found: Alignment) -> Iterator[Fault]:
    """Figures in another order than the source's, while the words keep theirs."""
    places = {index for index, _ in found.pairs if found.claim[index].value is not None}
    amounts = [(index, at) for index, at in found.pairs if index in places]
    beside = {index + step for index in places for step in (-1, 0, 1)}
    words = [at for index, at in found.pairs if index not in beside]
    falls = sum(one > other for one, other in pairwise(words))
    if len(words) < 3 or falls > 0.1 * len(words):
        return
    for (one, at), (other, beside_at) in pairwise(amounts):
        if at > beside_at and _same_sort(found.claim[one], found.claim[other]):
            yield Fault(phrase(found.claim, one), phrase(found.source, beside_at))
            return


def _same_sort(one: Token, other: Token) -> bool:
    """Whether two figures might stand for each other: amounts of a thing, or years."""
    years = [t.unit in (None, "year") and YEAR.fullmatch(t.key) is not None for t in (one, other)]
    return years[0] == years[1] and (one.unit == other.unit or None in (one.unit, other.unit))


def substitutes(found: Alignment, elsewhere: Set[str]) -> Iterator[Fault]:
    """A word in the place of another one of the sentence, though the passages know it elsewhere.

    Who says the same in other words takes his own; a word that the passages use for other things
    was taken from there.
    """
    for index, token in enumerate(found.claim):
        if token.kind is not Kind.WORD or found.partner[index] >= 0 or token.key not in elsewhere:
            continue
        around = _between(found, index)
        if around is None or not around[2]:
            continue
        places = range(around[0], around[1] + 1)
        others = [found.source[at] for at in places if found.source[at].is_content]
        if others and (len(others) == 1 or found.used.isdisjoint(places)):
            yield Fault(token.text, " ".join(other.text for other in others))


def _same_type(one: Token, other: Token) -> bool:
    if one.kind is Kind.NAME:
        return other.kind is Kind.NAME and one.key != other.key
    if one.kind is Kind.FIGURE:
        differs = (one.key, one.unit) != (other.key, other.unit)
        return other.kind in (Kind.FIGURE, Kind.DATE) and differs
    return other.kind in (Kind.DATE, Kind.FIGURE) and one.key != other.key


def _between(found: Alignment, index: int) -> tuple[int, int, bool] | None:
    """The place in the source between the partners of the neighbours, and whether both are near.

    What stands beside it in the claim and elsewhere in the source may belong to the same phrase.
    """
    pairs = found.pairs
    left = [pair for pair in reversed(pairs) if 0 < index - pair[0] <= 3]
    right = [pair for pair in pairs if 0 < pair[0] - index <= 3]
    if left and right:
        around = ((one[1], other[1]) for one in left for other in right)
        fitting = next((pair for pair in around if 0 < pair[1] - pair[0] <= 8), None)
        return (fitting[0] + 1, fitting[1] - 1, True) if fitting else None
    if left:
        before, at = left[0]
        return at + 1, min(at + 1 + (index - before), len(found.source) - 1), False
    if right:
        behind, at = right[0]
        return max(0, at - 1 - (behind - index)), at - 1, False
    return None
