"""The similarity of segments to a question, by word vectors and by terms. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.retrieval import late_interaction
from ragpg.text.scripts import find_model_words, find_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.quoting.segments import Segment
    from ragpg.types import QueryEmbedding, Vector, Vectors

HEADING_WEIGHT = 0.5
"""Factor of the similarity of a word in a heading. Chosen by hand."""


@dataclass(frozen=True, slots=True)
class Similarities:
    """The similarity of segments to a question, word by word.

    `weights` has the weight of each word of the question, shape (words,). `segments` has for each
    segment the largest cosine of each of these words to its own words, shape (words,), and
    `headings` the same for the headings above it; None without content words.
    """

    weights: Vector
    segments: Sequence[Vector | None]
    headings: Sequence[Vector | None]

    @classmethod
    def of_cosines(cls, cosines: Vector) -> Similarities:
        """Take each segment's cosine to the question as a whole, shape (segments,)."""
        import numpy as np

        return cls(np.ones(1, np.float32), list(cosines[:, None]), [None] * len(cosines))

    @classmethod
    def of_words(
        cls,
        segments: Sequence[Segment],
        codes: Sequence[Sequence[bytes]],
        *,
        query_embedding: QueryEmbedding,
        idf: Mapping[str, float],
    ) -> Similarities:
        """Compare word vectors; `codes` are those of the chunks of each hit, in their order."""
        import numpy as np

        weights = np.array(late_interaction.word_weights(query_embedding.words, idf))
        vectors = query_embedding.word_vectors
        if vectors is None or not query_embedding.words:
            return cls(weights, [None] * len(segments), [None] * len(segments))
        query = late_interaction.WordVectors(query_embedding.words, vectors)
        passages = [PassageSimilarities.of(query, passage) for passage in codes]
        pairs = [(segment, passages[segment.hit.rank - 1]) for segment in segments]
        own = [passage.find_maxima(segment.plain) for segment, passage in pairs]
        headings = [passage.find_maxima(segment.heading_text) for segment, passage in pairs]
        return cls(weights, own, headings)

    def measure(self, index: int) -> float:
        """Return the late-interaction score (MaxSim) of a segment under its headings."""
        return self.measure_maxima(self.segments[index], heading=index)

    def find_maxima(self) -> list[float]:
        """Return for each word of the question its largest cosine to a word of any segment."""
        import numpy as np

        known = [maxima for maxima in self.segments if maxima is not None]
        maxima: list[float] = np.max(known, axis=0).tolist() if known else []
        return maxima

    def measure_maxima(self, maxima: Vector | None, *, heading: int) -> float:
        """Return the score of several segments by their maxima, under the headings of one."""
        import numpy as np

        if maxima is None:
            return late_interaction.NO_WORDS_SIMILARITY
        above = self.headings[heading]
        if above is not None:
            maxima = np.maximum(maxima, HEADING_WEIGHT * above)
        return float(maxima @ self.weights)


@dataclass(frozen=True, slots=True)
class PassageSimilarities:
    """The cosine of each word of a question to each word of a passage.

    `columns` has the columns of `cosines` for each checksum of a word.
    """

    columns: Mapping[int, list[int]]
    cosines: Vectors

    @classmethod
    def of(cls, query: late_interaction.WordVectors, codes: Sequence[bytes]) -> PassageSimilarities:
        """Compute the cosines."""
        columns: dict[int, list[int]] = {}
        checksums = (c for code in codes for c in late_interaction.decode_checksums(code))
        for column, checksum in enumerate(checksums):
            columns.setdefault(checksum, []).append(column)
        return cls(columns, late_interaction.compare_words(query, codes))

    def find_maxima(self, text: str) -> Vector | None:
        """Return for each word of the question its largest cosine to a word of a text."""
        checksums = {late_interaction.checksum(w) for w in find_model_words(text)}
        columns = [c for checksum in checksums for c in self.columns.get(checksum, ())]
        return self.cosines[:, columns].max(axis=1) if columns else None


def find_matched_terms(text: str, idf: Iterable[str]) -> set[str]:
    """Return the question's terms that a text contains."""
    words = find_words(text.lower())
    return {term for term in idf if any(late_interaction.has_stem(word, term) for word in words)}


def measure_idf_share(terms: Iterable[str], idf: Mapping[str, float]) -> float:
    """Return the share of the question's total idf that some of its terms have."""
    total = sum(idf.values())
    return sum(idf[term] for term in terms) / total if total else 0.0
