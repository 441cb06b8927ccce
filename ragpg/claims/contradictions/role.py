"""Two words that have changed places: "samples as rows" for "rows as samples". Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ragpg.claims.contradictions import Contradiction, Kind, join_texts
from ragpg.claims.token_kinds import TokenKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.claims.alignment import Alignment
    from ragpg.claims.token_kinds import Token

MIN_SIMILARITY = 0.85
"""Similarity from which a word is taken to be the source's. Chosen by hand."""
MIN_ALIGNED_SHARE = 0.75
"""Share of a claim's content that the source must have: a freer text has an order of its own."""
MAX_OBJECT_DISTANCE = 3
"""Tokens from a verb to its object. Chosen by hand."""
SUBJECTS = frozenset({"it", "they", "he", "she", "we", "you", "i"})
_PASSIVE = frozenset({"by", "from", "of"})
"""Words that may turn a sentence round: "led by Anna" is "Anna led"."""
SYMMETRIC = frozenset({*("and", "or", "nor", "is", "are", "the", "a", "an"), *(",", "|", "(", ")")})
"""Words around which things may change places: "A and B" is "B and A"."""


def find_swapped_words(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield a word that has changed places with another one around a third that is between them.

    A part that has moved as a whole, and a passive, keep their meaning.
    """
    yield from _find_swap_around_the_same(alignment)
    yield from _find_swap_with_pronoun(alignment)
    claim, source = alignment.claim, alignment.source
    pairs = [(i, at) for i, at in alignment.pairs if alignment.similarities[i] >= MIN_SIMILARITY]
    content = sum(token.is_content for token in claim)
    if len(pairs) < 3 or len(pairs) < MIN_ALIGNED_SHARE * content:
        return
    places = [at for _, at in pairs]
    in_claim = _count_passives(claim[pairs[0][0] : pairs[-1][0]])
    turned = in_claim != _count_passives(source[min(places) : max(places)])
    for place in range(1, len(pairs) - 1):
        at = pairs[place][1]
        before = [pair for pair in pairs[:place] if pair[1] > at]
        after = [pair for pair in pairs[place + 1 :] if pair[1] < at]
        if not before or not after or turned:
            continue
        first, last = before[-1][0], after[0][0]
        if _are_exchangeable(claim[first], claim[last]):
            yield _describe_swap(alignment, first, last)
            return


def _find_swap_around_the_same(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield two words that have changed places around words that are the same in both.

    "A and B" means "B and A"; "A, not B" does not mean "B, not A".
    """
    claim, source = alignment.claim, alignment.source
    for (first, first_at), (last, last_at) in pairwise(alignment.pairs):
        between = [token.text.casefold() for token in claim[first + 1 : last]]
        stated = [token.text.casefold() for token in source[last_at + 1 : first_at]]
        if between != stated or SYMMETRIC.issuperset(between):
            continue
        if _are_exchangeable(claim[first], claim[last]):
            yield _describe_swap(alignment, first, last)
            return


def _find_swap_with_pronoun(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield what does something in the claim, and has it done to it by a pronoun in the source.

    "The worker calls the server" is not what "it calls the worker" says.
    """
    claim, source = alignment.claim, alignment.source
    for index, at in alignment.pairs:
        subject = alignment.partners[index - 1] if index else -1
        is_object = at < subject <= at + MAX_OBJECT_DISTANCE
        pronouns = [t for t in source[max(0, at - 2) : at] if t.text.casefold() in SUBJECTS]
        if is_object and pronouns and not _count_passives(source[at:subject]):
            stated = join_texts([pronouns[-1], *source[at : subject + 1]])
            yield Contradiction(join_texts(claim[index - 1 : index + 1]), stated, Kind.ROLE)
            return


def _describe_swap(alignment: Alignment, first: int, last: int) -> Contradiction:
    """Return what the claim says from one word to another, and the source the other way round."""
    stated = alignment.source[alignment.partners[last] : alignment.partners[first] + 1]
    claimed = join_texts(alignment.claim[first : last + 1])
    return Contradiction(claimed, join_texts(stated), Kind.ROLE)


def _count_passives(tokens: Sequence[Token]) -> int:
    return sum(token.text.casefold() in _PASSIVE for token in tokens)


def _are_exchangeable(first: Token, second: Token) -> bool:
    """Return whether two words may stand for things of one kind, none of them a value."""
    return first.key != second.key and all(
        token.kind in (TokenKind.WORD, TokenKind.NAME, TokenKind.IDENTIFIER)
        for token in (first, second)
    )
