"""Figures, durations, dates and versions that two aligned statements have differently. Pure."""

from __future__ import annotations

import re
from itertools import pairwise, product
from typing import TYPE_CHECKING

from ragpg.claims import quantities
from ragpg.claims.contradictions import describe_token
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.conflicts.pairing import REACH, Difference
from ragpg.lexicon.qualifiers import NUMBERED
from ragpg.text.units import convert, find_unit
from ragpg.types import ConflictKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.conflicts.pairing import Pairing

MAX_RANGE = 2
"""Tokens from the first to the second value of a range."""
_VERSION = re.compile(r"v?\d+(?:\.\d+)+[\w.-]*")


def is_value(token: Token) -> bool:
    """Return whether a token is a quantity, a date or the number of a version."""
    is_version = token.kind is TokenKind.IDENTIFIER and _VERSION.fullmatch(token.text)
    return token.value is not None or token.kind is TokenKind.DATE or bool(is_version)


def find_values(pairing: Pairing) -> Difference | tuple[()] | None:
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
