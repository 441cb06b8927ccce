"""Whether the documents say anything about a question. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.types import Candidate, Candidates

# Fitted on four collections, of which each refuses one to three in a hundred of its own questions,
# and 91 to 98 of those about the others.
COVERAGE_WEIGHT = 0.4
FIXED, PER_FOLD = 1.05, 0.106
"""What the best of a single passage has to score, and how much more for each e-fold of passages:
among many, some come near a question by chance."""
THRESHOLD = 0.0
"""Below this confidence the documents don't say."""


def confidence(candidates: Candidates, *, best: float) -> float:
    """How much better the best passage is than what a question finds by chance.

    `best` is its score by everything that is known of it; the share of the question's terms that
    a passage holds is added to it.
    """
    found = candidates.found
    words = max((coverage(candidate, candidates.terms) for candidate in found), default=0.0)
    by_chance = FIXED + PER_FOLD * math.log(max(candidates.searched, 1))
    return best + COVERAGE_WEIGHT * words - by_chance


def coverage(candidate: Candidate, terms: Mapping[str, float]) -> float:
    """The share of the question's terms that a passage holds, weighted by their rarity."""
    total = sum(terms.values())
    return sum(terms.get(term, 0.0) for term in candidate.matched) / total if total else 0.0
