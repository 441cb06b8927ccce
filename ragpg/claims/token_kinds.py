"""A token of a text, and its kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TokenKind(StrEnum):
    """What a token is."""

    WORD = "word"
    NAME = "name"
    IDENTIFIER = "identifier"
    QUANTITY = "quantity"
    DATE = "date"
    STOP_WORD = "stop word"
    NEGATION = "negation"
    MODAL = "modal"
    QUANTIFIER = "quantifier"
    COMPARISON = "comparison"
    BREAK = "break"


CONTENT = frozenset(
    {
        TokenKind.WORD,
        TokenKind.NAME,
        TokenKind.IDENTIFIER,
        TokenKind.QUANTITY,
        TokenKind.DATE,
    }
)
MARKERS = frozenset({TokenKind.NEGATION, TokenKind.MODAL, TokenKind.QUANTIFIER})


@dataclass(frozen=True, slots=True)
class Token:
    """A word, quantity or marker: `text` verbatim, `key` as it is compared.

    The key of a word is its stem, that of a date `YYYY-MM-DD` with spaces in place of missing
    parts, that of a marker its class. A quantity has a `value` and may have a `unit`, as
    has the word for it. A word that
    a particle follows has the `phrasal` verbs that it may be: "hand_in".
    """

    text: str
    kind: TokenKind
    key: str
    value: float | None = None
    unit: str | None = None
    phrasal: tuple[str, ...] = ()

    @property
    def is_content(self) -> bool:
        """Whether the token needs support: neither a marker nor a stop word nor punctuation."""
        return self.kind in CONTENT
