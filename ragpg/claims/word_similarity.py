"""How similar the words of a claim are to those of a source, as an embedding model sees them. Pure.

Words that no table of synonyms holds ("merged", "combined") are similar in their sentences. So are
opposites and neighbours ("Monday", "Tuesday"): similarity fills gaps, and never outweighs a
contradiction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ragpg.types import QueryEmbedding

    EmbedText = Callable[[str], QueryEmbedding]
    """Embeds a sentence and, where the model can, its words."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class WordSimilarity:
    """The similarity of each word of a claim to the most similar one of a source, and the cosine.

    `words` is empty where the model gives no word vectors.
    """

    cosine: float
    words: Mapping[str, float]

    def of(self, text: str) -> float:
        """Return the similarity of a word, -1…1; the mean where a model reads it as several."""
        values = [self.words.get(part, 0.0) for part in _WORD.findall(text.casefold())]
        return fmean(values) if values else 0.0


def compare_embeddings(claim: QueryEmbedding, source: QueryEmbedding) -> WordSimilarity:
    """Compare a claim with a source, both embedded by the same model."""
    cosine = float(claim.vector @ source.vector)
    if claim.word_vectors is None or source.word_vectors is None or not len(source.words):
        return WordSimilarity(cosine, {})
    best = (claim.word_vectors @ source.word_vectors.T).max(axis=1)
    return WordSimilarity(cosine, dict(zip(claim.words, best.tolist(), strict=True)))
