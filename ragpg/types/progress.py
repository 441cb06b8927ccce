"""How far long work is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
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


TEXT_SHARES = {
    **dict.fromkeys((".html", ".htm", ".xhtml"), 0.5),
    ".docx": 0.2,
    ".epub": 1.3,
    ".ipynb": 0.35,
    ".odt": 0.03,
    ".pdf": 0.04,
    ".pptx": 0.003,
    ".xlsx": 0.3,
}
"""Bytes of text for a byte of a file of another format, by suffix; measured on 300 files."""


def expect_text(source: str, size: int) -> int:
    """Return how many bytes of text a file of this size may have, before it is read."""
    suffix = PurePosixPath(source).suffix.lower()
    return round(size * TEXT_SHARES.get(suffix, 1))


@dataclass(frozen=True, slots=True)
class Work:
    """The documents that there are to read, and the bytes of their texts as `expect_text` has them.

    With `rebuilds` they are those of the table, which are written to a new one.
    """

    documents: int
    size: int
    rebuilds: bool = False
