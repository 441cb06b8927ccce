"""The similarity of segments to a question, by word vectors and by terms. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.retrieval import late_interaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.quoting.segments import Segment
    from ragpg.types import QueryEmbedding, Vectors

HEADING_WEIGHT = 0.5
"""Factor of the similarity of a word in a heading. Chosen by hand."""


def measure_similarities(
    segments: Sequence[Segment],
    codes: Sequence[Sequence[bytes]],
    *,
    query_embedding: QueryEmbedding,
    idf: Mapping[str, float],
) -> list[float]:
    """Return the late-interaction score (MaxSim) of each segment to a question.

    `codes` are the word codes of each hit's chunks, in the order of the hits.
    """
    if query_embedding.word_vectors is None or not query_embedding.words:
        return [late_interaction.NO_WORDS_SIMILARITY] * len(segments)
    weights = late_interaction.word_weights(query_embedding.words, idf)
    passages = [
        PassageSimilarities.of(query_embedding.word_vectors, passage_codes)
        for passage_codes in codes
    ]
    return [passages[segment.hit.rank - 1].max_sim(segment, weights) for segment in segments]


@dataclass(frozen=True, slots=True)
class PassageSimilarities:
    """The cosine of each word of a question to each word of a passage.

    `columns` has the columns of `cosines` for each checksum of a word.
    """

    columns: Mapping[int, list[int]]
    cosines: Vectors

    @classmethod
    def of(cls, query: Vectors, codes: Sequence[bytes]) -> PassageSimilarities:
        """Compute the cosines; `query` has the shape (words, late_interaction.DIMENSIONS)."""
        columns: dict[int, list[int]] = {}
        checksums = (c for code in codes for c in late_interaction.decode_checksums(code))
        for column, checksum in enumerate(checksums):
            columns.setdefault(checksum, []).append(column)
        return cls(columns, query @ late_interaction.decode_signs(codes).T)

    def max_sim(self, segment: Segment, weights: Sequence[float]) -> float:
        """Return the MaxSim of the question to a segment and the headings above it."""
        import numpy as np

        own = self.find_maxima(segment.plain)
        if own is None:
            return late_interaction.NO_WORDS_SIMILARITY
        headings = self.find_maxima(" ".join((segment.hit.title, *segment.heading)))
        maxima = own if headings is None else np.maximum(own, HEADING_WEIGHT * headings)
        return float(maxima @ np.array(weights))

    def find_maxima(self, text: str) -> Vectors | None:
        """Return for each word of the question its largest cosine to a word of a text."""
        words = re.findall(r"[^\W_]+", text)
        checksums = {late_interaction.checksum(word) for word in words}
        columns = [c for checksum in checksums for c in self.columns.get(checksum, ())]
        return self.cosines[:, columns].max(axis=1) if columns else None


def find_matched_terms(text: str, idf: Iterable[str]) -> set[str]:
    """Return the question's terms that a text contains."""
    words = re.findall(r"\w+", text.casefold())
    return {term for term in idf if any(late_interaction.has_stem(word, term) for word in words)}


def measure_idf_share(terms: Iterable[str], idf: Mapping[str, float]) -> float:
    """Return the share of the question's total idf that some of its terms have."""
    total = sum(idf.values())
    return sum(idf[term] for term in terms) / total if total else 0.0
