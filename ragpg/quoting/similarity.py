"""How near the units of passages are to a question: by words and by terms. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.retrieval import late_interaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.quoting.segments import Unit
    from ragpg.types import Question, Vectors

ABOVE = 0.5
"""What a word of a heading counts beside one of the unit itself."""


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
        return [late_interaction.WORDLESS] * len(units)
    weights = late_interaction.weights_of(question.words, terms)
    compared = [Compared.of(question.vectors, each) for each in codes]
    return [compared[unit.hit.rank - 1].similarity(unit, weights) for unit in units]


@dataclass(frozen=True, slots=True)
class Compared:
    """The similarity of each word of a passage to each word of a question."""

    places: Mapping[int, list[int]]
    similarities: Vectors

    @classmethod
    def of(cls, question: Vectors, codes: Sequence[bytes]) -> Compared:
        """Compare; `question` has the shape (words, late_interaction.DIMENSIONS)."""
        places: dict[int, list[int]] = {}
        for place, name in enumerate(
            name for code in codes for name in late_interaction.names_of(code)
        ):
            places.setdefault(name, []).append(place)
        return cls(places, question @ late_interaction.signs_of(codes).T)

    def similarity(self, unit: Unit, weights: Sequence[float]) -> float:
        """How near the words of a unit, and of the headings above it, are to the question's."""
        import numpy as np

        said = self.nearest(unit.plain)
        if said is None:
            return late_interaction.WORDLESS
        above = self.nearest(" ".join((unit.hit.title, *unit.heading)))
        nearest = said if above is None else np.maximum(said, ABOVE * above)
        return float(nearest @ np.array(weights))

    def nearest(self, text: str) -> Vectors | None:
        """The similarity of each of the question's words to the nearest word of a text."""
        named = {late_interaction.name(word) for word in re.findall(r"[^\W_]+", text)}
        places = [place for name in named for place in self.places.get(name, ())]
        return self.similarities[:, places].max(axis=1) if places else None


def terms_in(text: str, terms: Iterable[str]) -> set[str]:
    """The question's terms that a text holds."""
    held = re.findall(r"\w+", text.casefold())
    return {term for term in terms if any(late_interaction.stands_for(term, word) for word in held)}


def share(held: Iterable[str], terms: Mapping[str, float]) -> float:
    """The share that some of the question's terms have in all, weighted by their rarity."""
    total = sum(terms.values())
    return sum(terms[term] for term in held) / total if total else 0.0
