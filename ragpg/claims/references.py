"""The passages that a text names as its sources, and where it names them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINES = r":L(?P<first>\d{1,9})(?:-L?(?P<last>\d{1,9}))?"
_LISTED = re.compile(
    rf"""^[ \t]*(?:[-*+][ \t]+)?(?:\[\^?(?P<number>\d{{1,3}})\]:?|(?P<bare>\d{{1,3}})[.)])[ \t]+
         (?:\[[^\]\r\n]*\]\()?[`"<]?(?P<path>[^\s`"<>|()\[\]]+?)(?:{_LINES})?[`">)]*
         (?:[ \t]{{2,}}[^\r\n]*|[ \t]*[\u2013\u2014-][ \t][^\r\n]*|[ \t]*)$""",
    re.MULTILINE | re.VERBOSE,
)
_INLINE = re.compile(
    rf"[\[(]?[`]?(?P<path>[^\s`()\[\]<>\"'|,;]+\.[A-Za-z]\w{{0,9}}){_LINES}[`]?[\])]?"
)
_PATH = re.compile(r".*(?:\.[A-Za-z]\w{0,9}$|/.)")
_LIST_HEADING = re.compile(r"(?im)^[ \t#*_]*(?:sources?|references|citations)[ \t:*_]*$")


@dataclass(frozen=True, slots=True)
class Reference:
    """A document, or some lines of it, as a text names it."""

    path: str
    first: int | None = None
    last: int | None = None

    def covers(self, start_line: int, end_line: int) -> bool:
        """Whether it means any of these lines."""
        if self.first is None:
            return True
        return start_line <= (self.last or self.first) and end_line >= self.first

    def __str__(self) -> str:
        """As `path:L10-L14`."""
        return f"{self.path}:L{self.first}-L{self.last or self.first}" if self.first else self.path


@dataclass(frozen=True, slots=True)
class References:
    """What a text cites: by number from its list, or in place.

    `text` is the text with these taken out, blanks in their stead, so that offsets stay.
    """

    text: str
    listed: Mapping[int, Reference]
    inline: tuple[tuple[int, Reference], ...]


def read(text: str) -> References:
    """Find the list of sources of a text, and the places named in its sentences."""
    listed: dict[int, Reference] = {}
    for match in _LISTED.finditer(text):
        if match["first"] or _PATH.match(match["path"]):
            number = int(match["number"] or match["bare"])
            if match["number"] or match["first"]:
                listed.setdefault(number, _reference(match))
                text = _blanked(text, match)
    if listed:
        for match in _LIST_HEADING.finditer(text):
            text = _blanked(text, match)
    inline = []
    for match in _INLINE.finditer(text):
        inline.append((match.start(), _reference(match)))
        text = _blanked(text, match)
    return References(text, listed, tuple(inline))


def _reference(match: re.Match[str]) -> Reference:
    first, last = match["first"], match["last"]
    return Reference(match["path"], int(first) if first else None, int(last) if last else None)


def _blanked(text: str, match: re.Match[str]) -> str:
    blank = re.sub(r"[^\r\n]", " ", match.group())
    return text[: match.start()] + blank + text[match.end() :]
