"""From what the arms of the search found to ranked passages. Pure."""

from __future__ import annotations

from ragpg.retrieval.merging import BUDGET, LONGEST_HIT, Passage, hit, joined, repetition, single
from ragpg.retrieval.ranking import RERANKED, SCORES, Score, Scored, order, reorder

__all__ = [
    "BUDGET",
    "LONGEST_HIT",
    "RERANKED",
    "SCORES",
    "Passage",
    "Score",
    "Scored",
    "hit",
    "joined",
    "order",
    "reorder",
    "repetition",
    "single",
]
