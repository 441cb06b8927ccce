"""The smallest parts of passages that can be quoted: sentences, items, rows, code. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ragpg.markdown import SegmentKind, split_segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.types import Hit

QUOTABLE = frozenset(
    {SegmentKind.SENTENCE, SegmentKind.LIST_ITEM, SegmentKind.TABLE_ROW, SegmentKind.CODE}
)

WITHOUT_BLANKS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
"""Runs of Chinese and Japanese characters."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The smallest part of a passage that can be quoted: `hit.text[start:end]`.

    `ordinal` counts the passage's Markdown segments, `block` its blocks; `header` is the span of
    the table's header that a row needs to be understood.
    """

    hit: Hit
    ordinal: int
    block: int
    kind: SegmentKind
    start: int
    end: int
    plain: str
    heading: tuple[str, ...]
    header: tuple[int, int] | None = None

    @property
    def quote(self) -> str:
        """The segment, verbatim."""
        return self.hit.text[self.start : self.end]

    @property
    def heading_text(self) -> str:
        """The title of the document and the headings above the segment."""
        return " ".join((self.hit.title, *self.heading))

    @property
    def words(self) -> int:
        """The number of words, separated by blanks; two characters of CJK scripts are one."""
        return count_words(self.plain)

    @property
    def embedded_text(self) -> str:
        """What is compared with the question: the segment under its title and headings."""
        path = " > ".join((self.hit.title, *self.heading[-2:]))
        header = self.hit.text[slice(*self.header)] if self.header else ""
        return f"{path}\n{header}{self.plain}"


class ListGroup(NamedTuple):
    """The indices of a list's segments; `lead_in` has none or one."""

    lead_in: list[int]
    items: list[int]


def find_quotable_segments(hits: Iterable[Hit]) -> list[Segment]:
    """Return the segments of passages that can be quoted."""
    return [segment for hit in hits for segment in _split_hit(hit)]


def _split_hit(hit: Hit) -> Iterator[Segment]:
    header: tuple[int, int] | None = None
    for ordinal, part in enumerate(split_segments(hit.text)):
        end = part.start + len(hit.text[part.start : part.end].rstrip())
        if part.kind is SegmentKind.TABLE_HEADER:
            header = (part.start, part.end)
        elif part.kind is not SegmentKind.TABLE_ROW:
            header = None
        if part.kind in QUOTABLE and part.plain.strip():
            yield Segment(
                hit,
                ordinal,
                part.block,
                part.kind,
                part.start,
                end,
                part.plain,
                part.heading or hit.heading,
                header,
            )


def find_lists(segments: Sequence[Segment]) -> Iterator[ListGroup]:
    """Yield the lists among segments, each with its lead-in, if it has one."""

    def block_of(index: int) -> tuple[int, int, bool]:
        segment = segments[index]
        return segment.hit.rank, segment.block, segment.kind is SegmentKind.LIST_ITEM

    for (rank, _, is_list), group in groupby(range(len(segments)), key=block_of):
        if is_list:
            items = list(group)
            first = segments[items[0]]
            before = segments[items[0] - 1]
            is_previous = (before.hit.rank, before.ordinal) == (rank, first.ordinal - 1)
            has_lead_in = is_previous and before.plain.rstrip().endswith(":")
            yield ListGroup([items[0] - 1] if has_lead_in else [], items)


def count_words(text: str) -> int:
    """Return the number of words of a text; two characters of scripts without blanks are one."""
    characters = sum(len(run) for run in WITHOUT_BLANKS.findall(text))
    return len(WITHOUT_BLANKS.sub(" ", text).split()) + (characters + 1) // 2
