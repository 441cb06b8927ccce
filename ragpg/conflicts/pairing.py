"""Which token of one statement is which of another one, and what both leave over. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.alignment import align

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.claims.token_kinds import Token
    from ragpg.conflicts.statements import Statement
    from ragpg.types import ConflictKind

REACH = 4
"""Most tokens from a value or a name to the word that it belongs to."""


@dataclass(frozen=True)
class Pairing:
    """The tokens of two statements, and for each pair of tokens that mean the same their places."""

    first: tuple[Token, ...]
    second: tuple[Token, ...]
    pairs: tuple[tuple[int, int], ...]

    @cached_property
    def first_unpaired(self) -> list[int]:
        """The places of the first statement's content tokens that the second one lacks."""
        return _list_unpaired(self.first, {at for at, _ in self.pairs})

    @cached_property
    def second_unpaired(self) -> list[int]:
        """The places of the second statement's content tokens that the first one lacks."""
        return _list_unpaired(self.second, {at for _, at in self.pairs})

    def is_in_same_slot(self, at: int, other_at: int, *, reach: int) -> bool:
        """Return whether two tokens have a neighbour in common on the same side."""
        near = range(at - reach, at + reach + 1)
        other_near = range(other_at - reach, other_at + reach + 1)
        return any(
            first in near and second in other_near and (first < at) == (second < other_at)
            for first, second in self.pairs
        )

    def are_exchanged(self, at: int, other_at: int) -> bool:
        """Return whether two tokens stand between the same neighbours, or an end and one."""
        pairs = set(self.pairs)
        sides = (
            (_find_neighbour(self.first, at, step), _find_neighbour(self.second, other_at, step))
            for step in (-1, 1)
        )
        return all(side == (None, None) or side in pairs for side in sides)


class Difference(NamedTuple):
    """What each of two statements says, and the places of the tokens that this is about."""

    kind: ConflictKind
    first_says: str
    second_says: str
    first_places: frozenset[int]
    second_places: frozenset[int]


def pair_tokens(first: Statement, second: Statement) -> Pairing:
    """Align two statements; a token that stands twice in one of them counts once."""
    alignment = align(first.tokens, second.tokens)
    pairs = list(alignment.pairs)
    taken = {at for _, at in pairs}
    by_key = {first.tokens[at].key: at for at, _ in pairs}
    for other_at, token in enumerate(second.tokens):
        if token.is_content and other_at not in taken and token.key in by_key:
            pairs.append((by_key[token.key], other_at))
    return Pairing(first.tokens, second.tokens, tuple(pairs))


def _list_unpaired(tokens: Sequence[Token], paired: set[int]) -> list[int]:
    return [i for i, token in enumerate(tokens) if token.is_content and i not in paired]


def _find_neighbour(tokens: Sequence[Token], at: int, step: int) -> int | None:
    """Return the place of the content token before or after another one, None at an end."""
    places = range(at + step, len(tokens) if step > 0 else -1, step)
    return next((place for place in places if tokens[place].is_content), None)
