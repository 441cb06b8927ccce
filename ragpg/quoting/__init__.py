"""The answer in the documents' own words: which sentences, items, rows and code give it. Pure."""

from __future__ import annotations

from ragpg.quoting.question_type import QuestionType
from ragpg.quoting.segments import Segment, find_quotable_segments
from ragpg.quoting.selection import Excerpt, choose_excerpts, find_best_scores
from ragpg.quoting.similarity import Similarities, find_matched_terms, measure_idf_share

__all__ = [
    "Excerpt",
    "QuestionType",
    "Segment",
    "Similarities",
    "choose_excerpts",
    "find_best_scores",
    "find_matched_terms",
    "find_quotable_segments",
    "measure_idf_share",
]
