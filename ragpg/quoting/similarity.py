"""How near the units of passages are to a question: by words and by terms. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.retrieval import late_interaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.quoting.segments import Segment
    from ragpg.types import QueryEmbedding, Vectors

ABOVE = 0.5
"""What a word of a heading counts beside one of the unit itself."""


def similarities(
    segments: Sequence[Segment],
    codes: Sequence[Sequence[bytes]],
    *,
    query_embedding: QueryEmbedding,
    idf: Mapping[str, float],
) -> list[float]:
    """How near the words of each unit are to the question's, as they stand in their passages.

    `codes` are the coded words of each hit's chunks, in the order of the hits.
    """
    if query_embedding.word_vectors is None or not query_embedding.words:
        return [late_interaction.NO_WORDS_SIMILARITY] * len(segments)
    weights = late_interaction.word_weights(query_embedding.words, idf)
    compared = [Compared.of(query_embedding.word_vectors, each) for each in codes]
    return [compared[segment.hit.rank - 1].similarity(segment, weights) for segment in segments]


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
            name for code in codes for name in late_interaction.decode_checksums(code)
        ):
            places.setdefault(name, []).append(place)
        return cls(places, question @ late_interaction.decode_signs(codes).T)

    def similarity(self, segment: Segment, weights: Sequence[float]) -> float:
        """How near the words of a unit, and of the headings above it, are to the question's."""
        import numpy as np

        said = self.nearest(segment.plain)
        if said is None:
            return late_interaction.NO_WORDS_SIMILARITY
        above = self.nearest(" ".join((segment.hit.title, *segment.heading)))
        nearest = said if above is None else np.maximum(said, ABOVE * above)
        return float(nearest @ np.array(weights))

    def nearest(self, text: str) -> Vectors | None:
        """The similarity of each of the question's words to the nearest word of a text."""
        named = {late_interaction.checksum(word) for word in re.findall(r"[^\W_]+", text)}
        places = [place for name in named for place in self.places.get(name, ())]
        return self.similarities[:, places].max(axis=1) if places else None


def matched_terms(text: str, idf: Iterable[str]) -> set[str]:
    """The question's terms that a text holds."""
    held = re.findall(r"\w+", text.casefold())
    return {term for term in idf if any(late_interaction.has_stem(word, term) for word in held)}


def share(held: Iterable[str], idf: Mapping[str, float]) -> float:
    """The share that some of the question's terms have in all, weighted by their rarity."""
    total = sum(idf.values())
    return sum(idf[term] for term in held) / total if total else 0.0
