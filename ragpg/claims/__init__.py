"""Claims and passages: what an answer states, and whether the cited passages say it."""

from __future__ import annotations

from ragpg.claims.checking import check, quotes
from ragpg.claims.statements import (
    Statement,
    finished_sentences,
    says_not_in_documents,
    split,
)

__all__ = ["Statement", "check", "finished_sentences", "quotes", "says_not_in_documents", "split"]
