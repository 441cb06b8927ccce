"""Markers around two words that say the same: negations, modal words, quantifiers. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ragpg.claims.faults import Fault
from ragpg.claims.lexicon import CONFLICTS
from ragpg.claims.tokens import MARKERS, Kind, Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.claims.alignment import Alignment

REACH = 6
"""How many tokens before a word a marker may stand that belongs to it."""

ADDED = {
    Kind.MODAL: frozenset({"certain", "necessary"}),
    Kind.QUANTIFIER: frozenset({"all", "only", "few", "most"}),
}
DROPPED = {
    Kind.MODAL: frozenset({"likely", "possible"}),
    Kind.QUANTIFIER: frozenset({"only", "few"}),
}


def faults(found: Alignment) -> Iterator[Fault]:
    """Yield the markers that contradict the claim, the gravest first."""
    yield from _negations(found)
    yield from _markers(found, Kind.MODAL)
    yield from _markers(found, Kind.QUANTIFIER)
    yield from _comparisons(found)


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
    result = []
    for (_, one), (_, other) in pairwise(found.pairs):
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
    for index, at in found.pairs:
        _, _, ours, others = _around(found, index, at)
        left = [token for token in ours if token.kind is kind]
        right = [token for token in others if token.kind is kind]
        near = _beside(found.source, at)
        left += _trailing(found.claim, index, kind)
        right += _trailing(found.source, at, kind)
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


def _comparisons(found: Alignment) -> Iterator[Fault]:
    """At most for at least."""
    for claimed, _, ours, others in _compared(found):
        if claimed.value is None and claimed.kind is not Kind.DATE:
            continue
        left = [token for token in ours if token.kind is Kind.COMPARISON]
        right = [token for token in others if token.kind is Kind.COMPARISON]
        for one in left:
            for other in right:
                if frozenset((one.key, other.key)) in CONFLICTS:
                    yield Fault(one.text, other.text)
                    return


def _compared(found: Alignment) -> Iterator[tuple[Token, Token, list[Token], list[Token]]]:
    """Yield pairs of tokens that say the same, and the markers before each."""
    for index, at in found.pairs:
        yield _around(found, index, at)


def _around(found: Alignment, index: int, at: int) -> tuple[Token, Token, list[Token], list[Token]]:
    return (
        found.claim[index],
        found.source[at],
        _before(found.claim, index, found.held),
        _before(found.source, at, found.used),
    )


def _before(tokens: Sequence[Token], index: int, stops: frozenset[int]) -> list[Token]:
    """The markers before a token, back to the one that another word of the pair owns."""
    markers = []
    for place in range(index - 1, max(-1, index - 1 - REACH), -1):
        token = tokens[place]
        if token.kind is Kind.BREAK or place in stops:
            break
        if token.kind in MARKERS or token.kind is Kind.COMPARISON:
            markers.append(token)
    return markers


def _trailing(tokens: Sequence[Token], index: int, kind: Kind) -> list[Token]:
    """The markers behind a token with nothing more behind them: "justice for all"."""
    markers: list[Token] = []
    for token in tokens[index + 1 :]:
        if token.kind is Kind.BREAK:
            return markers
        if token.is_content:
            return []
        markers += [token] * (token.kind is kind)
    return markers


def _beside(tokens: Sequence[Token], index: int) -> list[Token]:
    """The markers before a token, back to the content before it."""
    markers = []
    for token in reversed(tokens[:index]):
        if token.is_content or token.kind is Kind.BREAK:
            break
        markers.append(token)
    return markers
