"""What a check says about places in files, for SARIF and for the annotations of pull requests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragpg.types.places import Locator

MAX_QUOTED = 300
"""Characters of a claim or a passage that an annotation shows; chosen by hand."""


class Severity(StrEnum):
    """How much an annotation matters: an ERROR is why a check does not hold."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of annotation; `title` is a word or two, `about` a sentence."""

    id: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Region:
    """Lines and columns from 1; `end_line` is inclusive, `end_column` exclusive.

    Columns count UTF-16 code units; they are None where only the lines are known.
    """

    start_line: int
    end_line: int
    start_column: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        return f"L{self.start_line}-L{self.end_line}"


@dataclass(frozen=True, slots=True)
class Location:
    """A part of a file, or all of it.

    `path` has `/` separators; it is relative to the root of the repository, absolute outside of it.
    `url` is its address on the web, if it has one. The region of a document that was `converted`
    is one of the converted text, and `locator` a page, slide or cells, if it has these.
    """

    path: str
    region: Region | None = None
    url: str | None = None
    converted: bool = False
    locator: Locator | None = None

    @property
    def file_region(self) -> Region | None:
        """Where it is in the file itself; None in one that was converted."""
        return None if self.converted else self.region

    def __str__(self) -> str:
        if self.locator:
            return f"{self.path}{self.locator.fragment}"
        return f"{self.path}:{self.region}" if self.region else self.path


@dataclass(frozen=True, slots=True)
class RelatedPassage:
    """A passage that explains an annotation; `label` is how its reasons call it, such as "[2]"."""

    label: str
    location: Location
    quote: str

    def __str__(self) -> str:
        return f"{self.label} {self.location}: {shorten(self.quote)}"


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is wrong with a `subject`, such as a claim; its location is None if it has no file."""

    rule: Rule
    severity: Severity
    subject: str
    location: Location | None
    reasons: tuple[str, ...] = ()
    related: tuple[RelatedPassage, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The annotation as lines of plain text, behind its title."""
        return (f'"{shorten(self.subject)}"', *self.reasons, *map(str, self.related))


def shorten(text: str) -> str:
    """Return text on one line, with `MAX_QUOTED` characters at most."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_QUOTED else f"{line[: MAX_QUOTED - 1]}…"
