"""How well passages say what a claim says, and what stands against it. Pure.

A claim is held against one sentence, item or row at a time, read with its title, headings and
lead-in. Where none holds it all, it is divided at a comma or a conjunction, and each part needs
a sentence of its own: the subject of one with the predicate of another is no support.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp
from typing import TYPE_CHECKING

from ragpg.claims import markers, places, rows
from ragpg.claims.alignment import align, is_rough, likeness
from ragpg.claims.evidence import Unit, units, vocabulary
from ragpg.claims.faults import Fault, phrase
from ragpg.claims.lexicon import groups
from ragpg.claims.tokens import Kind, Token, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from ragpg.types import Hit, Opinion

ENOUGH = 0.78
"""The share of a claim's content that a sentence must hold."""
OWN = 0.3
"""How much of it the sentences themselves have to say, without title, headings and lead-in."""
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
SURE = 0.9
"""The likelihood from which the opinion of a model counts."""
DEEPEST = 3
"""Divisions of one claim."""
SHORTEST = 3
"""Content words of a part."""
FITTED = (0.45, 0.87, 1.88, 2.2, -0.13, -0.36)
BIAS = -3.44
_WEIGHTS = {Kind.FIGURE: 1.5, Kind.DATE: 1.5, Kind.NAME: 1.5, Kind.WORD: 1.0}
COUNTED = (Kind.FIGURE, Kind.DATE)
TAKEN = 2.0
"""What it counts that a sentence lacks a word which the passages use elsewhere."""
AROUND = 0.9
"""What it counts that a word stands in title, headings or lead-in only."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The best that a source says for a claim: `held` is the share of it, 0…1.

    `own` is the share that sentences hold by themselves, without title and headings; `together`
    and `anywhere` are those that the words of the best passage, and of all passages, hold in
    whatever order.
    """

    held: float
    own: float
    units: tuple[Unit, ...]
    faults: tuple[Fault, ...]
    missing: tuple[str, ...]
    together: float = 0.0
    anywhere: float = 0.0
    opinion: Opinion | None = None

    @property
    def supports(self) -> bool:
        """Whether the claim stands.

        A model that is sure may say so where words are missing, and object where none is; what
        contradicts the claim word by word it cannot argue away.
        """
        sure = self.opinion is not None and self.opinion.entails >= SURE
        return (sure or self.said) and not self.faults and not self.contradicted

    @property
    def said(self) -> bool:
        """Whether enough of the claim is there; a row's figures may come from two of its cells."""
        own = self.own >= OWN or any(unit.table for unit in self.units)
        return own and self.held >= ENOUGH

    @property
    def contradicted(self) -> bool:
        """Whether a model is sure that the source contradicts the claim."""
        return self.opinion is not None and self.opinion.contradicts >= SURE

    @property
    def score(self) -> float:
        """Rank among all claims, 0…1.

        A logistic function, fitted to real claims that people judged (WiCE's development set). It
        is not the verdict: a name that is missing counts less here, since people pass over many.
        """
        gone = set(self.missing)
        against = [fault for fault in self.faults if fault.known or fault.claimed not in gone]
        absent = len(self.faults) - len(against)
        shares = (self.held, self.own, self.together, self.anywhere)
        parts = (*shares, min(len(against), 3), min(absent, 4))
        logit = BIAS + sum(w * part for w, part in zip(FITTED, parts, strict=True))
        score = 1 / (1 + exp(-logit)) * (0.8 if against else 1.0)
        return (score + self.opinion.entails) / 2 if self.opinion else score


OPENERS = [
    opener.split()
    for opener in (
        "regarding",
        "concerning",
        "as for",
        "as to",
        "with regard to",
        "with respect to",
    )
]
"""What a claim begins with that names its topic first."""

NOTHING = Finding(0.0, 0.0, (), (), ())


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
    if rows.explains(token, unit):
        return AROUND
    if unit.table and token.key in rows.UP | rows.DOWN and len(unit.table.cells) > 2:
        return AROUND
    near = is_rough(claim, index)
    known = (*unit.context, *unit.before) if leads or unit.table else unit.context
    best = max((likeness(token, other, roughly=near) for other in known), default=0.0)
    return best * AROUND
