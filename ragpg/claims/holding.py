"""How much of a claim one sentence, item or row says, and what of it says otherwise. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.claims import markers, places, rows
from ragpg.claims.alignment import align, is_rough, likeness
from ragpg.claims.faults import Fault, phrase
from ragpg.claims.finding import Finding
from ragpg.claims.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.claims.evidence import Unit

TAKEN = 2.0
"""What it counts that a sentence lacks a word which the passages use elsewhere."""
AROUND = 0.9
"""What it counts that a word stands in title, headings or lead-in only."""
OPENERS = (
    ["regarding"],
    ["concerning"],
    ["as", "for"],
    ["as", "to"],
    ["with", "regard", "to"],
    ["with", "respect", "to"],
)
"""What a claim begins with that names its topic first."""
_WEIGHTS = {Kind.FIGURE: 1.5, Kind.DATE: 1.5, Kind.NAME: 1.5, Kind.WORD: 1.0}


def weight(token: Token) -> float:
    """How much it counts that a token of the claim is held."""
    return _WEIGHTS.get(token.kind, 0.0)


def against(claim: Sequence[Token], unit: Unit, known: frozenset[str]) -> Finding:
    """Hold a claim against one unit of passages that know some words."""
    start, strange = _topic(claim, unit)
    claim = claim[start:]
    found = align(claim, unit.tokens)
    first = next((index for index, at in enumerate(found.partner) if at >= 0), len(claim))
    total = held = own = 0.0
    missing: list[str] = []
    absent: list[Fault] = []
    for index, token in enumerate(claim):
        if not token.is_content:
            continue
        fit = found.fit[index] or _in_context(claim, index, unit, leads=index < first)
        taken = not fit and token.kind is Kind.WORD and token.key in known
        total += weight(token) * (TAKEN if taken else 1.0)
        own += weight(token) * found.fit[index]
        held += weight(token) * fit
        if not fit:
            missing.append(phrase(claim, index))
            if token.kind is not Kind.WORD:
                absent.append(Fault(phrase(claim, index), ""))
    wrong = [*places.opposites(found), *markers.faults(found)]
    wrong += rows.faults(claim, unit) if unit.table else places.faults(found)
    if not unit.table:
        wrong += places.substitutes(found, known)
    if strange:
        wrong.append(Fault(" ".join(token.text for token in strange), ""))
    said = {fault.claimed for fault in wrong}
    wrong += [fault for fault in absent if fault.claimed not in said]
    total = total or 1.0
    return Finding(held / total, own / total, (unit,), tuple(wrong), tuple(missing))


def _topic(claim: Sequence[Token], unit: Unit) -> tuple[int, list[Token]]:
    """Where a claim goes on that names its topic first, if that is what a unit stands under.

    "As for leave, …" is about leave, and so is what follows "Leave: ". With it comes what a topic
    that is called one has of words that the unit neither holds nor stands under.
    """
    stop = next((i for i, token in enumerate(claim) if token.kind is Kind.BREAK), 0)
    content = [index for index in range(stop) if claim[index].is_content]
    words = [token.text.casefold() for token in claim[:stop]]
    called = any(words[: len(opener)] == opener for opener in OPENERS)
    if not content or not (called or claim[stop].text == ":"):
        return 0, []
    strange = [i for i in content if not _in_context(claim, i, unit, leads=True)]
    if not strange:
        return stop + 1, []
    unknown = [claim[index] for index in strange if claim[index].key not in unit.keys]
    return 0, unknown if called else []


def _in_context(claim: Sequence[Token], index: int, unit: Unit, *, leads: bool) -> float:
    """How well title, headings or lead-in say a token, or the row's cells taken together.

    A subject may stand in the sentences before one that refers to them.
    """
    token = claim[index]
    if unit.table and token.key in rows.FILLING:
        return 1.0
    if rows.explains(claim, index, unit):
        return AROUND
    if unit.table and token.key in rows.UP | rows.DOWN and len(unit.table.cells) > 2:
        return AROUND
    near = is_rough(claim, index)
    known = (*unit.context, *unit.before) if leads or unit.table else unit.context
    best = max((likeness(token, other, roughly=near) for other in known), default=0.0)
    return best * AROUND
