"""Whether the documents answer a question at all. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragpg.types import Candidates

# Fitted on the six sets of benchmarks/retrieval.md (November 2026, `python -m benchmarks.refusal`),
# each as a whole and one document at a time: 3 to 14,519 passages. 0 to 4 in 100 of their own
# questions are refused, and 92 to 100 in 100 of the others'.
EVIDENCE_WEIGHT = 0.3
"""Weight of the evidence relative to the highest cosine."""
DEFAULT_PASSAGE_WORDS, DEFAULT_SENTENCE_WORDS = 0.85, 0.5
"""Late-interaction scores assumed where the model gives no word vectors."""
CHANCE_MAX, CHANCE_RANGE, CHANCE_DECAY = 1.11, 0.6, 0.2
"""The score that an unrelated question reaches among n passages is
CHANCE_MAX - CHANCE_RANGE * n^-CHANCE_DECAY."""
THRESHOLD = 0.0
"""Questions with a lower answerability are refused. The score is relative to chance already."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for an answer in the best passage and in the best sentence.

    `passage_words` and `sentence_words` are late-interaction scores, None where the model gives no
    word vectors; `passage_keywords` and `sentence_terms` are scores of keywords.
    """

    passage_keywords: float = 0.0
    passage_words: float | None = None
    sentence_terms: float = 0.0
    sentence_words: float | None = None

    @property
    def total(self) -> float:
        """The sum of all parts, with a default for those that are not known."""
        passage = DEFAULT_PASSAGE_WORDS if self.passage_words is None else self.passage_words
        sentence = DEFAULT_SENTENCE_WORDS if self.sentence_words is None else self.sentence_words
        return passage + self.passage_keywords + sentence + self.sentence_terms


def answerability(candidates: Candidates, evidence: Evidence) -> float:
    """Return how much better the documents match a question than chance would."""
    cosine = max((candidate.cosine or 0.0 for candidate in candidates.items), default=0.0)
    passages = max(candidates.searched_chunks, 1)
    chance = CHANCE_MAX - CHANCE_RANGE * math.pow(passages, -CHANCE_DECAY)
    return cosine + EVIDENCE_WEIGHT * evidence.total - chance


def should_abstain(score: float, *, threshold: float = THRESHOLD) -> bool:
    """Return whether a question with this answerability is refused."""
    return score < threshold
