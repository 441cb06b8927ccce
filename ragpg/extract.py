"""The answer in the documents' own words: which sentences, items and rows say it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ragpg import words
from ragpg.markdown import Kind, atoms
from ragpg.types import Citation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ragpg.types import Hit, Question, Vectors

QUOTABLE = frozenset({Kind.SENTENCE, Kind.ITEM, Kind.ROW, Kind.CODE})
LONGEST = 60
"""Words of an answer, unless its best unit alone has more."""
MARGIN = 0.08
"""How far behind the best unit another one may be and still belong to the answer."""
OVERLAP = 0.5
"""What it counts that a unit holds all of the question's words, on the scale of the cosine."""
NEWS = 0.5
"""What it counts besides if no unit before holds them."""
BESIDE = 0.05
"""What it counts that a unit stands beside a chosen one in the same block."""
ABOVE = 0.5
"""What a word of a heading counts beside one of the unit itself."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest part of a passage that can be quoted: `hit.text[start:end]`.

    `ordinal` counts the passage's atoms, `block` its blocks; `head` is the span of the table head
    that a row needs to be understood.
    """

    hit: Hit
    ordinal: int
    block: int
    kind: Kind
    start: int
    end: int
    plain: str
    heading: tuple[str, ...]
    head: tuple[int, int] | None = None

    @property
    def quote(self) -> str:
        """The unit to the letter."""
        return self.hit.text[self.start : self.end]

    @property
    def passage(self) -> str:
        """What is compared with the question: the unit under the headings that it stands under."""
        path = " > ".join((self.hit.title, *self.heading[-2:]))
        head = self.hit.text[slice(*self.head)] if self.head else ""
        return f"{path}\n{head}{self.plain}"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of an answer: quotations from one passage."""

    number: int
    citations: tuple[Citation, ...]

    @property
    def text(self) -> str:
        """The quotations, one below the other."""
        return "\n".join(citation.quote for citation in self.citations)


def units(hits: Iterable[Hit]) -> list[Unit]:
    """Take passages apart into what can be quoted."""
    return [unit for hit in hits for unit in units_of(hit)]


def units_of(hit: Hit) -> Iterator[Unit]:
    """Take one passage apart."""
    head: tuple[int, int] | None = None
    for ordinal, atom in enumerate(atoms(hit.text)):
        end = atom.start + len(hit.text[atom.start : atom.end].rstrip())
        if atom.kind is Kind.TABLE_HEAD:
            head = (atom.start, atom.end)
        elif atom.kind is not Kind.ROW:
            head = None
        if atom.kind in QUOTABLE and atom.plain.strip():
            yield Unit(
                hit,
                ordinal,
                atom.block,
                atom.kind,
                atom.start,
                end,
                atom.plain,
                atom.heading or hit.heading,
                head,
            )


def similarities(
    units: Sequence[Unit],
    codes: Sequence[Sequence[bytes]],
    *,
    question: Question,
    terms: Mapping[str, float],
) -> list[float]:
    """How near the words of each unit are to the question's, as they stand in their passages.

    `codes` are the coded words of each hit's chunks, in the order of the hits.
    """
    if question.vectors is None or not question.words:
        return [words.WORDLESS] * len(units)
    weights = words.weights_of(question.words, terms)
    compared = [Compared.of(question.vectors, each) for each in codes]
    return [compared[unit.hit.rank - 1].similarity(unit, weights) for unit in units]


@dataclass(frozen=True, slots=True)
class Compared:
    """The similarity of each word of a passage to each word of a question."""

    places: Mapping[int, list[int]]
    similarities: Vectors

    @classmethod
    def of(cls, question: Vectors, codes: Sequence[bytes]) -> Compared:
        """Compare; `question` has the shape (words, words.DIMENSIONS)."""
        places: dict[int, list[int]] = {}
        for place, name in enumerate(name for code in codes for name in words.names_of(code)):
            places.setdefault(name, []).append(place)
        return cls(places, question @ words.signs_of(codes).T)

    def similarity(self, unit: Unit, weights: Sequence[float]) -> float:
        """How near the words of a unit, and of the headings above it, are to the question's."""
        import numpy as np

        said = self.nearest(unit.plain)
        if said is None:
            return words.WORDLESS
        above = self.nearest(" ".join((unit.hit.title, *unit.heading)))
        nearest = said if above is None else np.maximum(said, ABOVE * above)
        return float(nearest @ np.array(weights))

    def nearest(self, text: str) -> Vectors | None:
        """The similarity of each of the question's words to the nearest word of a text."""
        named = {words.name(word) for word in re.findall(r"[^\W_]+", text)}
        places = [place for name in named for place in self.places.get(name, ())]
        return self.similarities[:, places].max(axis=1) if places else None


def choose(
    units: Sequence[Unit], similarities: Sequence[float], *, terms: Mapping[str, float]
) -> list[Excerpt]:
    """Choose the shortest set of units that answers, best first.

    `similarities` are the cosines of the units' passages to the question, in the units' order,
    `terms` the question's stems and how rare they are.
    """
    held = [terms_in(unit.plain, terms) for unit in units]
    scores = [
        similarity + OVERLAP * share(own, terms)
        for own, similarity in zip(held, similarities, strict=True)
    ]
    left, chosen, said = set(range(len(units))), list[int](), set[str]()

    def worth(index: int) -> float:
        return scores[index] + NEWS * share(held[index] - said, terms) * bool(chosen)

    def preferred(index: int) -> tuple[float, int]:
        beside = any(adjoin(units[index], units[other]) for other in chosen)
        return worth(index) + BESIDE * beside, -index

    while left:
        index = max(left, key=preferred)
        left.remove(index)
        if worth(index) < max(scores) - MARGIN:
            continue
        fits = not chosen or count(units, [*chosen, index]) <= LONGEST
        if fits and is_new(index, chosen, units):
            chosen += [index, *between(index, chosen, units)]
            left.difference_update(chosen)
            said.update(*(held[each] for each in chosen))
    whole = completed(chosen, units)
    return [excerpt([units[i] for i in run]) for run in runs(whole, units)]


def between(index: int, chosen: Sequence[int], units: Sequence[Unit]) -> list[int]:
    """What alone stands between a unit and chosen ones in the same block, as far as it fits."""
    ends = (other for other in chosen if abs(other - index) == 2)
    gaps = [(other + index) // 2 for other in ends]
    return [
        gap
        for gap in gaps
        if gap not in chosen
        and adjoin(units[gap - 1], units[gap])
        and adjoin(units[gap], units[gap + 1])
        and count(units, [*chosen, index, gap]) <= LONGEST
    ]


def adjoin(one: Unit, other: Unit) -> bool:
    """Whether two units stand beside each other in the same block."""
    same = (one.hit.rank, one.block) == (other.hit.rank, other.block)
    return same and abs(one.ordinal - other.ordinal) == 1


def completed(chosen: Sequence[int], units: Sequence[Unit]) -> list[int]:
    """Add what the chosen units need to be understood, and what is said together with them.

    An item below a lead-in is half a sentence, and a lead-in alone is none: they are quoted with
    their whole list, if it is short, and so is a list of which most items are chosen.
    """
    whole = list(chosen)
    for lead, items in lists(units):
        group = [*lead, *items]
        taken = [index for index in items if index in chosen]
        begun = any(index in chosen for index in group) if lead else 2 * len(taken) > len(items)
        if begun and count(units, group) <= LONGEST:
            whole += [index for index in group if index not in whole]
        elif taken:
            whole += [index for index in lead if index not in whole]
        elif len(whole) > 1:
            whole = [index for index in whole if index not in lead]
    return whole


def lists(units: Sequence[Unit]) -> Iterator[tuple[list[int], list[int]]]:
    """Find lists: the index of the lead-in, if there is one, and those of the items."""

    def place(index: int) -> tuple[int, int, bool]:
        unit = units[index]
        return unit.hit.rank, unit.block, unit.kind is Kind.ITEM

    for (rank, _, is_list), group in groupby(range(len(units)), key=place):
        if is_list:
            items = list(group)
            first = units[items[0]]
            before = units[items[0] - 1]
            follows = (before.hit.rank, before.ordinal) == (rank, first.ordinal - 1)
            leads = follows and before.plain.rstrip().endswith(":")
            yield [items[0] - 1] if leads else [], items


def count(units: Sequence[Unit], chosen: Iterable[int]) -> int:
    """Count the words of units."""
    return sum(len(units[index].plain.split()) for index in chosen)


def is_new(index: int, chosen: Iterable[int], units: Sequence[Unit]) -> bool:
    """Whether a unit says something that the chosen ones don't say in the same words."""
    return all(units[index].plain.split() != units[other].plain.split() for other in chosen)


def runs(chosen: Sequence[int], units: Sequence[Unit]) -> list[list[int]]:
    """Put units that follow each other in a passage together, in the order of the best of each."""
    position = {index: rank for rank, index in enumerate(chosen)}

    def stretch(pair: tuple[int, int]) -> tuple[int, int]:
        unit = units[pair[1]]
        return unit.hit.rank, unit.ordinal - pair[0]

    groups = [
        [index for _, index in group]
        for _, group in groupby(enumerate(sorted(chosen)), key=stretch)
    ]
    return sorted(groups, key=lambda group: min(position[index] for index in group))


def excerpt(run: Sequence[Unit]) -> Excerpt:
    """Quote units that follow each other, with the table head that they need."""
    first, last = run[0], run[-1]
    spans = [(first.start, last.end)]
    if first.head:
        start, end = first.head
        adjacent = not first.hit.text[end : first.start].strip()
        spans = [(start, last.end)] if adjacent else [first.head, *spans]
    return Excerpt(first.hit.rank, tuple(quotation(first.hit, *span) for span in spans))


def quotation(hit: Hit, start: int, end: int) -> Citation:
    """Quote a passage to the letter, without blank ends."""
    return Citation(hit, hit.rank, hit.text[start:end].strip())


def terms_in(text: str, terms: Iterable[str]) -> set[str]:
    """The question's terms that a text holds."""
    held = re.findall(r"\w+", text.casefold())
    return {term for term in terms if any(words.stands_for(term, word) for word in held)}


def share(held: Iterable[str], terms: Mapping[str, float]) -> float:
    """The share that some of the question's terms have in all, weighted by their rarity."""
    total = sum(terms.values())
    return sum(terms[term] for term in held) / total if total else 0.0
