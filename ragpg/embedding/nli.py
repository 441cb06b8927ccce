"""Whether a passage entails a claim, as a cross-encoder for natural language inference sees it.

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

REMEMBERED = 2_000
"""Opinions that are kept: more than one answer needs."""


@dataclass(frozen=True, slots=True)
class CrossEncoderNli:
    """A cross-encoder with a figure for entailment and, if it has one, for contradiction.

    These are the places `entails` and `contradicts` among its figures. What it has judged once, it
    remembers: an answer is checked sentence by sentence and then as a whole.
    """

    encoder: CrossEncoder
    entails: int
    contradicts: int | None
    known: dict[tuple[str, str], NliScores] = field(default_factory=dict)

    @classmethod
    def find(cls, name: str, *, device: str | None = None) -> CrossEncoderNli:
        """Find it; raises ConfigurationError or ProviderError."""
        encoder = CrossEncoder.find(name, PURPOSE, device=device)
        labels = encoder.labels
        entails = [place for place, label in enumerate(labels) if label.startswith("entail")]
        contradicts = [place for place, label in enumerate(labels) if label.startswith("contra")]
        if len(entails) != 1:
            raise ConfigurationError(
                f"{PURPOSE.key}: {name!r} has no figure for entailment, "
                f"but {', '.join(labels) or 'some without names'}",
                hint=PURPOSE.hint,
            )
        return cls(encoder, entails[0], contradicts[0] if contradicts else None)

    def load(self) -> None:
        """Load it now, so that a failure is told before anything else is done."""
        _ = self.encoder.loaded

    def predict(self, claim: str, passages: Sequence[str]) -> list[NliScores]:
        """Give an opinion of each passage; raises ProviderError."""
        if len(self.known) > REMEMBERED:
            self.known.clear()
        new = [text for text in dict.fromkeys(passages) if (text, claim) not in self.known]
        if new:
            shares = self.encoder.judge([(text, claim) for text in new], apply_softmax=True)
            for text, row in zip(new, shares.tolist(), strict=True):
                against = 0.0 if self.contradicts is None else row[self.contradicts]
                self.known[text, claim] = NliScores(row[self.entails], against)
        return [self.known[text, claim] for text in passages]
