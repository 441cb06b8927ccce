"""Conflicts: statements of documents that cannot both be right.

A document is read as `statements`; `candidates` are pairs of them that share much of what they say,
`comparing` decides whether a pair differs in one thing only, and `families` leaves one conflict for
each thing that documents disagree on.
"""

from __future__ import annotations

from ragpg.conflicts.comparing import find_conflicts
from ragpg.conflicts.statements import Statement, read_statements

__all__ = ["Statement", "find_conflicts", "read_statements"]
