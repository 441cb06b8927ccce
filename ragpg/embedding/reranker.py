"""Reranking passages with a cross-encoder: Nogueira & Cho, Passage Re-ranking with BERT, 2019."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.embedding.cross_encoder import CrossEncoder, Purpose
from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

PURPOSE = Purpose(
    "reranker",
    "retrieval.reranker",
    "name a cross-encoder for ranking, such as cross-encoder/ms-marco-MiniLM-L6-v2",
)


@dataclass(frozen=True, slots=True)
class CrossEncoderReranker:
    """A cross-encoder with one output, the relevance of a passage; fulfils `Reranker`."""

    encoder: CrossEncoder

    @classmethod
    def from_name(cls, name: str, *, device: str | None = None) -> CrossEncoderReranker:
        """Return the reranker of this name; raises ConfigurationError or ProviderError."""
        return cls(CrossEncoder.from_name(name, PURPOSE, device=device))

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """Return a relevance score for each passage, higher is better; raises ProviderError."""
        if not passages:
            return []
        if (outputs := self.encoder.model.num_labels) != 1:
            raise ConfigurationError(
                f"{PURPOSE.key}: {self.encoder.name!r} gives {outputs} figures for a passage, "
                "not one",
                hint=PURPOSE.hint,
            )
        scores = self.encoder.predict([(query, passage) for passage in passages])
        return [float(score) for score in scores]
