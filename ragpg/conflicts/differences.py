"""The one thing that two aligned statements say differently. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.claims.contradictions import join_texts
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.claims.word_relations import are_antonyms
from ragpg.conflicts.duties import OPPOSED, list_duties, list_negations
from ragpg.conflicts.pairing import REACH, Difference
from ragpg.conflicts.values import find_values
from ragpg.types import ConflictKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.conflicts.pairing import Pairing

MAX_NAME = 2
"""Words of a name or a default."""
MIN_BEFORE_NAME = 2
"""Words in common before a name, so that it is not the subject."""
CONDITIONS = frozenset({"if", "when", "whenever", "unless"})
_AUXILIARIES = frozenset(
    "is are was were be been has have had will does default defaults".split()  # noqa: SIM905
)
_RELATIVE = frozenset({"that", "which", "who"})
_RESTRICTING = frozenset({TokenKind.NEGATION, TokenKind.MODAL})
NOWHERE: frozenset[int] = frozenset()
_UNIQUE = frozenset({"default", "defaults"})
_LINKS = frozenset({"is", "are", "be", "was", "to", "as", "by", "at", "called", "named", ":", "="})


def find_differences(pairing: Pairing) -> Iterator[Difference]:
    """Yield the difference of two statements that have one; nothing where they have several."""
    values = find_values(pairing)
    if values is None:
        return
    others = [values] if values else []
    denials = list(_find_duties(pairing)) or list(_find_negation(pairing))
    if denials and any(_find_opposites(pairing)):
        return  # "not before" and "after" say the same
    others += denials
    if not others and _states(pairing.first) and _states(pairing.second):
        others += list(_find_opposites(pairing)) or list(_find_names(pairing))
    if len(others) == 1 and not _is_condition(pairing, others[0]):
        yield others[0]


def _states(tokens: Iterable[Token]) -> bool:
    """Return whether a statement says how something is, instead of what to do."""
    return any(token.text.casefold() in _AUXILIARIES for token in tokens)


def _is_condition(pairing: Pairing, difference: Difference) -> bool:
    """Return whether statements differ in the case that they are about: "if it is true"."""
    sides = (
        (pairing.first, difference.first_places),
        (pairing.second, difference.second_places),
    )
    return any(_is_in_condition(tokens, min(places)) for tokens, places in sides if places)


def _are_in_condition(pairing: Pairing, at: int, other_at: int) -> bool:
    return _is_in_condition(pairing.first, at) or _is_in_condition(pairing.second, other_at)


def _is_in_condition(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a word that begins a condition is before a token in its clause.

    So does the pronoun of a clause that says which things are meant: "meetings that are not open".
    """
    for place in range(at - 1, -1, -1):
        word = tokens[place].text.casefold()
        if word in CONDITIONS or (word in _RELATIVE and _is_verb(tokens[place + 1])):
            return True
        if tokens[place].kind is TokenKind.BREAK:
            return False
    return False


def _is_verb(token: Token) -> bool:
    return token.text.casefold() in _AUXILIARIES or token.kind in _RESTRICTING


def _is_label(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a token is the term that an item of a list describes: "true - Enable it"."""
    return at == 0 and any(token.kind is TokenKind.BREAK for token in tokens[1:2])


def _find_duties(pairing: Pairing) -> Iterator[Difference]:
    """Yield what must be done by one statement and need not or must not by the other."""
    duties = {marked.place: marked for marked in list_duties(pairing.first)}
    other_duties = {marked.place: marked for marked in list_duties(pairing.second)}
    for at, other_at in pairing.pairs:
        one, other = duties.get(at), other_duties.get(other_at)
        if one is None or other is None or frozenset({one.duty, other.duty}) not in OPPOSED:
            continue
        if not _are_in_condition(pairing, at, other_at):
            yield Difference(ConflictKind.OBLIGATION, one.says, other.says, NOWHERE, NOWHERE)
            return


def _find_negation(pairing: Pairing) -> Iterator[Difference]:
    """Yield what only one of the statements denies, where it denies one thing more."""
    denied = {marked.place: marked.says for marked in list_negations(pairing.first)}
    other_denied = {marked.place: marked.says for marked in list_negations(pairing.second)}
    if abs(len(denied) - len(other_denied)) != 1:
        return
    for at, other_at in pairing.pairs:
        if (at in denied) == (other_at in other_denied):
            continue
        if _count(pairing.first, at) != _count(pairing.second, other_at):
            continue  # one says it again, perhaps without the negation
        if _are_in_condition(pairing, at, other_at):
            return
        says = denied.get(at) or join_texts(pairing.first[max(0, at - 1) : at + 1])
        other_says = other_denied.get(other_at) or join_texts(
            pairing.second[max(0, other_at - 1) : other_at + 1]
        )
        yield Difference(ConflictKind.NEGATION, says, other_says, NOWHERE, NOWHERE)
        return


def _count(tokens: Sequence[Token], at: int) -> int:
    """Return how often a statement has the key of one of its tokens."""
    return sum(token.key == tokens[at].key for token in tokens)


def _find_opposites(pairing: Pairing) -> Iterator[Difference]:
    """Yield two words of opposite meaning, of which each statement has one."""
    for at in pairing.first_unpaired:
        for other_at in pairing.second_unpaired:
            token, other = pairing.first[at], pairing.second[other_at]
            if token.kind is not TokenKind.WORD or other.kind is not TokenKind.WORD:
                continue
            if are_antonyms(token.text.casefold(), other.text.casefold()):
                if _is_label(pairing.first, at) or _is_label(pairing.second, other_at):
                    continue
                places = frozenset({at}), frozenset({other_at})
                yield Difference(ConflictKind.OPPOSITE, token.text, other.text, *places)


def _find_names(pairing: Pairing) -> Iterator[Difference]:
    """Yield another name in the same place, or another default, where all else is the same."""
    first, second = pairing.first_unpaired, pairing.second_unpaired
    names = [i for i in first if pairing.first[i].kind is TokenKind.NAME]
    other_names = [i for i in second if pairing.second[i].kind is TokenKind.NAME]
    if _are_exchanged(pairing, names, other_names):
        first, second = names, other_names
    elif not (_is_default(pairing.first, first) and _is_default(pairing.second, second)):
        return
    yield Difference(
        ConflictKind.NAME,
        join_texts([pairing.first[i] for i in first]),
        join_texts([pairing.second[i] for i in second]),
        frozenset(first),
        frozenset(second),
    )


def _are_exchanged(pairing: Pairing, names: Sequence[int], other_names: Sequence[int]) -> bool:
    """Return whether two names stand in one place, which is not that of the subject."""
    if not (0 < len(names) <= MAX_NAME and 0 < len(other_names) <= MAX_NAME):
        return False
    at, other_at = names[0], other_names[0]
    before = [pair for pair in pairing.pairs if pair[0] < at and pair[1] < other_at]
    return len(before) >= MIN_BEFORE_NAME and pairing.is_in_same_slot(at, other_at, reach=REACH)


def _is_default(tokens: Sequence[Token], places: Sequence[int]) -> bool:
    """Return whether words are what a default is said to be: "is", "to" or "as" is before them."""
    if not (0 < len(places) <= MAX_NAME and _is_unique(tokens)):
        return False
    before = tokens[max(0, places[0] - 2) : places[0]]
    return any(token.text.casefold() in _LINKS for token in before)


def _is_unique(tokens: Iterable[Token]) -> bool:
    return any(token.text.casefold() in _UNIQUE for token in tokens)
