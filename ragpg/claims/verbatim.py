"""Whether a source says a claim in the same words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.claims.token_kinds import MARKERS, Token, TokenKind
from ragpg.claims.word_relations import SAME_WORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.claims.alignment import Alignment

MIN_VERBATIM = 3
"""Content words of a claim that a source can say in the same words."""
CONDITIONS = frozenset({"if", "when", "unless", "until", "once", "while", "without", "except"})
"""Words before what a statement depends on."""


def is_verbatim(alignment: Alignment) -> bool:
    """Return whether the source says a claim in the same words, and names no condition."""
    source = alignment.source
    content = [at for at, token in enumerate(alignment.claim) if token.is_content]
    places = [alignment.partners[at] for at in content]
    if len(content) < MIN_VERBATIM or min(places) < 0 or places != sorted(places):
        return False
    if any(alignment.similarities[at] < SAME_WORD for at in content):
        return False
    between = [source[at] for at in range(places[0], places[-1]) if at not in places]
    if any(token.is_content or token.text == "|" for token in between):
        return False
    is_qualified = bool(_list_conditions(source) - _list_conditions(alignment.claim))
    return not is_qualified and _list_markers(between) == _list_markers(
        alignment.claim[content[0] : content[-1]]
    )


def _list_conditions(tokens: Sequence[Token]) -> set[str]:
    return {token.text.casefold() for token in tokens} & CONDITIONS


def _list_markers(tokens: Sequence[Token]) -> set[str]:
    return {token.key for token in tokens if token.kind in (*MARKERS, TokenKind.COMPARISON)}
