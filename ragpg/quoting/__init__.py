"""The answer in the documents' own words: which sentences, items and rows say it. Pure."""

from __future__ import annotations

from ragpg.quoting.question_type import Form
from ragpg.quoting.segments import Unit, units
from ragpg.quoting.selection import Excerpt, choose, nearest
from ragpg.quoting.similarity import share, similarities, terms_in

__all__ = [
    "Excerpt",
    "Form",
    "Unit",
    "choose",
    "nearest",
    "share",
    "similarities",
    "terms_in",
    "units",
]
