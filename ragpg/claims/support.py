"""How well passages say what a claim says, and what stands against it. Pure.

A claim is held against one sentence, item or row at a time, read with its title, headings and
lead-in. Where none holds it all, it is divided at a comma or a conjunction, and each part needs
a sentence of its own: the subject of one with the predicate of another is no support.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ragpg.claims import places
from ragpg.claims.alignment import align
from ragpg.claims.evidence import units, vocabulary
from ragpg.claims.finding import NOTHING, Finding
from ragpg.claims.holding import against, weight
from ragpg.claims.lexicon import groups
from ragpg.claims.tokens import Kind, Token, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from ragpg.claims.evidence import Unit
    from ragpg.types import Hit

WHOLE = 0.9
"""The share from which a claim that stands is not divided."""
REACHED = 0.6
"""The share below which no closer look is taken; it is less than ENOUGH, as words have forms."""
NEARLY = 0.8
"""The share in a sentence's own words from which no other one has a say."""
TRIED = 4
"""Sentences that a claim is aligned with, those that share most words with it."""
LONGEST = 300
"""Tokens of a claim that are looked at."""
CUTS = 12
"""Places where a claim is divided, at most."""
DEEPEST = 3
"""Divisions of one claim."""
SHORTEST = 3
"""Content words of a part."""
COUNTED = (Kind.FIGURE, Kind.DATE)


def find(text: str, hits: Sequence[Hit], *, among: Sequence[Hit] = ()) -> Finding:
    """Find what passages together say for a claim, `among` others whose words they share."""
    claim = tokens(text)[:LONGEST]
    pool = [unit for hit in hits for unit in units(hit)]
    if not pool or not any(token.is_content for token in claim):
        return NOTHING
    known = frozenset().union(*(unit.keys for hit in (*hits, *among) for unit in units(hit)))
    found = _divided(claim, pool, known, deeper=DEEPEST)
    content = [token for token in claim if token.is_content]
    bags = [vocabulary(hit) for hit in hits]
    together = max(_share(content, bag) for bag in bags)
    return replace(found, together=together, anywhere=_share(content, set().union(*bags)))


def may_support(text: str, hit: Hit) -> bool:
    """Whether a passage has so many of a claim's words that it is worth a closer look."""
    content = [token for token in tokens(text)[:LONGEST] if token.is_content]
    pool = units(hit)
    if not content or any(unit.table for unit in pool):
        return bool(content)
    words = vocabulary(hit)
    bag = words.union(*map(_forms, words))
    figures = any(token.kind in COUNTED for unit in pool for token in unit.tokens)
    total = sum(weight(token) for token in content)
    # Whether a figure or a date is the same, rounded or in part, is for the closer look to tell.
    near = (
        token
        for token in content
        if token.key in bag
        or not bag.isdisjoint(_forms(token.key))
        or (figures and token.kind in COUNTED)
    )
    return sum(weight(token) for token in near) >= REACHED * total


def _forms(key: str) -> list[str]:
    """What a word has in common with others that may stand for it: letters, or synonyms."""
    return [key[:5], *(f"group {number}" for number in groups().get(key, ()))]


def _share(content: Sequence[Token], bag: Set[str]) -> float:
    """The share of a claim's content that stands among some words."""
    total = sum(weight(token) for token in content)
    return sum(weight(token) for token in content if token.key in bag) / total


def _divided(
    claim: Sequence[Token], pool: Sequence[Unit], known: frozenset[str], *, deeper: int
) -> Finding:
    """The best finding for a claim as a whole, or for its parts together."""
    best = whole = _whole(claim, pool, known)
    if whole.supports and whole.held >= WHOLE:
        return whole
    least = NEARLY if whole.own >= NEARLY else 0.0
    for cut in _cuts(claim) if deeper else ():
        left = _whole(claim[:cut], pool, known)
        if not left.supports or left.own < least:
            continue
        right = _divided(claim[cut:], pool, known, deeper=deeper - 1)
        if not right.supports or right.own < least or (least and left.units == right.units):
            continue
        if right.units != left.units and _estranged(claim, cut, right.units[0]):
            continue
        found = _together(left, right, claim, cut)
        if found.held > best.held or not best.supports:
            best = found
    return best


def _estranged(claim: Sequence[Token], cut: int, unit: Unit) -> bool:
    """Whether the part behind a cut takes its subject from before it, and the unit has another."""
    said = {token.key for token in (*claim[:cut], *unit.context)}
    return places.estranged(align(claim[cut:], unit.tokens), said)


def _together(left: Finding, right: Finding, claim: Sequence[Token], cut: int) -> Finding:
    one = sum(weight(token) for token in claim[:cut])
    other = sum(weight(token) for token in claim[cut:])
    held = (left.held * one + right.held * other) / (one + other)
    own = (left.own * one + right.own * other) / (one + other)
    return Finding(held, own, (*left.units, *right.units), (), (*left.missing, *right.missing))


def _cuts(claim: Sequence[Token]) -> list[int]:
    """Where a claim may be divided: at a comma, a semicolon, or a conjunction."""
    found = []
    for index, token in enumerate(claim):
        joins = token.kind is Kind.BREAK or token.text.casefold() in ("and", "while", "but")
        before = sum(each.is_content for each in claim[:index])
        behind = sum(each.is_content for each in claim[index:])
        if joins and min(before, behind) >= SHORTEST:
            found.append(index)
    return found[:CUTS]


def _whole(claim: Sequence[Token], pool: Sequence[Unit], known: frozenset[str]) -> Finding:
    """The best finding for a claim held against one unit after the other.

    A sentence that says most of it in its own words and contradicts it is not outvoted by one
    that says less.
    """
    keys = {token.key for token in claim if token.is_content}
    shares = [(_shared(keys, unit), index) for index, unit in enumerate(pool)]
    nearest = sorted(shares, key=lambda pair: (-pair[0], pair[1]))[:TRIED]
    most = max((share for share, _ in nearest), default=0.0)
    found = [against(claim, pool[index], known) for share, index in nearest if share > 0.5 * most]
    return max(
        found,
        key=lambda each: (each.own + each.held) / 2 - 0.06 * bool(each.faults),
        default=NOTHING,
    )


def _shared(keys: set[str], unit: Unit) -> float:
    context = {token.key for token in (*unit.context, *unit.before) if token.is_content}
    return len(keys & unit.keys) + 0.3 * len((keys - unit.keys) & context)
