"""What contradicts a claim in the source that it was aligned with, in words for a reader. Pure.

Each check compares what stands around two tokens that say the same: negations, modal words,
quantifiers, comparisons; and what stands in one's place for another: figures, names, opposites.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.lexicon import CONFLICTS, are_opposites
from ragpg.claims.stems import stem
from ragpg.claims.tokens import MARKERS, Kind, Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from ragpg.claims.alignment import Alignment

REACH = 6
"""How many tokens before a word a marker may stand that belongs to it."""


class Fault(NamedTuple):
    """What a claim says, and what the source says instead; either may be missing."""

    claimed: str
    known: str


def faults(found: Alignment) -> Iterator[Fault]:
    """Yield what contradicts the claim, the gravest first."""
    yield from _opposites(found)
    yield from _negations(found)
    yield from _markers(found, Kind.MODAL)
    yield from _markers(found, Kind.QUANTIFIER)
    yield from _comparisons(found)


def places(found: Alignment) -> Iterator[Fault]:
    """Yield what stands in a sentence in the place of something else."""
    yield from _subject(found)
    yield from _replaced(found)
    yield from _swapped(found)


def phrase(tokens: Sequence[Token], index: int) -> str:
    """A token with the word behind it: "5 weeks"."""
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if (
        tokens[index].value is None
        or following is None
        or following.kind not in (Kind.WORD, Kind.NAME)
    ):
        return tokens[index].text
    return f"{tokens[index].text} {following.text}"


def _pairs(found: Alignment) -> list[tuple[int, int]]:
    return [(index, at) for index, at in enumerate(found.partner) if at >= 0]


def _opposites(found: Alignment) -> Iterator[Fault]:
    """A word of the claim whose opposite stands in the source, and neither on both sides."""
    used = found.used
    known = {stem(token.text) for token in found.source}
    claimed = {stem(token.text) for token in found.claim}
    free = [(stem(t.text), at, t) for at, t in enumerate(found.source) if at not in used]
    pairs = _pairs(found)
    for index, token in enumerate(found.claim):
        key = stem(token.text)
        if found.partner[index] >= 0 or key in known or token.value is not None:
            continue
        slot = _between(found, pairs, index) or (1, 0, False)
        for other_key, at, other in free:
            here = slot[0] <= at <= slot[1]
            if (here or other_key not in claimed) and are_opposites(key, other_key):
                yield Fault(token.text, other.text)
                break


def _subject(found: Alignment) -> Iterator[Fault]:
    """A subject of the claim where the sentence has another one before the same words."""
    first = next(iter(_anchored(found)), None)
    if first is None:
        return
    if any(token.text.casefold() in PRONOUNS for token in found.claim[:first]):
        return
    mine = _lead(found.claim, first)
    theirs = [t for t in _lead(found.source, found.partner[first]) if t.kind is not Kind.SMALL]
    generic = all(token.key in GENERIC for token in theirs)
    if not mine or not theirs or (generic and any(t.kind is Kind.NAME for t in mine)):
        return
    if {token.key for token in mine} & {token.key for token in theirs}:
        return
    yield Fault(" ".join(token.text for token in mine), " ".join(token.text for token in theirs))


def _anchored(found: Alignment) -> list[int]:
    """The claim's tokens whose partner stands beside that of a neighbour."""
    pairs = _pairs(found)
    near = set()
    for (one, at), (other, beside) in pairwise(pairs):
        if other - one <= 5 and 0 < beside - at <= 5:
            near |= {one, other}
    return sorted(near)


def _lead(tokens: Sequence[Token], end: int) -> list[Token]:
    """The content before a token, back to what separates it from that."""
    lead: list[Token] = []
    for token in reversed(tokens[:end]):
        if token.kind is Kind.BREAK:
            break
        if token.is_content:
            lead.append(token)
    return lead[::-1]


PRONOUNS = frozenset(
    [
        "it",
        "they",
        "he",
        "she",
        "we",
        "you",
        "i",
        "this",
        "these",
        "those",
        "that",
        "there",
        "who",
        "which",
        "one",
    ]
)
GENERIC = frozenset(
    map(
        stem,
        [
            "company",
            "city",
            "team",
            "system",
            "country",
            "group",
            "government",
            "organization",
            "organisation",
            "film",
            "book",
            "song",
            "album",
            "band",
            "author",
            "school",
            "university",
            "player",
            "club",
            "article",
            "model",
            "product",
            "project",
            "report",
            "study",
            "paper",
            "town",
            "village",
            "river",
            "building",
            "museum",
            "state",
            "region",
            "area",
            "program",
            "programme",
        ],
    )
)
"""Words that stand for what the title names."""


def _replaced(found: Alignment) -> Iterator[Fault]:
    """A figure or name where the source has another one between the same words."""
    pairs = _pairs(found)
    used = found.used
    for index, token in enumerate(found.claim):
        if token.kind not in (Kind.FIGURE, Kind.DATE, Kind.NAME):
            continue
        at = found.partner[index]
        around = _between(found, pairs, index)
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


def substitutes(found: Alignment, elsewhere: Set[str]) -> Iterator[Fault]:
    """A word in the place of another one of the sentence, though the passages know it elsewhere.

    Who says the same in other words takes his own; a word that the passages use for other things
    was taken from there.
    """
    pairs = _pairs(found)
    for index, token in enumerate(found.claim):
        if token.kind is not Kind.WORD or found.partner[index] >= 0 or token.key not in elsewhere:
            continue
        around = _between(found, pairs, index)
        if around is None or not around[2]:
            continue
        others = [t for t in found.source[around[0] : around[1] + 1] if t.is_content]
        if len(others) == 1:
            yield Fault(token.text, others[0].text)


def _swapped(found: Alignment) -> Iterator[Fault]:
    """Figures in another order than the source's, while the words keep theirs."""
    pairs = _pairs(found)
    places = {index for index, _ in pairs if found.claim[index].value is not None}
    figures = [(index, at) for index, at in pairs if index in places]
    beside = {index + step for index in places for step in (-1, 0, 1)}
    words = [at for index, at in pairs if index not in beside]
    falls = sum(one > other for one, other in pairwise(words))
    if len(words) < 3 or falls > 0.1 * len(words):
        return
    for (one, at), (_, beside_at) in pairwise(figures):
        if at > beside_at:
            yield Fault(phrase(found.claim, one), phrase(found.source, beside_at))
            return


def _same_type(one: Token, other: Token) -> bool:
    if one.kind is Kind.NAME:
        return other.kind is Kind.NAME and one.key != other.key
    if one.kind is Kind.FIGURE:
        differs = (one.key, one.unit) != (other.key, other.unit)
        return other.kind in (Kind.FIGURE, Kind.DATE) and differs
    return other.kind in (Kind.DATE, Kind.FIGURE) and one.key != other.key


def _between(
    found: Alignment, pairs: list[tuple[int, int]], index: int
) -> tuple[int, int, bool] | None:
    """The place in the source between the partners of the neighbours, and whether both are near."""
    left = next((pair for pair in reversed(pairs) if pair[0] < index), None)
    right = next((pair for pair in pairs if pair[0] > index), None)
    near_left = left is not None and index - left[0] <= 3
    near_right = right is not None and right[0] - index <= 3
    if near_left and near_right and left and right:
        if 0 < right[1] - left[1] <= 8:
            return left[1] + 1, right[1] - 1, True
        return None
    if near_left and left:
        return left[1] + 1, min(left[1] + 1 + (index - left[0]), len(found.source) - 1), False
    if near_right and right:
        return max(0, right[1] - 1 - (right[0] - index)), right[1] - 1, False
    return None


def _before(tokens: Sequence[Token], index: int, stops: frozenset[int] | set[int]) -> list[Token]:
    """The markers before a token, back to the one that another word of the pair owns."""
    markers = []
    for place in range(index - 1, max(-1, index - 1 - REACH), -1):
        token = tokens[place]
        if token.kind is Kind.BREAK or place in stops:
            break
        if token.kind in MARKERS or token.kind is Kind.COMPARISON:
            markers.append(token)
    return markers


def _compared(found: Alignment) -> Iterator[tuple[Token, Token, list[Token], list[Token]]]:
    """Yield pairs of tokens that say the same, and the markers before each."""
    for index, at in _pairs(found):
        yield _around(found, index, at)


def _around(found: Alignment, index: int, at: int) -> tuple[Token, Token, list[Token], list[Token]]:
    claimed = {index for index, at in enumerate(found.partner) if at >= 0}
    return (
        found.claim[index],
        found.source[at],
        _before(found.claim, index, claimed),
        _before(found.source, at, found.used),
    )


def _beside(tokens: Sequence[Token], index: int) -> list[Token]:
    """The markers before a token, back to the content before it."""
    markers = []
    for token in reversed(tokens[:index]):
        if token.is_content or token.kind is Kind.BREAK:
            break
        markers.append(token)
    return markers


def _negations(found: Alignment) -> Iterator[Fault]:
    """A negation on one side only."""
    first, last = min(found.used, default=0), max(found.used, default=-1)
    while first and found.source[first - 1].kind is not Kind.BREAK:
        first -= 1
    reach = found.source[first : last + 1]
    mine = sum(token.kind is Kind.NEGATION for token in found.claim)
    theirs = sum(token.kind is Kind.NEGATION for token in reach)
    everywhere = sum(token.kind is Kind.NEGATION for token in found.source)
    for claimed, known, ours, others in _compared(found):
        one = sum(token.kind is Kind.NEGATION for token in ours) % 2
        other = sum(token.kind is Kind.NEGATION for token in others) % 2
        if one != other and mine not in (theirs, everywhere):
            said = next(t for t in (*ours, *others) if t.kind is Kind.NEGATION)
            if one:
                yield Fault(f"{_negation(said)} {claimed.text}", "")
            else:
                yield Fault("", f"{_negation(said)} {known.text}")
            return
    if mine and not everywhere:
        yield Fault(next(t.text for t in found.claim if t.kind is Kind.NEGATION), "")
    elif theirs and not mine and len(found.used) > 2:
        inside = _inner_negations(found)
        if inside:
            yield Fault("", _negation(inside[0]))


def _inner_negations(found: Alignment) -> list[Token]:
    """Negations between two tokens of the source that stand side by side in the claim."""
    ats = [at for at in found.partner if at >= 0]
    result = []
    for one, other in pairwise(ats):
        if 0 < other - one <= REACH:
            result += [t for t in found.source[one:other] if t.kind is Kind.NEGATION]
    return result


def _negation(token: Token) -> str:
    return "not" if token.text.casefold().endswith("t") and len(token.text) == 3 else token.text


def _markers(found: Alignment, kind: Kind) -> Iterator[Fault]:
    """Modal words or quantifiers of different classes, and those put in or left out."""
    mine = [token for token in found.claim if token.kind is kind]
    theirs = [token for token in found.source if token.kind is kind]
    known = {token.key for token in theirs}
    for index, at in _pairs(found):
        _, _, ours, others = _around(found, index, at)
        left = [token for token in ours if token.kind is kind]
        right = [token for token in others if token.kind is kind]
        near = _beside(found.source, at)
        for one in left:
            if any(one.key == other.key for other in right):
                continue
            for other in right:
                if frozenset((one.key, other.key)) in CONFLICTS:
                    yield Fault(one.text, other.text)
                    return
            if not right and one.key not in known and one.key in ADDED[kind]:
                yield Fault(one.text, "")
                return
        for other in right:
            if (
                not left
                and other in near
                and other.key in DROPPED[kind]
                and other.key not in {t.key for t in mine}
            ):
                yield Fault("", other.text)
                return


ADDED = {
    Kind.MODAL: frozenset({"certain", "necessary"}),
    Kind.QUANTIFIER: frozenset({"all", "only", "few", "most"}),
}
DROPPED = {
    Kind.MODAL: frozenset({"likely", "possible"}),
    Kind.QUANTIFIER: frozenset({"only", "few"}),
}


def _comparisons(found: Alignment) -> Iterator[Fault]:
    """At most for at least."""
    for claimed, _, ours, others in _compared(found):
        if claimed.value is None:
            continue
        left = [token for token in ours if token.kind is Kind.COMPARISON]
        right = [token for token in others if token.kind is Kind.COMPARISON]
        for one in left:
            for other in right:
                if frozenset((one.key, other.key)) in CONFLICTS:
                    yield Fault(one.text, other.text)
                    return
