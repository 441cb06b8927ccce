"""A document as the statements that may contradict those of another one. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.claims.tokens import tokenize
from ragpg.conflicts.qualifiers import find_qualifiers, is_dated, is_example
from ragpg.markdown import SegmentKind, find_line_starts, split_cells, split_segments
from ragpg.types import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.claims.token_kinds import Token
    from ragpg.conflicts.qualifiers import Qualifiers
    from ragpg.markdown import MarkdownSegment
    from ragpg.types import ChunkedText

MIN_CONTENT = 3
"""Content tokens of a statement; of fewer it cannot be said what it is about."""
MAX_TOKENS = 80
"""Tokens; a longer statement says several things."""
MIN_PROSE_SHARE = 0.88
"""Share of letters, digits, blanks and usual punctuation; a text with less is code."""
STATING = frozenset(
    {SegmentKind.SENTENCE, SegmentKind.LIST_ITEM, SegmentKind.TABLE_ROW, SegmentKind.FOOTNOTE}
)
_INCOMPLETE = re.compile(r"[?:\uff1f\uff1a…]\W*$")
_CODE_SPAN = re.compile(r"`[^`]+`")
_LINK = re.compile(r"\W*\[[^\]]*\]\([^)]*\)\W*")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, list item, or a cell of a table with its row's label and its column's name.

    `keys` are those of its content tokens, `context` those of title, headings, lead-in and table.
    Two statements of one `section` stand beside each other on purpose. `qualifiers` are versions,
    years, regions and the like that path, title or headings restrict it to; `outline` are the
    document's headings. `chunk` is the row of the vector of the chunk that it begins in. Of a cell,
    `attribute` are the keys of label and column.
    """

    place: Place
    section: tuple[str, ...]
    tokens: tuple[Token, ...]
    keys: frozenset[str]
    context: frozenset[str]
    qualifiers: Qualifiers
    chunk: int
    outline: frozenset[str] = frozenset()
    attribute: frozenset[str] | None = None


def read_statements(document: ChunkedText) -> Iterator[Statement]:
    """Yield the statements of a document, in its order.

    Left out are code, questions, lead-ins and examples, and documents that tell of one moment,
    such as changelogs: what they say was right then.
    """
    if is_dated(document.source, document.title):
        return
    reader = _Reader(document)
    body = document.text[document.body_start :]
    segments = split_segments(body)
    reader.outline = frozenset(
        segment.plain.casefold() for segment in segments if segment.kind is SegmentKind.HEADING
    )
    for segment in segments:
        yield from reader.read(body, segment)


class _Reader:
    """Reads segments in their order, and remembers what a statement needs to be understood."""

    def __init__(self, document: ChunkedText) -> None:
        self.document = document
        self.line_starts = find_line_starts(document.text)
        self.chunk_starts = [chunk.start for chunk in document.chunks]
        self.header: tuple[str, ...] = ()
        self.lead_in = ""
        self.outline: frozenset[str] = frozenset()

    def read(self, body: str, segment: MarkdownSegment) -> Iterator[Statement]:
        """Yield what a segment states."""
        if segment.kind is SegmentKind.TABLE_HEADER:
            self.header = split_cells(body, segment)
            return
        if segment.kind is SegmentKind.HEADING:
            self.header, self.lead_in = (), ""
        if segment.kind not in STATING or not segment.plain.strip():
            return
        plain = " ".join(segment.plain.split())
        if segment.kind is not SegmentKind.TABLE_ROW:
            self.header = ()
        if segment.kind is SegmentKind.SENTENCE:
            self.lead_in = plain if plain.endswith(":") else ""
        around = (*segment.heading, *segment.titles, self.lead_in)
        chunk = self._find_chunk(segment)
        if chunk is None or not is_prose(plain) or is_example(plain, around):
            return
        if is_no_statement(body[slice(*segment.shown)]) or plain.casefold() in self.outline:
            return
        for text, attribute in self._split_row(body, segment, plain):
            yield from self._make(segment, text, chunk=chunk, attribute=attribute)

    def _split_row(
        self, body: str, segment: MarkdownSegment, plain: str
    ) -> Iterator[tuple[str, str | None]]:
        """Yield the cells of a row, each with label and column; any other segment as it is."""
        if segment.kind is not SegmentKind.TABLE_ROW:
            yield plain, None
            return
        label, *cells = split_cells(body, segment)
        for name, cell in zip(self.header[1:], cells, strict=False):
            if label and cell:
                yield f"{label} | {name} | {cell}", f"{label} | {name}"

    def _make(
        self, segment: MarkdownSegment, text: str, *, chunk: int, attribute: str | None
    ) -> Iterator[Statement]:
        tokens = tokenize(text)
        keys = frozenset(token.key for token in tokens if token.is_content)
        if len(tokens) > MAX_TOKENS or len(keys) < MIN_CONTENT:
            return
        document = self.document
        headings = (document.title, *segment.heading, *segment.titles)
        context = tokenize(". ".join((*headings, self.lead_in, *self.header)))
        named = tokenize(attribute) if attribute else ()
        yield Statement(
            self._place(segment),
            (document.source, *segment.heading),
            tokens,
            keys,
            frozenset(token.key for token in context if token.is_content) - keys,
            find_qualifiers(document.source, headings),
            chunk,
            self.outline,
            frozenset(t.key for t in named if t.is_content) if attribute else None,
        )

    def _place(self, segment: MarkdownSegment) -> Place:
        document = self.document
        start, end = (document.body_start + offset for offset in segment.shown)
        first = bisect_right(self.line_starts, start)
        last = bisect_right(self.line_starts, max(start, end - 1))
        return Place(
            document.source,
            document.title,
            segment.heading,
            start,
            end,
            first,
            last,
            document.text[start:end],
            document.converted,
            document.places.find(first, last),
        )

    def _find_chunk(self, segment: MarkdownSegment) -> int | None:
        """Return the row of the chunk that a segment begins in, None if it is not compared."""
        start = self.document.body_start + segment.shown[0]
        place = bisect_right(self.chunk_starts, start) - 1
        if place < 0 or start >= self.document.chunks[place].end:
            return None
        return self.document.chunks[place].row


def is_prose(text: str) -> bool:
    """Return whether a text is a whole statement in words: no question, lead-in or code."""
    if _INCOMPLETE.search(text) or "://" in text:
        return False
    return sum(map(_is_ordinary, text)) >= MIN_PROSE_SHARE * len(text)


def is_no_statement(markdown: str) -> bool:
    """Return whether a text is a link and nothing else, or more code spans than words."""
    in_code = sum(len(span) for span in _CODE_SPAN.findall(markdown))
    return in_code > len(markdown) / 2 or bool(_LINK.fullmatch(markdown))


def _is_ordinary(character: str) -> bool:
    return character.isalnum() or character in " .,;'\u2019-|"
