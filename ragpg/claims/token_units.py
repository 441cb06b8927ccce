"""What words after a token add to it: the unit of a quantity, the particle of a verb. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ragpg.claims import quantities
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.text import thesaurus
from ragpg.text.stems import stem
from ragpg.text.units import find_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTICLES = frozenset("in out up down on off away back over through".split())  # noqa: SIM905 - far easier to read


def attach_units(tokens: Sequence[Token]) -> list[Token]:
    """Give every quantity the unit that follows it; a range ("3 to 5 days") shares its unit.

    The words of the unit are compared by its name.
    """
    attached = list(tokens)
    for index, token in enumerate(tokens):
        if token.value is None or token.unit is not None:
            continue
        before = tokens[index - 1].text if index else ""
        unit, last = _find_following_unit(tokens, index, before=before)
        if unit is None and before.isupper():
            unit = find_unit(before)  # "EUR 20"
        attached[index] = replace(token, unit=unit)
        if unit and last:
            attached[last] = make_unit(tokens[last].text, unit)
    return attached


def attach_particles(tokens: Sequence[Token]) -> list[Token]:
    """Give every word the phrasal verbs that it and a particle after it may be."""
    end = Token("", TokenKind.BREAK, "")
    return [
        replace(token, phrasal=_make_phrasal(token.text.casefold(), following.text.casefold()))
        if token.kind is TokenKind.WORD and following.text.casefold() in PARTICLES
        else token
        for token, following in pairwise((*tokens, end))
    ]


@lru_cache(maxsize=20_000)
def _make_phrasal(word: str, particle: str) -> tuple[str, ...]:
    return tuple(f"{lemma}_{particle}" for lemma in thesaurus.lemmas(word))


def make_unit(text: str, unit: str) -> Token:
    """Return the token of a unit's last word or sign, with the unit's name as its key."""
    unit = "minute" if unit == "m" else unit  # documents write "30m" of time more often
    return Token(text, TokenKind.WORD, stem(unit.rpartition("_")[2]), unit=unit)


def _find_following_unit(
    tokens: Sequence[Token], index: int, *, before: str
) -> tuple[str | None, int]:
    """Return the unit that follows a quantity and the index of its last word."""
    following = tokens[index + 1 : index + 6]
    for step, token in enumerate(following[:4]):
        for size in (3, 2, 1):
            words = following[step : step + size]
            name = " ".join(word.text for word in words)
            unit = find_unit(name)
            is_next = step == 0 and quantities.is_unit_of(
                name, number=tokens[index].text, before=before.casefold()
            )
            if unit and (
                is_next or (step and following[0].kind in (TokenKind.QUANTITY, TokenKind.STOP_WORD))
            ):
                return unit, index + step + len(words)
        if token.kind not in (TokenKind.QUANTITY, TokenKind.STOP_WORD, TokenKind.COMPARISON):
            break
    return None, 0
