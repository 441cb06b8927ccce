"""What passages offer as evidence: sentences and rows with what they need to be read. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from ragpg.claims import figures
from ragpg.claims.statements import cells
from ragpg.claims.tokens import Kind as Said
from ragpg.claims.tokens import Token, tokens
from ragpg.markdown import SegmentKind, split_segments

if TYPE_CHECKING:
    from ragpg.types import Hit

_REFERS = re.compile(
    r"^\W*(?:\w+ ){0,4}?(?:it|its|they|their|them|these|this|those|he|she|his|her|him|such|both"
    r"|the latter|the former|the same)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Table:
    """A row and what its cells are: `header` is empty where the passage lacks it."""

    header: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """A sentence, item or row: `hit.text[start:end]`, and what is read with it.

    `tokens` are its own, `context` those of title, headings, lead-in and column names; `before`
    those of the sentences before, where it refers to them.
    """

    hit: Hit
    start: int
    end: int
    plain: str
    tokens: tuple[Token, ...]
    context: tuple[Token, ...]
    before: tuple[Token, ...] = ()
    table: Table | None = None

    @property
    def quote(self) -> str:
        """The unit to the letter."""
        return self.hit.text[self.start : self.end]

    @cached_property
    def keys(self) -> frozenset[str]:
        """What its own content words are compared by."""
        return frozenset(token.key for token in self.tokens if token.is_content)


@lru_cache(maxsize=512)
def units(hit: Hit) -> tuple[Unit, ...]:
    """Take a passage apart."""
    place = tokens(". ".join((hit.title, *hit.heading)))
    found: list[Unit] = []
    header: tuple[str, ...] = ()
    lead: tuple[Token, ...] = ()
    before: list[tuple[Token, ...]] = []
    for atom in split_segments(hit.text):
        plain = " ".join(atom.plain.split())
        if not plain:
            continue
        own = tokens(plain)
        if atom.kind is SegmentKind.HEADING:
            place, before = (*place, *own), []
            continue
        if atom.kind is SegmentKind.TABLE_HEADER:
            header = cells(hit.text[atom.start : atom.end].splitlines()[0])
            continue
        table = None
        if atom.kind is SegmentKind.TABLE_ROW:
            table = Table(header, cells(hit.text[atom.start : atom.end]))
        elif header:
            header = ()
        if atom.kind is not SegmentKind.LIST_ITEM and atom.kind is not SegmentKind.TABLE_ROW:
            lead = ()
        refers = _REFERS.search(plain) is not None or atom.kind is SegmentKind.LIST_ITEM
        context = (*place, *lead, *(tokens(". ".join(header)) if table else ()))
        earlier = tuple(token for each in before[-2:] if refers or table for token in each)
        end = atom.start + len(hit.text[atom.start : atom.end].rstrip())
        start = (
            atom.start + len(hit.text[atom.start : end]) - len(hit.text[atom.start : end].lstrip())
        )
        found.append(Unit(hit, start, end, plain, own, context, earlier, table))
        if plain.endswith(":"):
            lead = own
        if atom.kind not in (SegmentKind.TABLE_ROW, SegmentKind.CODE):
            before.append(own)
    return tuple(found)


@lru_cache(maxsize=512)
def vocabulary(hit: Hit) -> frozenset[str]:
    """What all words of a passage, its title and its headings are compared by."""
    said = [token for unit in units(hit) for token in (*unit.tokens, *unit.context)]
    dates = (token.key for token in said if token.kind is Said.DATE)
    return frozenset(token.key for token in said).union(*map(figures.looser, dates))
