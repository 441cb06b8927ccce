"""HTML blocks as a reader sees them: paragraphs, headings, list items, table rows.

The parts have the offsets of the text, and a block of Markdown is seldom a whole document: `</div>`
may stand in one, and `<div>` in another. Parsers that build a tree keep no offsets and repair such
parts, so tags are read one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from ragpg.markdown.kinds import SegmentKind
from ragpg.markdown.tag_words import read_tag

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG = re.compile(
    r"""<!--|<(?P<close>/)?(?P<name>[a-z][\w:.-]*+)
        (?P<attributes>(?:\{\{?[<%][^{}]{0,300}[>%]\}\}?|[^<>])*+)>""",
    re.IGNORECASE | re.VERBOSE,
)
MAX_TITLES = 20
"""Titles of elements around a part; those further inside are left out."""

_ANY_TAG = re.compile(r"<[^<>]*+>")
_CLASS = re.compile(r"class\s*+=\s*+[\"']?([^\"'>]*+)", re.IGNORECASE)
_HIDDEN = frozenset({"script", "style", "template", "svg"})
_CONTAINERS = frozenset({"div", "aside", "section", "article", "details", "figure", "fieldset"})
_TABLE_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "caption"})
_BLOCKS = (
    _CONTAINERS
    | _TABLE_PARTS
    | {f"h{level}" for level in range(1, 7)}
    | {"address", "blockquote", "center", "dd", "dl", "dt", "figcaption", "footer", "form"}
    | {"header", "hr", "iframe", "li", "main", "nav", "ol", "p", "pre", "summary", "td", "th", "ul"}
)


class HtmlPart(NamedTuple):
    """A part of an HTML block: `text[start:end]`, tags included.

    `level` is 1…6 for a heading that opens a section, else 0. `titles` are those of the elements
    around the part: a `summary`, or a heading in a `div`.
    """

    kind: SegmentKind
    start: int
    end: int
    level: int
    titles: tuple[str, ...]


@dataclass(slots=True)
class _Part:
    kind: SegmentKind
    start: int
    level: int = 0
    has_text: bool = False
    has_data: bool = False


@dataclass(slots=True)
class _Splitter:
    """The state of one pass over the tags; `elements` are open containers and their titles."""

    text: str
    part: _Part
    parts: list[HtmlPart] = field(default_factory=list)
    elements: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    in_row: bool = False
    in_head: bool = False
    has_header: bool = False

    @property
    def titles(self) -> tuple[str, ...]:
        return self.elements[-1][1] if self.elements else ()

    def read_text(self, start: int, end: int) -> None:
        if not self.part.has_text and self.text[start:end].strip():
            self.part.has_text = True

    def read_tag(self, tag: re.Match[str]) -> None:
        name, closes = tag["name"].lower(), tag["close"] is not None
        if name not in _BLOCKS and read_tag(tag[0]).strip():
            self.part.has_text = True
        if name in _BLOCKS and not self.is_within_part(name, closes=closes):
            self.begin(tag.end() if closes else tag.start())
            if closes:
                self.close(name)
            else:
                self.open(name, tag["attributes"])
        self.part.has_data |= name == "td"

    def is_within_part(self, name: str, *, closes: bool) -> bool:
        """Return whether a tag is inside a row, or between a term and its definition."""
        if self.in_row:
            return name not in _TABLE_PARTS
        is_item = self.part.kind is SegmentKind.LIST_ITEM
        return (name == "dt" and closes) or (name == "dd" and not closes and is_item)

    def open(self, name: str, attributes: str) -> None:
        """Decide what the part is that begins with a tag."""
        kind, level = _KINDS.get(name, SegmentKind.SENTENCE), 0
        if name == "p" and self.part.kind is SegmentKind.LIST_ITEM:
            return
        self.in_row = kind is SegmentKind.TABLE_ROW
        self.in_head = name == "thead" or (self.in_head and name == "tr")
        self.has_header &= name != "table"
        if name in _CONTAINERS:
            self.elements.append((name, self.titles))
        if kind is SegmentKind.HEADING:
            level = int(name[1])
        if (kind is SegmentKind.HEADING and self.elements) or _has_title_class(attributes):
            kind, level = SegmentKind.TITLE, 0
        self.part.kind, self.part.level = kind, level

    def close(self, name: str) -> None:
        self.part.kind, self.part.level = SegmentKind.SENTENCE, 0
        self.in_row = False
        self.in_head &= name != "thead"
        if self.elements and self.elements[-1][0] == name:
            self.elements.pop()

    def begin(self, offset: int) -> None:
        """Begin a new part, unless the one before has no text yet."""
        part = self.part
        if not part.has_text:
            return
        kind = part.kind
        if kind is SegmentKind.TABLE_ROW and not self.has_header:
            is_header = self.in_head or not part.has_data
            kind = SegmentKind.TABLE_HEADER if is_header else kind
        self.has_header |= kind is SegmentKind.TABLE_HEADER
        if kind is SegmentKind.TITLE and self.elements and len(self.titles) < MAX_TITLES:
            title = _to_plain(self.text[part.start : offset])
            self.elements[-1] = (self.elements[-1][0], (*self.titles, title))
        self.parts.append(HtmlPart(kind, part.start, offset, part.level, self.titles))
        self.part = _Part(SegmentKind.SENTENCE, offset)


_KINDS = {
    **{f"h{level}": SegmentKind.HEADING for level in range(1, 7)},
    "li": SegmentKind.LIST_ITEM,
    "dt": SegmentKind.LIST_ITEM,
    "tr": SegmentKind.TABLE_ROW,
    "td": SegmentKind.TABLE_ROW,
    "th": SegmentKind.TABLE_ROW,
    "pre": SegmentKind.CODE,
    "summary": SegmentKind.TITLE,
}


def split_html(text: str, start: int, end: int) -> Iterator[HtmlPart]:
    """Yield the parts of an HTML block; they follow each other without a gap."""
    splitter = _Splitter(text, _Part(SegmentKind.SENTENCE, start))
    position = start
    missing: set[str] = set()
    while tag := _TAG.search(text, position, end):
        splitter.read_text(position, tag.start())
        position = tag.end()
        name = (tag["name"] or "--").lower()
        if name == "--" or (name in _HIDDEN and not tag["close"]):
            closing = "-->" if name == "--" else f"</{name}"
            found = -1 if closing in missing else text.find(closing, position, end)
            missing |= {closing} if found < 0 else set()
            position = found + (3 if name == "--" else 0) if found >= 0 else position
        else:
            splitter.read_tag(tag)
    splitter.read_text(position, end)
    splitter.begin(end)
    yield from _close_gap(splitter, start, end)


def _close_gap(splitter: _Splitter, start: int, end: int) -> Iterator[HtmlPart]:
    """Add what follows the last part with text to it."""
    parts = splitter.parts
    if not parts:
        yield HtmlPart(SegmentKind.OTHER, start, end, 0, ())
        return
    yield from parts[:-1]
    yield parts[-1]._replace(end=end)


def _has_title_class(attributes: str) -> bool:
    return any("title" in names.lower() for names in _CLASS.findall(attributes))


def _to_plain(html: str) -> str:
    return " ".join(unescape(_ANY_TAG.sub(" ", html)).split())
