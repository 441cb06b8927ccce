"""The answer in the documents' own words: which sentences, items, rows and code say it. Pure."""

from __future__ import annotations

from ragpg.quoting.question_type import QuestionType
from ragpg.quoting.segments import Segment, segments
from ragpg.quoting.selection import Excerpt, best_scores, choose
from ragpg.quoting.similarity import matched_terms, share, similarities

__all__ = [
    "Excerpt",
    "QuestionType",
    "Segment",
    "best_scores",
    "choose",
    "matched_terms",
    "segments",
    "share",
    "similarities",
]
