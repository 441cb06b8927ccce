"""Claims and passages: what a text states, and whether passages say it."""

from __future__ import annotations

from ragpg.claims.checking import check, judge, nearest, quotes
from ragpg.claims.references import Reference, References
from ragpg.claims.references import read as references
from ragpg.claims.statements import (
    Statement,
    finished_sentences,
    open_table,
    says_not_in_documents,
    split,
    without_markers,
)

__all__ = [
    "Reference",
    "References",
    "Statement",
    "check",
    "finished_sentences",
    "judge",
    "nearest",
    "open_table",
    "quotes",
    "references",
    "says_not_in_documents",
    "split",
    "without_markers",
]
