"""Markdown as a sequence of small parts with exact spans, and what a reader sees of them."""

from __future__ import annotations

from ragpg.markdown.atoms import Atom, atoms, halve, join, plain, title_of
from ragpg.markdown.blocks import Kind, line_starts

__all__ = [
    "Atom",
    "Kind",
    "atoms",
    "halve",
    "join",
    "line_starts",
    "plain",
    "title_of",
]
