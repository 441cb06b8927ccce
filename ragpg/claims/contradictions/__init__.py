"""Contradictions between a claim and the source that it was aligned with, by kind. Pure.

- `subject`: the source says it of something else.
- `role`: two words have changed places around others that keep theirs.
- `exchange`: two things have changed places around a negation, or their values have.
- `substitution`: another word, name or number in the same place.
- `modality`: other negations, modal words, quantifiers or comparisons.
- `table`: another row or column, or a trend that the cells do not have.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.text.units import find_unit

if TYPE_CHECKING:
    from collections.abc import Sequence


class Kind(StrEnum):
    """What kind of words speak against a claim."""

    SUBJECT = "subject"
    KNOWN_SUBJECT = "known subject"
    ROLE = "role"
    ANTONYM = "antonym"
    VALUE = "value"
    NAME = "name"
    BORROWED_WORD = "borrowed word"
    NEGATION = "negation"
    MODALITY = "modality"
    QUANTIFIER = "quantifier"
    CONDITION = "condition"
    TABLE = "table"
    MISSING = "missing"


class Contradiction(NamedTuple):
    """What a claim says and what the source says instead, in words; either may be empty."""

    claimed: str
    stated: str
    kind: Kind


def join_texts(tokens: Sequence[Token]) -> str:
    """Return the texts of tokens, with spaces between them."""
    return " ".join(token.text for token in tokens)


def describe_token(tokens: Sequence[Token], index: int) -> str:
    """Return a token's text; a number with the words after it: "5 weeks", "5 unused days"."""
    end = index + 1
    if tokens[index].value is not None:
        following = [t for t in tokens[end : end + 2] if t.kind in (TokenKind.WORD, TokenKind.NAME)]
        has_unit = len(following) == 2 and find_unit(following[1].text)
        end += 2 if has_unit else min(1, len(following))
    return join_texts(tokens[index:end])
