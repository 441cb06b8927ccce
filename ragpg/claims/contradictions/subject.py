"""A source that says of something else what a claim says of its subject. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ragpg.claims.contradictions import Contradiction, Kind, join_texts
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.lexicon.discourse import DEMONSTRATIVES, GENERIC_NOUNS, NOTE_TITLES, PRONOUNS
from ragpg.text.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from ragpg.claims.alignment import Alignment

MAX_GAP = 5
"""Tokens between two aligned words that confirm each other. Chosen by hand."""
_GENERIC_STEMS = frozenset(map(stem, GENERIC_NOUNS))


def find_other_subject(
    alignment: Alignment, vocabulary: Set[str], *, known: Set[int]
) -> Iterator[Contradiction]:
    """Yield the subject of a claim where the source has another one before the same predicate.

    It is a KNOWN_SUBJECT if the `vocabulary` of the passages has it: then it is no other name.

    A subject of the source that only refers to one ("this command") is that of the claim if all of
    this is `known` from title, headings or the sentences before.
    """
    predicate = _find_predicate(alignment)
    if predicate is None:
        return
    claimed_places = _list_content_before(alignment.claim, predicate)
    if not claimed_places or _has_pronoun(alignment.claim[: claimed_places[0]]):
        return
    stated_predicate = alignment.partners[predicate]
    claimed = [alignment.claim[place] for place in claimed_places]
    stated_places = _list_content_before(alignment.source, stated_predicate)
    if not stated_places:
        keys = {token.key for token in claimed}
        stated_places = _find_other_antecedent(alignment.source, stated_predicate, keys)
    stated = [alignment.source[place] for place in stated_places]
    first = stated_places[0] if stated_places else 0
    is_known = known >= set(claimed_places)
    if is_known and _refers_back(alignment.source, first):
        return
    is_generic = all(token.key in _GENERIC_STEMS for token in stated)
    is_named = is_known or any(t.kind is TokenKind.NAME for t in claimed)
    if not stated or (is_generic and is_named):
        return
    # A word that the source has in its predicate does not make the subjects the same.
    from_predicate = any(alignment.partners[place] > stated_predicate for place in claimed_places)
    has_unaligned = not alignment.aligned_source.issuperset(stated_places)
    shares_word = not {t.key for t in claimed}.isdisjoint(t.key for t in stated)
    if shares_word and has_unaligned and not known.isdisjoint(claimed_places):
        # Of several things of one name that are listed before, the source is about another one.
        yield Contradiction(join_texts(claimed), join_texts(stated), Kind.BORROWED_WORD)
        return
    if shares_word and not (from_predicate and has_unaligned):
        return
    is_elsewhere = {token.key for token in claimed} <= vocabulary
    kind = Kind.KNOWN_SUBJECT if is_elsewhere else Kind.SUBJECT
    yield Contradiction(join_texts(claimed), join_texts(stated), kind)


def continues_other_subject(rest: Alignment, subjects: Set[str]) -> bool:
    """Return whether the rest of a sentence, without a subject, is aligned with a foreign subject.

    `subjects` are the keys of the words among which its subject must be.
    """
    first = next(iter(rest.pairs), None)
    if first is None or _list_content_before(rest.claim, first[0]):
        return False
    if any(token.text.casefold() in PRONOUNS for token in rest.source[: first[1]]):
        return False
    places = _list_content_before(rest.source, first[1])
    keys = {rest.source[place].key for place in places}
    return not (keys <= _GENERIC_STEMS or keys & subjects or rest.aligned_source & set(places))


def has_foreign_subject(alignment: Alignment) -> bool:
    """Return whether a sentence of the source has a subject that the claim does not name."""
    start = 0
    keys = {token.key for token in alignment.claim if token.is_content}
    for at, token in enumerate((*alignment.source, Token("", TokenKind.BREAK, ""))):
        if token.kind is not TokenKind.BREAK:
            continue
        aligned = [place for place in range(start, at) if place in alignment.aligned_source]
        before = alignment.source[start : aligned[0]] if aligned else ()
        content = [place for place, each in enumerate(before) if each.is_content]
        is_generic = all(before[place].key in _GENERIC_STEMS for place in content)
        if content and not is_generic and not _has_pronoun(before[: content[0]]):
            return True
        if aligned and _find_other_antecedent(alignment.source, aligned[0], keys):
            return True
        start = at + 1
    return False


def _find_predicate(alignment: Alignment) -> int | None:
    """Return the index at which the claim's predicate starts, judged by the alignment.

    Normally it is the first confirmed token. But if that one belongs to the source's predicate, and
    the source has a subject of which the claim has no word, the predicate starts at the first token
    that is before it in the source.
    """
    confirmed = _list_confirmed(alignment)
    if not confirmed:
        return None
    first, partners = confirmed[0], alignment.partners
    earlier = next((i for i in confirmed if partners[i] < partners[first]), None)
    if earlier is None:
        return first
    subject = _list_content_before(alignment.source, partners[earlier])
    is_foreign = subject and alignment.aligned_source.isdisjoint(subject)
    return earlier if is_foreign else first


def _list_confirmed(alignment: Alignment) -> list[int]:
    """Return the claim's tokens that are near an aligned neighbour on both sides."""
    confirmed = set()
    for (index, at), (next_index, next_at) in pairwise(alignment.pairs):
        if next_index - index <= MAX_GAP and 0 < next_at - at <= MAX_GAP:
            confirmed |= {index, next_index}
    return sorted(confirmed)


def _refers_back(source: Sequence[Token], subject: int) -> bool:
    """Return whether a subject refers to something: "this command", "it", or a note's title."""
    before = source[max(0, subject - 3) : subject + 2]
    is_note = source[subject].text.casefold() in NOTE_TITLES
    return is_note or any(token.text.casefold() in DEMONSTRATIVES for token in before)


def _has_pronoun(before: Sequence[Token]) -> bool:
    """Return whether a pronoun is the subject, by the tokens before the first content word.

    "one" is none: "One such city" names its subject.
    """
    words = [token.text.casefold() for token in before]
    return any(word in PRONOUNS for word in words if word != "one")


def _find_other_antecedent(source: Sequence[Token], end: int, keys: Set[str]) -> list[int]:
    """Return what a pronoun before a predicate stands for, if that is named otherwise than by keys.

    That is the first thing before its clause that has one of the keys: "the other pump".
    """
    breaks = (place for place in range(end - 1, -1, -1) if source[place].kind is TokenKind.BREAK)
    clause = next(breaks, 0)
    if not _has_pronoun(source[clause:end]):
        return []
    places: list[int] = []
    for place, token in enumerate(source[:clause]):
        if token.kind is TokenKind.BREAK:
            places = []
        elif token.is_content:
            places.append(place)
        if token.is_content and token.key in keys:
            return places if any(source[each].key not in keys for each in places) else []
    return []


def _list_content_before(tokens: Sequence[Token], end: int) -> list[int]:
    """Return the indices of the content tokens before a token in the same clause."""
    places: list[int] = []
    for place in range(end - 1, -1, -1):
        if tokens[place].kind is TokenKind.BREAK:
            break
        if tokens[place].is_content:
            places.append(place)
    return places[::-1]
