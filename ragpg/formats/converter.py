"""What a converter must be able to do, and what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from ragpg.types import NO_PLACES, PlaceMap, PlaceMark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ragpg.types import Locator


class UnreadableFormatError(Exception):
    """A file cannot be converted; its text says why, as the end of a sentence."""


class Converted(NamedTuple):
    """A document as Markdown, with line feeds as line ends, and the places of its lines."""

    text: str
    places: PlaceMap = NO_PLACES


class Converter(Protocol):
    """Turns the bytes of some formats into Markdown.

    `suffixes` are those of its files, lower case, with the dot. `is_text` says that such files can
    be read as they are, too, where the converter is not installed.
    """

    suffixes: ClassVar[frozenset[str]]
    is_text: ClassVar[frozenset[str]]

    @property
    def missing(self) -> str | None:
        """What has to be installed first, as a sentence; None if it can convert."""
        ...

    def convert(self, content: bytes, suffix: str) -> Converted:
        """Convert a file; raises UnreadableFormatError."""
        ...


class Part(NamedTuple):
    """A part of a document, as Markdown, and its place; a table's lines are those of its rows.

    `rest` is the place from the second line on, where it is another one: a table without a head has
    an empty one.
    """

    text: str
    locator: Locator | None = None
    rest: Locator | None = None


def join(parts: Iterable[Part]) -> Converted:
    """Join parts with blank lines between them; a place begins where it differs from the last."""
    texts: list[str] = []
    marks: list[PlaceMark] = []
    line = 1
    for part in parts:
        text = clean(part.text)
        if not text:
            continue
        if part.locator and (not marks or marks[-1].locator != part.locator):
            marks.append(PlaceMark(line, part.locator))
        if part.rest:
            marks.append(PlaceMark(line + 1, part.rest))
        texts.append(text)
        line += text.count("\n") + 2
    return Converted("\n\n".join(texts) + "\n" if texts else "", PlaceMap(tuple(marks)))


def clean(text: str) -> str:
    """Keep only line ends that count as lines everywhere, and no blank ones at either end."""
    return text.translate(_LINE_ENDS).replace("\r\n", "\n").replace("\r", "\n").strip("\n")


_LINE_ENDS = {ord(character): " " for character in "\v\f\x1c\x1d\x1e\x85\u2028\u2029\0"}
