"""What contradicts a claim in the source that it was aligned with, in words for a reader. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence


class Fault(NamedTuple):
    """What a claim says, and what the source says instead; either may be missing."""

    claimed: str
    known: str


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
