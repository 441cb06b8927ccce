"""How well passages say what a claim says, and what stands against it. Pure.

A claim is held against one sentence, item or row at a time, read with its title, headings and
lead-in. Where none holds it all, it is divided at a comma or a conjunction, and each part needs
a sentence of its own: the subject of one with the predicate of another is no support.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.claims import rows
from ragpg.claims.alignment import align, is_rough, likeness
from ragpg.claims.evidence import Unit, units
from ragpg.claims.faults import Fault, faults, phrase
from ragpg.claims.tokens import Kind, Token, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ragpg.types import Hit

ENOUGH = 0.72
"""The share of a claim's content that a sentence must hold."""
WHOLE = 0.9
"""The share from which a claim is not divided."""
TRIED = 4
"""Sentences that a claim is aligned with, those that share most words with it."""
SHORTEST = 3
"""Content words of a part."""
_WEIGHTS = {Kind.FIGURE: 1.5, Kind.DATE: 1.5, Kind.NAME: 1.5, Kind.WORD: 1.0}
_AT_CONTEXT = 0.95


@dataclass(frozen=True, slots=True)
class Finding:
    """The best that a source says for a claim: `held` is the share of it, 0…1."""

    held: float
    units: tuple[Unit, ...]
    faults: tuple[Fault, ...]
    missing: tuple[str, ...]

    @property
    def supports(self) -> bool:
        """Whether the claim stands."""
        return self.held >= ENOUGH and not self.faults

    @property
    def score(self) -> float:
        """Rank among all claims, 0…1; at least a half where the claim stands."""
        if self.faults:
            return 0.35 * self.held
        if self.held < ENOUGH:
            return 0.49 * self.held / ENOUGH
        return 0.5 + 0.5 * (self.held - ENOUGH) / (1 - ENOUGH)


NOTHING = Finding(0.0, (), (), ())


def find(text: str, hits: Iterable[Hit]) -> Finding:
    """Find what the passages together say for a claim."""
    claim = tokens(text)
    pool = [unit for hit in hits for unit in units(hit)]
    if not pool or not any(token.is_content for token in claim):
        return NOTHING
    return _divided(claim, pool, depth=2)


def _divided(claim: Sequence[Token], pool: Sequence[Unit], *, depth: int) -> Finding:
    """The best finding for a claim as a whole, or for its parts together."""
    whole = _whole(claim, pool)
    if depth == 0 or (whole.held >= WHOLE and not whole.faults):
        return whole
    best = whole
    for cut in _cuts(claim):
        parts = [claim[:cut], claim[cut:]]
        left, right = (_whole(part, pool) for part in parts)
        if min(left.held, right.held) < ENOUGH or left.faults or right.faults:
            continue
        found = _together(left, right, claim, cut)
        if found.held > best.held or (best.faults and not found.faults):
            best = found
    return best


def _together(left: Finding, right: Finding, claim: Sequence[Token], cut: int) -> Finding:
    one = sum(weight(t) for t in claim[:cut])
    other = sum(weight(t) for t in claim[cut:])
    held = (left.held * one + right.held * other) / (one + other)
    return Finding(held, (*left.units, *right.units), (), (*left.missing, *right.missing))


def _cuts(claim: Sequence[Token]) -> list[int]:
    """Where a claim may be divided: at a comma, a semicolon, or a conjunction."""
    found = []
    for index, token in enumerate(claim):
        joins = token.kind is Kind.BREAK or token.text.casefold() in ("and", "or", "while", "but")
        before = sum(each.is_content for each in claim[:index])
        behind = sum(each.is_content for each in claim[index:])
        if joins and min(before, behind) >= SHORTEST:
            found.append(index)
    return found


def _whole(claim: Sequence[Token], pool: Sequence[Unit]) -> Finding:
    """The best finding for a claim held against one unit after the other."""
    keys = {token.key for token in claim if token.is_content}
    shares = [(_shared(keys, unit), index) for index, unit in enumerate(pool)]
    nearest = sorted(shares, key=lambda pair: (-pair[0], pair[1]))[:TRIED]
    found = [against(claim, pool[index]) for _, index in nearest]
    return max(found, key=lambda each: each.held - 0.1 * bool(each.faults))


def _shared(keys: set[str], unit: Unit) -> float:
    context = {token.key for token in unit.context if token.is_content}
    own = len(keys & unit.keys)
    return own + 0.4 * len((keys - unit.keys) & context)


def weight(token: Token) -> float:
    """How much it counts that a token of the claim is held."""
    return _WEIGHTS.get(token.kind, 0.0)


def against(claim: Sequence[Token], unit: Unit) -> Finding:
    """Hold a claim against one unit."""
    found = align(claim, unit.tokens)
    total = held = 0.0
    missing: list[str] = []
    absent: list[Fault] = []
    for index, token in enumerate(claim):
        if not token.is_content:
            continue
        total += weight(token)
        fit = found.fit[index] or _in_context(claim, index, unit)
        held += weight(token) * fit
        if not fit:
            missing.append(phrase(claim, index))
            if token.kind is not Kind.WORD:
                absent.append(Fault(phrase(claim, index), ""))
    wrong = [*faults(found), *rows.faults(claim, unit)]
    said = {fault.claimed for fault in wrong}
    wrong += [fault for fault in absent if fault.claimed not in said]
    return Finding(held / total if total else 0.0, (unit,), tuple(wrong), tuple(missing))


def _in_context(claim: Sequence[Token], index: int, unit: Unit) -> float:
    """How well title, headings or lead-in say a token, or the row's cells taken together."""
    token = claim[index]
    if rows.explains(claim, token, unit):
        return _AT_CONTEXT
    if unit.table and token.key in rows.UP | rows.DOWN and len(unit.table.cells) > 2:
        return _AT_CONTEXT
    near = is_rough(claim, index)
    best = max((likeness(token, other, roughly=near) for other in unit.context), default=0.0)
    return best * _AT_CONTEXT


