"""What two aligned statements say differently. Pure."""

from __future__ import annotations

import re
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims import quantities
from ragpg.claims.contradictions import describe_token, join_texts
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.claims.word_relations import are_antonyms
from ragpg.conflicts.duties import OPPOSED, list_duties, list_negations
from ragpg.lexicon.qualifiers import NUMBERED
from ragpg.text.units import convert, find_unit
from ragpg.types import ConflictKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.conflicts.pairing import Pairing

MAX_RANGE = 2
"""Tokens from the first to the second value of a range."""
REACH = 4
"""Most tokens from a value to the word that it is a value of."""
MAX_NAME = 2
"""Words of a name or a default."""
MIN_BEFORE_NAME = 2
"""Words in common before a name, so that it is not the subject."""
_VERSION = re.compile(r"v?\d+(?:\.\d+)+[\w.-]*")
CONDITIONS = frozenset({"if", "when", "whenever", "unless"})
_AUXILIARIES = frozenset(
    "is are was were be been has have had will does default defaults".split()  # noqa: SIM905
)
NOWHERE: frozenset[int] = frozenset()
_UNIQUE = frozenset({"default", "defaults"})
_LINKS = frozenset({"is", "are", "be", "was", "to", "as", "by", "at", "called", "named", ":", "="})


class Difference(NamedTuple):
    """What each of two statements says, and the places of the tokens that this is about."""

    kind: ConflictKind
    first_says: str
    second_says: str
    first_places: frozenset[int]
    second_places: frozenset[int]


def find_differences(pairing: Pairing) -> Iterator[Difference]:
    """Yield the difference of two statements that have one; nothing where they have several."""
    values = _find_values(pairing)
    if values is None:
        return
    others = [values] if values else []
    others += list(_find_duties(pairing)) or list(_find_negation(pairing))
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


def _is_in_condition(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a word that begins a condition is before a token in its clause."""
    for place in range(at - 1, -1, -1):
        if tokens[place].text.casefold() in CONDITIONS:
            return True
        if tokens[place].kind is TokenKind.BREAK:
            return False
    return False


def is_value(token: Token) -> bool:
    """Return whether a token is a quantity, a date or the number of a version."""
    is_version = token.kind is TokenKind.IDENTIFIER and _VERSION.fullmatch(token.text)
    return token.value is not None or token.kind is TokenKind.DATE or bool(is_version)


def _find_values(pairing: Pairing) -> Difference | tuple[()] | None:
    """Return the values that differ, () where only one has any, None where they don't compare."""
    first = _join_ranges([i for i in pairing.first_unpaired if is_value(pairing.first[i])])
    second = _join_ranges([i for i in pairing.second_unpaired if is_value(pairing.second[i])])
    if not first or not second:
        return ()
    if min(len(first), len(second)) > 1:
        return None
    comparable = ((i, j) for i, j in product(first, second) if _are_comparable(pairing, i, j))
    at, other_at = next(comparable, (first[0], second[0]))
    if _is_label(pairing.first, at) or _is_label(pairing.second, other_at):
        return None
    if not _are_comparable(pairing, at, other_at) or _are_compatible(pairing, at, other_at):
        return None
    return Difference(
        _kind_of(pairing, at, other_at),
        describe_value(pairing.first, at),
        describe_value(pairing.second, other_at),
        frozenset({at, *_unit_places(pairing.first, at)}),
        frozenset({other_at, *_unit_places(pairing.second, other_at)}),
    )


def _join_ranges(places: Sequence[int]) -> list[int]:
    """Leave of values beside each other, as in "4 to 6 weeks", the last one."""
    last = (after - at > MAX_RANGE for at, after in pairwise(places))
    return [at for at, is_last in zip(places, [*last, True], strict=False) if is_last]


def _is_label(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a number only counts parts of a text: "Step 4", "1 - Begin"."""
    if at == 0:
        return any(token.kind is TokenKind.BREAK for token in tokens[1:2])
    return tokens[at - 1].text.casefold() in NUMBERED


def describe_value(tokens: Sequence[Token], index: int) -> str:
    """Return a value with the comparison before it and the word after it: "at most 5 days"."""
    before = tokens[max(0, index - 1) : index]
    comparison = [t.text for t in before if t.kind is TokenKind.COMPARISON]
    return " ".join((*comparison, describe_token(tokens, index))).rstrip(".")


def _kind_of(pairing: Pairing, at: int, other_at: int) -> ConflictKind:
    tokens = pairing.first[at], pairing.second[other_at]
    if any(token.kind is TokenKind.DATE for token in tokens):
        return ConflictKind.DATE
    if any(token.kind is TokenKind.IDENTIFIER for token in tokens):
        return ConflictKind.VERSION
    units = _find_unit(pairing.first, at), _find_unit(pairing.second, other_at)
    return ConflictKind.DURATION if all(map(_is_time, units)) else ConflictKind.FIGURE


def _find_unit(tokens: Sequence[Token], at: int) -> str:
    """Return the unit of a value, also behind an adjective: "5 unused days"; "" without one."""
    following = (find_unit(token.text) for token in tokens[at + 1 : at + 3])
    return tokens[at].unit or next(filter(None, following), "")


def _is_time(unit: str) -> bool:
    return convert(1.0, unit, to="second") is not None or convert(1.0, unit, to="month") is not None


def _unit_places(tokens: Sequence[Token], index: int) -> Iterator[int]:
    """Yield the places of the words of a value's unit."""
    for place in range(index + 1, min(index + 3, len(tokens))):
        if tokens[place].unit and tokens[place].value is None:
            yield place


def _are_comparable(pairing: Pairing, at: int, other_at: int) -> bool:
    """Return whether two values are of one kind and of the same thing."""
    token, other = pairing.first[at], pairing.second[other_at]
    if (token.kind is TokenKind.DATE) != (other.kind is TokenKind.DATE):
        return False
    if token.kind is TokenKind.DATE:
        parts = zip(token.key.split("-"), other.key.split("-"), strict=True)
        return all(bool(a.strip()) == bool(b.strip()) for a, b in parts)
    if TokenKind.IDENTIFIER in (token.kind, other.kind):
        return token.kind is other.kind and pairing.is_in_same_slot(at, other_at, reach=REACH)
    unit, other_unit = _find_unit(pairing.first, at), _find_unit(pairing.second, other_at)
    if unit and other_unit:
        is_same_kind = unit == other_unit or convert(1.0, unit, to=other_unit) is not None
        return is_same_kind or (_is_time(unit) and _is_time(other_unit))
    if unit or other_unit:
        return False
    return pairing.is_in_same_slot(at, other_at, reach=REACH)


def _are_compatible(pairing: Pairing, at: int, other_at: int) -> bool:
    """Return whether both values can be right: "at least 3" and "5", "about 5" and "5.2"."""
    token, other = pairing.first[at], pairing.second[other_at]
    if token.value is None or other.value is None:
        return token.kind is TokenKind.DATE and quantities.dates_agree(token.key, other.key)
    value = quantities.express(other.value, other.unit, to=token.unit)
    if value is None:
        return False
    bounds = _find_bound(pairing.first, at), _find_bound(pairing.second, other_at)
    approximate = "about" in bounds
    agree = quantities.values_agree(token.value, value, approximate=approximate)
    return agree or (not approximate and _bounds_hold(bounds, (token.value, value)))


def _bounds_hold(bounds: tuple[str, str], values: tuple[float, float]) -> bool:
    """Return whether two values with their bounds leave room for each other."""
    if bounds[0] == bounds[1]:
        return False
    if set(bounds) == {"least", "most"}:
        lower, upper = values if bounds[0] == "least" else values[::-1]
        return lower <= upper
    bound, exact = values if bounds[0] != "exact" else values[::-1]
    return exact >= bound if "least" in bounds else exact <= bound


def _find_bound(tokens: Sequence[Token], at: int) -> str:
    """Return the class of the comparison before a value, or right after it: "5 or more"."""
    near = (*tokens[max(0, at - 3) : at], *tokens[at + 1 : at + 4])
    keys = [token.key for token in near if token.kind is TokenKind.COMPARISON]
    return keys[0] if keys else "exact"


def _find_duties(pairing: Pairing) -> Iterator[Difference]:
    """Yield what must be done by one statement and need not or must not by the other."""
    duties = {marked.place: marked for marked in list_duties(pairing.first)}
    other_duties = {marked.place: marked for marked in list_duties(pairing.second)}
    for at, other_at in pairing.pairs:
        one, other = duties.get(at), other_duties.get(other_at)
        if one and other and frozenset({one.duty, other.duty}) in OPPOSED:
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
