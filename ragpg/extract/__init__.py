"""The answer in the documents' own words: which sentences, items and rows say it. Pure."""

from __future__ import annotations

from ragpg.extract.choosing import Excerpt, choose, nearest
from ragpg.extract.comparing import share, similarities, terms_in
from ragpg.extract.form import Form
from ragpg.extract.units import Unit, units

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
