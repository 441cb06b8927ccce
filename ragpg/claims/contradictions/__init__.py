"""Contradictions between a claim and the source that it was aligned with, by kind. Pure.

- `subject`: the source says it of something else.
- `substitution`: another word, name or number in the same place.
- `modality`: other negations, modal words, quantifiers or comparisons.
- `table`: another row or column, or a trend that the cells do not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.tokens import Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Sequence


class Contradiction(NamedTuple):
    """What a claim says and what the source says instead, in words; either may be empty."""

    claimed: str
    stated: str


def join_texts(tokens: Sequence[Token]) -> str:
    """Return the texts of tokens, with spaces between them."""
    return " ".join(token.text for token in tokens)


def describe_token(tokens: Sequence[Token], index: int) -> str:
    """Return a token's text; a number with the word after it: "5 weeks"."""
    end = index + 1
    if tokens[index].value is not None and end < len(tokens):
        end += tokens[end].kind in (TokenKind.WORD, TokenKind.NAME)
    return join_texts(tokens[index:end])
