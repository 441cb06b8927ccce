"""Other negations, modal words, quantifiers or comparisons before the same word. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.contradictions import Contradiction, Kind, join_texts
from ragpg.claims.token_kinds import MARKERS, Token, TokenKind
from ragpg.lexicon import modality, quantifiers
from ragpg.lexicon.negation import REVERSALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.claims.alignment import Alignment

REACH = 6
"""Most tokens between a marker and the word that it belongs to. Chosen by hand."""

ADDED = {
    TokenKind.MODAL: frozenset({"certain", "necessary"}),
    TokenKind.QUANTIFIER: frozenset({"all", "only", "few", "most"}),
}
"""Classes that a claim may not have where the source has no marker."""
EXCEPTIONS = frozenset({"unless", "except", "excluding", "excepted", "exempt"})
"""Words before what a statement does not hold for."""
DROPPED = {
    TokenKind.MODAL: frozenset({"likely", "possible"}),
    TokenKind.QUANTIFIER: frozenset({"only", "few"}),
}
"""Classes that a claim may not leave out."""
_CONFLICTS = {
    frozenset((marker, excluded))
    for table in (modality.CONFLICTS, quantifiers.CONFLICTS)
    for marker, classes in table.items()
    for excluded in classes.split()
}


_KINDS = {
    TokenKind.MODAL: Kind.MODALITY,
    TokenKind.QUANTIFIER: Kind.QUANTIFIER,
    TokenKind.COMPARISON: Kind.QUANTIFIER,
}


class AlignedWord(NamedTuple):
    """A word of the claim and the source's, with the markers before each."""

    claimed: Token
    stated: Token
    claimed_markers: list[Token]
    stated_markers: list[Token]


def find_marker_contradictions(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield the markers that contradict the claim, the gravest first."""
    words = [_read_markers(alignment, index, at) for index, at in alignment.pairs]
    yield from _find_negations(alignment, words)
    yield from _find_reversals(alignment)
    yield from _find_other_classes(alignment, words, TokenKind.MODAL)
    yield from _find_other_classes(alignment, words, TokenKind.QUANTIFIER)
    yield from _find_comparisons(words)
    yield from _find_exceptions(alignment)


def _find_exceptions(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield what the source excepts ("unless", "except") where the claim states it."""
    if any(_is_exception(token) for token in alignment.claim) or _count_negations(alignment.claim):
        return
    for at, token in enumerate(alignment.source):
        if not _is_exception(token):
            continue
        after = range(at + 1, len(alignment.source))
        before = any(place in alignment.aligned_source for place in range(at))
        excepted = next((place for place in after if place in alignment.aligned_source), None)
        if before and excepted is not None:
            stated = f"{token.text} {alignment.source[excepted].text}"
            yield Contradiction("", stated, Kind.CONDITION)
            return


def _is_exception(token: Token) -> bool:
    return token.text.casefold() in EXCEPTIONS


def _find_negations(alignment: Alignment, words: Sequence[AlignedWord]) -> Iterator[Contradiction]:
    """Yield at most one contradiction: a negation that only the claim or the source has."""
    first = min(alignment.aligned_source, default=0)
    last = max(alignment.aligned_source, default=-1)
    while first and alignment.source[first - 1].kind is not TokenKind.BREAK:
        first -= 1
    in_claim = _count_negations(alignment.claim)
    in_clause = _count_negations(alignment.source[first : last + 1])
    in_source = _count_negations(alignment.source)
    for word in words:
        is_negated = _count_negations(word.claimed_markers) % 2
        is_negated_there = _count_negations(word.stated_markers) % 2
        if is_negated != is_negated_there and in_claim not in (in_clause, in_source):
            markers = (*word.claimed_markers, *word.stated_markers)
            marker = next(t for t in markers if t.kind is TokenKind.NEGATION)
            if is_negated:
                yield Contradiction(f"{_spell_out(marker)} {word.claimed.text}", "", Kind.NEGATION)
            else:
                yield Contradiction("", f"{_spell_out(marker)} {word.stated.text}", Kind.NEGATION)
            return
    if in_claim and not in_source:
        negations = (t.text for t in alignment.claim if t.kind is TokenKind.NEGATION)
        yield Contradiction(next(negations), "", Kind.NEGATION)
    elif in_clause and not in_claim and len(alignment.aligned_source) > 2:
        negation = _find_inner_negation(alignment)
        if negation:
            yield Contradiction("", _spell_out(negation), Kind.NEGATION)


def _count_negations(tokens: Sequence[Token]) -> int:
    return sum(token.kind is TokenKind.NEGATION for token in tokens)


def _find_inner_negation(alignment: Alignment) -> Token | None:
    """Return a negation between two tokens of the source that the claim has side by side."""
    for (_, at), (_, next_at) in pairwise(alignment.pairs):
        if 0 < next_at - at <= REACH:
            for token in alignment.source[at:next_at]:
                if token.kind is TokenKind.NEGATION:
                    return token
    return None


def _spell_out(negation: Token) -> str:
    is_short = negation.text.casefold().endswith("t") and len(negation.text) == 3
    return "not" if is_short else negation.text


def _find_reversals(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield "reverse order" where the claim says "order"."""
    if any(token.text.casefold() in REVERSALS for token in alignment.claim):
        return
    for at, token in enumerate(alignment.source[:-1]):
        reversed_at = {at + 1, at + 2} & alignment.aligned_source
        if token.text.casefold() in REVERSALS and reversed_at:
            stated = join_texts(alignment.source[at : min(reversed_at) + 1])
            yield Contradiction("", stated, Kind.ANTONYM)
            return


def _find_other_classes(
    alignment: Alignment, words: Sequence[AlignedWord], kind: TokenKind
) -> Iterator[Contradiction]:
    """Yield modal words or quantifiers of another class, and those added or left out."""
    in_claim = {token.key for token in alignment.claim if token.kind is kind}
    in_source = {token.key for token in alignment.source if token.kind is kind}
    for (index, at), word in zip(alignment.pairs, words, strict=True):
        claimed = [token for token in word.claimed_markers if token.kind is kind]
        stated = [token for token in word.stated_markers if token.kind is kind]
        claimed += _list_trailing_markers(alignment.claim, index, kind)
        stated += _list_trailing_markers(alignment.source, at, kind)
        if claimed and stated:
            keys = {token.key for token in stated}
            claimed = [token for token in claimed if token.key not in keys]
            contradiction = _find_conflict(claimed, stated)
        elif claimed:
            added = (t for t in claimed if t.key in ADDED[kind] - in_source)
            contradiction = next((Contradiction(t.text, "", _KINDS[kind]) for t in added), None)
        else:
            adjacent = _list_adjacent_markers(alignment.source, at)
            dropped = (t for t in stated if t.key in DROPPED[kind] - in_claim and t in adjacent)
            contradiction = next((Contradiction("", t.text, _KINDS[kind]) for t in dropped), None)
        if contradiction:
            yield contradiction
            return


def _find_comparisons(words: Sequence[AlignedWord]) -> Iterator[Contradiction]:
    """Yield "at most" for "at least" before a number or date."""
    for word in words:
        if word.claimed.value is None and word.claimed.kind is not TokenKind.DATE:
            continue
        claimed = [t for t in word.claimed_markers if t.kind is TokenKind.COMPARISON]
        stated = [t for t in word.stated_markers if t.kind is TokenKind.COMPARISON]
        if contradiction := _find_conflict(claimed, stated):
            yield contradiction
            return


def _find_conflict(claimed: Sequence[Token], stated: Sequence[Token]) -> Contradiction | None:
    """Return the first two markers whose classes exclude each other."""
    for token in claimed:
        for stated_token in stated:
            if frozenset((token.key, stated_token.key)) in _CONFLICTS:
                return Contradiction(token.text, stated_token.text, _KINDS[token.kind])
    return None


def _read_markers(alignment: Alignment, index: int, at: int) -> AlignedWord:
    return AlignedWord(
        alignment.claim[index],
        alignment.source[at],
        _list_markers_before(alignment.claim, index, alignment.aligned_claim),
        _list_markers_before(alignment.source, at, alignment.aligned_source),
    )


def _list_markers_before(
    tokens: Sequence[Token], index: int, aligned: frozenset[int]
) -> list[Token]:
    """Return the markers before a token, back to another aligned one, which owns the rest."""
    markers = []
    for place in range(index - 1, max(-1, index - 1 - REACH), -1):
        token = tokens[place]
        if token.kind is TokenKind.BREAK or place in aligned:
            break
        if token.kind in MARKERS or token.kind is TokenKind.COMPARISON:
            markers.append(token)
    return markers


def _list_trailing_markers(tokens: Sequence[Token], index: int, kind: TokenKind) -> list[Token]:
    """Return the markers that end a clause after a token: "justice for all"."""
    markers: list[Token] = []
    for token in tokens[index + 1 :]:
        if token.kind is TokenKind.BREAK:
            return markers
        if token.is_content:
            return []
        markers += [token] * (token.kind is kind)
    return markers


def _list_adjacent_markers(tokens: Sequence[Token], index: int) -> list[Token]:
    """Return all tokens between a token and the content before it."""
    markers = []
    for token in reversed(tokens[:index]):
        if token.is_content or token.kind is TokenKind.BREAK:
            break
        markers.append(token)
    return markers
