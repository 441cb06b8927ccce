"""Which word of a source stands for which word of a claim. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from ragpg.claims import figures
from ragpg.claims.lexicon import are_opposites, are_synonyms
from ragpg.claims.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

SAME, FORM, SYNONYM = 1.0, 0.85, 0.9
ENDINGS = frozenset(
    """
    abl al anc ant ar at enc ent er ibl ic if ion is ism ist iti iv iz ment or ous ur
    """.split()  # noqa: SIM905 - far easier to read
)
"""What derives a word from another one, as stems end: optimal and optimize are forms of one, but
wireless and wireline are two."""
MOST = 12
"""Candidates for a token, at most."""
JUMP = 0.3
"""What it costs at most that two neighbours don't stand together in the source."""


@dataclass(frozen=True)
class Alignment:
    """For each token of the claim, the index of the source's token and how well it fits.

    Only content tokens are aligned; -1 stands for none.
    """

    claim: tuple[Token, ...]
    source: tuple[Token, ...]
    partner: tuple[int, ...]
    fit: tuple[float, ...]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """The indices of the tokens that say the same, in the claim's order."""
        return [(index, at) for index, at in enumerate(self.partner) if at >= 0]

    @cached_property
    def held(self) -> frozenset[int]:
        """The claim's tokens that one of the source's stands for."""
        return frozenset(index for index, _ in self.pairs)

    @cached_property
    def used(self) -> frozenset[int]:
        """The source's tokens that stand for one of the claim's."""
        return frozenset(at for _, at in self.pairs)


def likeness(claimed: Token, known: Token, *, roughly: bool) -> float:
    """How well a token of the source says what one of the claim says, 0…1."""
    if claimed.value is not None:
        return SAME if _same_figure(claimed, known, roughly=roughly) else 0.0
    if Kind.DATE in (claimed.kind, known.kind):
        dates = claimed.kind is known.kind
        return SAME if dates and figures.agree(claimed.key, known.key) else 0.0
    if known.kind not in (Kind.WORD, Kind.NAME):
        return 0.0
    return _same_word(claimed.key, known.key)


def _same_figure(claimed: Token, known: Token, *, roughly: bool) -> bool:
    """Whether a figure is the same amount, or a year that a date names."""
    if known.kind is Kind.DATE:
        return claimed.unit in (None, "year") and claimed.key in known.key.split("-")
    if known.value is None or not _units_agree(claimed, known):
        return False
    return figures.matches(claimed.value or 0.0, known.value, roughly=roughly)


@lru_cache(maxsize=100_000)
def _same_word(one: str, other: str) -> float:
    if one == other:
        return SAME
    if are_synonyms(one, other):
        return SYNONYM
    if one[:5] != other[:5] or len(one) < 5:
        return 0.0
    pairs = zip(one, other, strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    endings = one[shared:], other[shared:]
    derived = min(map(len, endings)) < 2 or not ENDINGS.isdisjoint(endings)
    alike = shared >= 0.6 * max(len(one), len(other)) and derived
    return FORM if alike and not are_opposites(one, other) else 0.0


def _units_agree(claimed: Token, known: Token) -> bool:
    """Whether two figures are of the same unit, as far as both have one."""
    if known.unit == "percent" and claimed.unit is None:
        return False
    return claimed.unit is None or known.unit is None or claimed.unit == known.unit


def align(claim: Sequence[Token], source: Sequence[Token]) -> Alignment:
    """Find the source's token for each of the claim's; neighbours stay together where they can.

    A path of least cost through the candidates of one claim token after the other (Viterbi).
    """
    places = [index for index, token in enumerate(claim) if token.is_content]
    known = [(index, token) for index, token in enumerate(source) if token.is_content]
    options: list[list[tuple[int, float]]] = []
    for index in places:
        near = is_rough(claim, index)
        found = [
            (at, fit) for at, token in known if (fit := likeness(claim[index], token, roughly=near))
        ]
        options.append([*found[:MOST], (-1, 0.0)])
    chosen = _path(options)
    partner, fits = [-1] * len(claim), [0.0] * len(claim)
    for index, (at, value) in zip(places, chosen, strict=True):
        partner[index], fits[index] = at, value
    return Alignment(tuple(claim), tuple(source), tuple(partner), tuple(fits))


def is_rough(claim: Sequence[Token], index: int) -> bool:
    """Whether "about" or the like stands before a figure."""
    return any(token.kind is Kind.COMPARISON for token in claim[max(0, index - 3) : index])


def _path(options: list[list[tuple[int, float]]]) -> list[tuple[int, float]]:
    """The best sequence of candidates: good fits without great jumps."""
    scores: list[list[tuple[float, int, int]]] = []  # value, index of the one before, last place
    for step, candidates in enumerate(options):
        row = []
        for at, fit in candidates:
            if step == 0:
                row.append((fit, -1, at))
                continue
            best = (-1.0, 0, -1)
            for before, (value, _, last) in enumerate(scores[-1]):
                gain = value + (fit - _jump(last, at) if at >= 0 else 0.0)
                if gain > best[0]:
                    best = (gain, before, at if at >= 0 else last)
            row.append(best)
        scores.append(row)
    chosen: list[tuple[int, float]] = []
    if not scores:
        return chosen
    index = max(range(len(scores[-1])), key=lambda each: scores[-1][each][0])
    for step in range(len(options) - 1, -1, -1):
        chosen.append(options[step][index])
        index = scores[step][index][1]
    return chosen[::-1]


def _jump(last: int, at: int) -> float:
    if last < 0:
        return 0.0
    if at == last:
        return JUMP
    gap = at - last
    return 0.0 if 0 < gap <= 3 else min(JUMP, 0.02 * abs(gap) + (0.05 if gap < 0 else 0.0))
