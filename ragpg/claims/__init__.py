"""Claims and passages: what a text states, and whether passages say it."""

from __future__ import annotations

from ragpg.claims.checking import check, judge, nearest, quotes
from ragpg.claims.references import Reference, References
from ragpg.claims.references import read as references
from ragpg.claims.statements import (
    Statement,
    finished_sentences,
    is_non_answer,
    open_table,
    split,
    without_markers,
)

__all__ = [
    "Reference",
    "References",
    "Statement",
    "check",
    "finished_sentences",
    "is_non_answer",
    "judge",
    "nearest",
    "open_table",
    "quotes",
    "references",
    "split",
    "without_markers",
]
