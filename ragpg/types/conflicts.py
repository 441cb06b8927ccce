"""Documents against each other: statements that cannot both be right."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ragpg.types.places import NO_PLACES

if TYPE_CHECKING:
    from ragpg.types.embeddings import Vectors
    from ragpg.types.places import Locator, PlaceMap


class ChunkSpan(NamedTuple):
    """Where a chunk lies in its document, in code points; `row` is that of its vector."""

    row: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ChunkedText:
    """A document's whole text, and those of its chunks that are compared, in their order.

    `body_start` is the offset at which the text after the front matter begins, `places` are those
    of its lines, if it was `converted` from another format.
    """

    source: str
    title: str
    text: str
    body_start: int
    chunks: tuple[ChunkSpan, ...]
    converted: bool = False
    places: PlaceMap = NO_PLACES


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents, and the vectors of their chunks, shape (chunks, dimension).

    `skipped` chunks match, too, and were left out because there are too many.
    """

    documents: tuple[ChunkedText, ...]
    vectors: Vectors
    skipped: int = 0


class ConflictKind(StrEnum):
    """What differs: an OBLIGATION is what must, may or must not be done."""

    FIGURE = "figure"
    DURATION = "duration"
    DATE = "date"
    VERSION = "version"
    NAME = "name"
    OBLIGATION = "obligation"
    NEGATION = "negation"
    OPPOSITE = "opposite"


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence, list item or table row: `text` is the file's own from `start` to `end`.

    `heading` is the path of the headings above it. Offsets are code points, `end` exclusive; lines
    count from 1, `end_line` inclusive.
    """

    source: str
    title: str
    heading: tuple[str, ...]
    start: int
    end: int
    start_line: int
    end_line: int
    text: str
    converted: bool = False
    place: Locator | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two statements on the same subject, and what each says where they differ.

    `score` in 0…1 ranks conflicts by how much else the statements have in common.
    """

    kind: ConflictKind
    first: Place
    second: Place
    first_says: str
    second_says: str
    score: float


@dataclass(frozen=True, slots=True)
class ConflictReport:
    """The conflicts among documents, best first.

    `chunks` were compared; `skipped` were not, because the table has more than can be.
    """

    conflicts: tuple[Conflict, ...]
    documents: int
    chunks: int
    statements: int
    skipped: int = 0
