"""Alignment of a claim with a source: which token of one stands for which of the other. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ragpg.claims import quantities
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.claims.word_relations import SAME_WORD, word_similarity
from ragpg.text.units import convert

if TYPE_CHECKING:
    from collections.abc import Sequence

# Chosen by hand; `python -m benchmarks.claims` measures what they lead to (November 2026).
MAX_CANDIDATE_TOKENS = 12
"""Tokens of the source that are tried for a token of the claim."""
MAX_JUMP_COST = 0.3
"""Largest cost of two neighbours of the claim that are apart in the source."""
FREE_JUMP = 3
"""Tokens that a neighbour may be further on in the source at no cost."""


@dataclass(frozen=True)
class Alignment:
    """For each token of the claim the index of the source's token, and their similarity.

    Only content tokens are aligned; the index is -1 where there is none.
    """

    claim: tuple[Token, ...]
    source: tuple[Token, ...]
    partners: tuple[int, ...]
    similarities: tuple[float, ...]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """The indices of aligned tokens in claim and source, in the claim's order."""
        return [(index, at) for index, at in enumerate(self.partners) if at >= 0]

    @cached_property
    def aligned_claim(self) -> frozenset[int]:
        """The indices of the claim's tokens that are aligned."""
        return frozenset(index for index, _ in self.pairs)

    @cached_property
    def aligned_source(self) -> frozenset[int]:
        """The indices of the source's tokens that are aligned."""
        return frozenset(at for _, at in self.pairs)


def token_similarity(claimed: Token, stated: Token, *, approximate: bool) -> float:
    """Return how well a token of the source says what one of the claim says, 0…1."""
    if claimed.value is not None:
        agrees = _quantities_agree(claimed, stated, approximate=approximate)
        return SAME_WORD if agrees else 0.0
    if TokenKind.DATE in (claimed.kind, stated.kind):
        are_dates = claimed.kind is stated.kind
        agrees = are_dates and quantities.dates_agree(claimed.key, stated.key)
        return SAME_WORD if agrees else 0.0
    if TokenKind.IDENTIFIER in (claimed.kind, stated.kind):
        return SAME_WORD if claimed.key == stated.key else 0.0
    if stated.kind not in (TokenKind.WORD, TokenKind.NAME):
        return 0.0
    if claimed.key == stated.key or _are_convertible(claimed, stated):
        return SAME_WORD
    return _compare_words(claimed, stated)


def _compare_words(claimed: Token, stated: Token) -> float:
    """Return how well a word of the source says what one of the claim says, alone or phrasal."""
    if not claimed.phrasal and not stated.phrasal:
        return word_similarity(claimed.text.casefold(), stated.text.casefold())
    return max(
        word_similarity(first, second)
        for first in (claimed.text.casefold(), *claimed.phrasal)
        for second in (stated.text.casefold(), *stated.phrasal)
    )


def _are_convertible(claimed: Token, stated: Token) -> bool:
    """Return whether two words are units of one dimension: what counts are the amounts."""
    units = claimed.unit, stated.unit
    return None not in units and convert(1.0, units[1] or "", to=units[0] or "") is not None


def _quantities_agree(claimed: Token, stated: Token, *, approximate: bool) -> bool:
    """Return whether two quantities are the same amount, or a year is that of a date."""
    if stated.kind is TokenKind.DATE:
        return claimed.unit in (None, "year") and claimed.key in stated.key.split("-")
    if stated.value is None:
        return False
    value = quantities.express(stated.value, stated.unit, to=claimed.unit)
    return value is not None and quantities.values_agree(
        claimed.value or 0.0, value, approximate=approximate
    )


def align(claim: Sequence[Token], source: Sequence[Token]) -> Alignment:
    """Find the source's token for each of the claim's; neighbours stay together where they can.

    Finds the path of least cost through the candidates of the tokens (Viterbi).
    """
    indices = [index for index, token in enumerate(claim) if token.is_content]
    content = [(at, token) for at, token in enumerate(source) if token.is_content]
    options: list[list[tuple[int, float]]] = []
    for index in indices:
        approximate = is_approximate(claim, index)
        candidates = [
            (at, similarity)
            for at, token in content
            if (similarity := token_similarity(claim[index], token, approximate=approximate))
        ]
        options.append([*candidates[:MAX_CANDIDATE_TOKENS], (-1, 0.0)])
    partners, similarities = [-1] * len(claim), [0.0] * len(claim)
    for index, (at, similarity) in zip(indices, _find_best_path(options), strict=True):
        partners[index], similarities[index] = at, similarity
    return Alignment(tuple(claim), tuple(source), tuple(partners), tuple(similarities))


def is_approximate(claim: Sequence[Token], index: int) -> bool:
    """Return whether a comparison such as "about" is before a quantity."""
    before = claim[max(0, index - 3) : index]
    return any(t.kind is TokenKind.COMPARISON and t.key != "exact" for t in before)


def _find_best_path(options: list[list[tuple[int, float]]]) -> list[tuple[int, float]]:
    """Return one candidate per token, so that they are similar and close to each other."""
    rows: list[list[tuple[float, int, int]]] = []  # score, index of the previous, last position
    for step, candidates in enumerate(options):
        row = []
        for at, similarity in candidates:
            if step == 0:
                row.append((similarity, -1, at))
                continue
            best = (-1.0, 0, -1)
            for previous, (score, _, last) in enumerate(rows[-1]):
                gain = score + (similarity - _jump_cost(last, at) if at >= 0 else 0.0)
                if gain > best[0]:
                    best = (gain, previous, at if at >= 0 else last)
            row.append(best)
        rows.append(row)
    path: list[tuple[int, float]] = []
    if not rows:
        return path
    index = max(range(len(rows[-1])), key=lambda candidate: rows[-1][candidate][0])
    for step in range(len(options) - 1, -1, -1):
        path.append(options[step][index])
        index = rows[step][index][1]
    return path[::-1]


def _jump_cost(last: int, at: int) -> float:
    """Return the cost of a token at `at` after one at `last`, more for going back."""
    if last < 0:
        return 0.0
    if at == last:
        return MAX_JUMP_COST
    gap = at - last
    if 0 < gap <= FREE_JUMP:
        return 0.0
    return min(MAX_JUMP_COST, 0.02 * abs(gap) + (0.05 if gap < 0 else 0.0))
