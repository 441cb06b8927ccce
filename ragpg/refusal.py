"""Whether the documents say anything about a question. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.types import Candidate, Candidates

# Fitted on questions about one collection of documents asked of it and of others.
COVERAGE_WEIGHT = 0.3
THRESHOLD = 0.6


def answerable(candidates: Candidates) -> bool:
    """Whether some passage is close enough to the question, in meaning and in words."""
    return confidence(candidates) >= THRESHOLD


def confidence(candidates: Candidates) -> float:
    """How well the best passage fits: cosine, and the share of the question's rare words in it."""
    scores = (evidence(candidate, candidates.terms) for candidate in candidates.found)
    return max(scores, default=0.0)


def evidence(candidate: Candidate, terms: Mapping[str, float]) -> float:
    """How well one passage fits."""
    return (candidate.cosine or 0.0) + COVERAGE_WEIGHT * coverage(candidate, terms)


def coverage(candidate: Candidate, terms: Mapping[str, float]) -> float:
    """The share of the question's terms that a passage holds, weighted by their rarity."""
    total = sum(terms.values())
    return sum(terms[term] for term in candidate.matched if term in terms) / total if total else 0.0
