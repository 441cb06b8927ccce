"""Citations in a text: numbered markers, a list of sources, paths in sentences. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.types import parse_locator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ragpg.types import Hit, Locator

PASSAGE_NOUN = r"(?:[Pp]assages?|[Ss]ources?|[Ee]xcerpts?)"
MARKER = re.compile(
    rf"(?:\[(?:{PASSAGE_NOUN} )?\^?\d{{1,3}}(?:\s?[,;\u2013-]\s?\^?\d{{1,3}})*\]"
    r"|\u3010\d{1,3}(?:[\u2020:][^\u3010\u3011\r\n]{0,40})?\u3011)"
)
"""[1], [1, 2], [2-4], [^1], [Passage 1] and, as some models write it, 1 in lenticular brackets."""
MAX_RANGE = 20
"""Passages in a range of numbers: [3-250] is not a list of passages."""

_MARKER_AFTER_TEXT = re.compile(rf"(?<!\s)\s*{MARKER.pattern}")
_ATTRIBUTION = re.compile(
    rf"^(\W*)(?:(?:[Tt]he )?{PASSAGE_NOUN}\s?"
    r"|(?:[Aa]ccording to|[Aa]s stated in|[Bb]ased on|[Pp]er|[Ii]n) (?:the )?"
    rf"(?:{PASSAGE_NOUN}\s?)?){MARKER.pattern}"
    r"(?:,| (?:say|state|mention|note|explain|indicate|show)s?(?: that)?)\s+"
)
_SEE_ALSO = re.compile(
    rf"(?<!\s)\s*\((?:[Ss]ee |from )?(?:the )?(?:{PASSAGE_NOUN} )?{MARKER.pattern}\)"
)
_LINES = r":L(?P<first>\d{1,9})(?:-L?(?P<last>\d{1,9}))?"
_IN_LABEL = r"[^\s`()\[\]<>\"'|,;#"
_PLACE = rf"[#](?P<kind>page|slide|sheet)=(?P<label>{_IN_LABEL}]*{_IN_LABEL}.:?])"
_COMMIT = r"(?:[ ]\(at[ ][0-9a-f]{7,40}\))?"
_PRINTED_ENTRY = re.compile(
    rf"""^[ \t]*\[(?P<number>\d{{1,3}})\][ ](?P<path>[^\r\n]{{1,1024}}?)
         (?:{_LINES}|{_PLACE}){_COMMIT}(?:[ ]{{2}}[^\r\n]*)?[ \t]*$""",
    re.MULTILINE | re.VERBOSE,
)
"""As ragpg prints it: the name of a file has blanks and brackets where people give it some."""
_LIST_ENTRY = re.compile(
    rf"""^[ \t]*(?:[-*+][ \t]+)?(?:\[\^?(?P<number>\d{{1,3}})\]:?|(?P<bare>\d{{1,3}})[.)])[ \t]+
         (?:\[[^\]\r\n]*\]\()?[`"<]?(?P<path>[^\s`"<>|()\[\]]+?)(?:{_LINES}|{_PLACE})?[`">)]*
         (?:[ \t]{{2,}}[^\r\n]*|[ \t]*[\u2013\u2014-][ \t][^\r\n]*|[ \t]*)$""",
    re.MULTILINE | re.VERBOSE,
)
_IN_PATH = r"[^\s`()\[\]<>\"'|,;]"
_INLINE_PATH = re.compile(  # a path is only looked for where one can begin
    rf"(?:[\[(]`?|`)?(?<!{_IN_PATH})(?P<path>{_IN_PATH}+\.[A-Za-z]\w{{0,9}})(?:{_LINES}|{_PLACE})[`]?[\])]?"
)
_PATH = re.compile(r".*(?:\.[A-Za-z]\w{0,9}$|/.)")
_LIST_HEADING = re.compile(r"(?im)^[ \t#*_]*(?:sources?|references|citations)[ \t:*_]*$")


@dataclass(frozen=True, slots=True)
class Reference:
    """A document, or some lines or a place of it, that a text names as a source."""

    path: str
    first: int | None = None
    last: int | None = None
    place: Locator | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole document."""
        return self.first is None and self.place is None

    def covers(self, hit: Hit) -> bool:
        """Return whether it includes any part of a passage."""
        if self.place:
            found = hit.places.list_locators(hit.start_line, hit.end_line)
            return any(map(self.place.meets, found))
        if self.first is None:
            return True
        return hit.start_line <= (self.last or self.first) and hit.end_line >= self.first

    def __str__(self) -> str:
        """Format it as `path:L10-L14` or `path#page=12`."""
        if self.place:
            return f"{self.path}{self.place.fragment}"
        return f"{self.path}:L{self.first}-L{self.last or self.first}" if self.first else self.path


@dataclass(frozen=True, slots=True)
class References:
    """The sources that a text names: by number in its list, or inline, by offset.

    `text` is the text with all of them replaced by spaces, so that offsets stay the same.
    """

    text: str
    listed: Mapping[int, Reference]
    inline: tuple[tuple[int, Reference], ...]


def parse_references(text: str) -> References:
    """Find the list of sources of a text, and the paths that its sentences name."""
    listed: dict[int, Reference] = {}
    printed = list(_PRINTED_ENTRY.finditer(text))
    for entry in printed:
        listed.setdefault(int(entry["number"]), _make_reference(entry))
    text = _blank_matches(text, printed)
    entries = [entry for entry in _LIST_ENTRY.finditer(text) if _names_a_path(entry)]
    for entry in entries:
        listed.setdefault(int(entry["number"] or entry["bare"]), _make_reference(entry))
    text = _blank_matches(text, entries)
    if listed:
        text = _blank_matches(text, _LIST_HEADING.finditer(text))
    paths = list(_INLINE_PATH.finditer(text))
    inline = tuple((path.start(), _make_reference(path)) for path in paths)
    return References(_blank_matches(text, paths), listed, inline)


def parse_citations(text: str) -> tuple[int, ...]:
    """Return the numbers of the markers [1], [1, 2], [1-3] in a text, each once, in their order."""
    numbers: list[int] = []
    for marker in MARKER.finditer(text):
        ranges = re.split("[\u2020:]", marker.group())[0]
        for first, last in re.findall(r"(\d+)(?:\s?[\u2013-]\s?\^?(\d+))?", ranges):
            end = int(last or first)
            numbers += range(int(first), min(end, int(first) + MAX_RANGE) + 1)
    return tuple(dict.fromkeys(numbers))


def strip_citations(text: str) -> str:
    """Return a text without its markers, and without phrases like "According to [1],"."""
    text = _ATTRIBUTION.sub(r"\1", text)
    return _MARKER_AFTER_TEXT.sub("", _SEE_ALSO.sub("", text))


def blank(text: str) -> str:
    """Replace every character by a space, line ends excepted."""
    return re.sub(r"[^\r\n]", " ", text)


def _names_a_path(entry: re.Match[str]) -> bool:
    """Return whether an entry names a document; one with a bare number has to name lines, too."""
    if entry["first"] or entry["kind"]:
        return True
    return entry["number"] is not None and _PATH.match(entry["path"]) is not None


def _make_reference(match: re.Match[str]) -> Reference:
    if match["kind"]:
        place = parse_locator(f"{match['kind']}={match['label']}")
        return Reference(match["path"], place=place)
    first, last = match["first"], match["last"]
    return Reference(match["path"], int(first) if first else None, int(last) if last else None)


def _blank_matches(text: str, matches: Iterable[re.Match[str]]) -> str:
    pieces: list[str] = []
    position = 0
    for match in matches:
        pieces += (text[position : match.start()], blank(match.group()))
        position = match.end()
    return "".join((*pieces, text[position:]))
