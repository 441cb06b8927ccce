"""Whether the documents say anything about a question. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragpg.types import Candidates

# Fitted on six collections, asked as a whole and one document at a time: of 3 to 14,519 passages.
# They refuse 0 to 4 in a hundred of their own questions, and 92 to 100 of the others'.
SHARE = 0.3
"""What the words and terms of the best passage and of the nearest sentence count beside the
greatest cosine similarity."""
WORDS, SENTENCE = 0.85, 0.5
"""What the words of a passage and a sentence count where the model gives no vectors of words."""
AMONG_MANY, FEWER, FALL = 1.11, 0.6, 0.2
"""What a question reaches by chance: among many passages, and how much less among few. It rises as
their number to the power of -FALL vanishes, since among many some come near to any question."""
THRESHOLD = 0.0
"""Below this confidence the documents don't say."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer in the best passage and in the sentence nearest to a question.

    `words` and `sentence` are how near their words are to the question's, None where the model
    gives no vectors of words; `keywords` is what the passage's keywords count, and `terms` what the
    sentence's do.
    """

    keywords: float = 0.0
    words: float | None = None
    terms: float = 0.0
    sentence: float | None = None

    @property
    def total(self) -> float:
        """All of it together, with a guess at what isn't known."""
        words = WORDS if self.words is None else self.words
        sentence = SENTENCE if self.sentence is None else self.sentence
        return words + self.keywords + sentence + self.terms


def confidence(candidates: Candidates, evidence: Evidence) -> float:
    """How much nearer the documents come to a question than they would by chance."""
    nearest = max((one.cosine or 0.0 for one in candidates.found), default=0.0)
    by_chance = AMONG_MANY - FEWER * math.pow(max(candidates.searched, 1), -FALL)
    return nearest + SHARE * evidence.total - by_chance
