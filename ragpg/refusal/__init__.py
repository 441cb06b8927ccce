"""Whether the documents answer a question: what it is about, and what the passages mention."""

from __future__ import annotations

from ragpg.refusal.answer_kinds import KindMatch, find_kind
from ragpg.refusal.answerability import THRESHOLD, Assessment, Evidence, assess
from ragpg.refusal.term_matches import match_terms

__all__ = [
    "THRESHOLD",
    "Assessment",
    "Evidence",
    "KindMatch",
    "assess",
    "find_kind",
    "match_terms",
]
