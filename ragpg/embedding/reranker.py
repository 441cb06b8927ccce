"""Ranking passages anew with a cross-encoder, which reads each together with the question."""

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
    """A cross-encoder that gives one figure for a question and a passage."""

    encoder: CrossEncoder

    @classmethod
    def find(cls, name: str, *, device: str | None = None) -> CrossEncoderReranker:
        """Find it; raises ConfigurationError or ProviderError."""
        return cls(CrossEncoder.find(name, PURPOSE, device=device))

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage answers the question: higher is better; raises ProviderError."""
        if not passages:
            return []
        if (figures := self.encoder.loaded.num_labels) != 1:
            raise ConfigurationError(
                f"{PURPOSE.key}: {self.encoder.name!r} gives {figures} figures for a passage, "
                "not one",
                hint=PURPOSE.hint,
            )
        scores = self.encoder.judge([(question, passage) for passage in passages])
        return [float(score) for score in scores]
