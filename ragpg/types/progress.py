"""How far long work is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Report: TypeAlias = Callable[[int], None]
"""Is told, while something works, that so many more are done."""


def ignore(count: int) -> None:
    """Fulfil `Report` where nobody asks."""


class Phase(StrEnum):
    """What is being done."""

    READING = "reading"
    EMBEDDING = "embedding"
    WRITING = "writing"
    INDEXING = "indexing"
    EVALUATING = "evaluating"
    CHECKING = "checking"


class Unit(StrEnum):
    """What is counted."""

    DOCUMENTS = "documents"
    CHUNKS = "chunks"
    PERCENT = "%"
    CASES = "cases"
    CLAIMS = "claims"


@dataclass(frozen=True, slots=True)
class Progress:
    """So many units are done, of so many; the total is None as long as nothing is known of it.

    With `is_estimate` the total is a projection from what was counted so far. `source` is the
    document at work, or one of several.
    """

    phase: Phase
    unit: Unit
    done: int
    total: int | None = None
    is_estimate: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """The documents that there are to read, and their bytes: known before any is read.

    With `rebuilds` they are those of the table, which are written to a new one.
    """

    documents: int
    size: int
    rebuilds: bool = False
