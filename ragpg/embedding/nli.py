"""Natural language inference (NLI) with a cross-encoder: whether a passage entails a claim.

Bowman et al.: A large annotated corpus for learning natural language inference, EMNLP 2015.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragpg.embedding.cross_encoder import CrossEncoder, Purpose
from ragpg.errors import ConfigurationError
from ragpg.types import NliScores

if TYPE_CHECKING:
    from collections.abc import Sequence

PURPOSE = Purpose(
    "NLI model",
    "verify.model",
    "name an NLI cross-encoder, such as cross-encoder/nli-deberta-v3-small",
)

CACHE_SIZE = 2_000
"""Predictions up to which the cache is kept: more than one answer needs. Chosen by hand."""


@dataclass(frozen=True, slots=True)
class CrossEncoderNli:
    """A cross-encoder with an output for entailment and maybe one for contradiction.

    Fulfils `NliModel`. Predictions are cached by passage and claim, since an answer is checked
    sentence by sentence and then as a whole.
    """

    encoder: CrossEncoder
    entailment_output: int
    contradiction_output: int | None
    cache: dict[tuple[str, str], NliScores] = field(default_factory=dict)

    @classmethod
    def from_name(cls, name: str, *, device: str | None = None) -> CrossEncoderNli:
        """Return the NLI model of this name; raises ConfigurationError or ProviderError."""
        encoder = CrossEncoder.from_name(name, PURPOSE, device=device)
        labels = encoder.labels
        entailment = [index for index, label in enumerate(labels) if label.startswith("entail")]
        contradiction = [index for index, label in enumerate(labels) if label.startswith("contra")]
        if len(entailment) != 1:
            raise ConfigurationError(
                f"{PURPOSE.key}: {name!r} has no figure for entailment, "
                f"but {', '.join(labels) or 'some without names'}",
                hint=PURPOSE.hint,
            )
        return cls(encoder, entailment[0], contradiction[0] if contradiction else None)

    def load(self) -> None:
        """Load the model now, so that a failure is reported first; raises ProviderError."""
        _ = self.encoder.model

    def predict(self, claim: str, passages: Sequence[str]) -> list[NliScores]:
        """Return the probabilities for each passage; raises ProviderError."""
        if len(self.cache) > CACHE_SIZE:
            self.cache.clear()
        new = [text for text in dict.fromkeys(passages) if (text, claim) not in self.cache]
        if new:
            rows = self.encoder.predict([(text, claim) for text in new], apply_softmax=True)
            for text, row in zip(new, rows.tolist(), strict=True):
                self.cache[text, claim] = self._to_scores(row)
        return [self.cache[text, claim] for text in passages]

    def _to_scores(self, probabilities: list[float]) -> NliScores:
        output = self.contradiction_output
        contradiction = 0.0 if output is None else probabilities[output]
        return NliScores(probabilities[self.entailment_output], contradiction)
