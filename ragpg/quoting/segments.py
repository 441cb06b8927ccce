"""The smallest parts of passages that can be quoted: sentences, items, rows, code. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ragpg.markdown import SegmentKind, split_segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.types import Hit

QUOTABLE = frozenset(
    {SegmentKind.SENTENCE, SegmentKind.LIST_ITEM, SegmentKind.TABLE_ROW, SegmentKind.CODE}
)


@dataclass(frozen=True, slots=True)
class Segment:
    """The smallest part of a passage that can be quoted: `hit.text[start:end]`.

    `ordinal` counts the passage's atoms, `block` its blocks; `head` is the span of the table head
    that a row needs to be understood.
    """

    hit: Hit
    ordinal: int
    block: int
    kind: SegmentKind
    start: int
    end: int
    plain: str
    heading: tuple[str, ...]
    head: tuple[int, int] | None = None

    @property
    def quote(self) -> str:
        """The unit to the letter."""
        return self.hit.text[self.start : self.end]

    @property
    def embedded_text(self) -> str:
        """What is compared with the question: the unit under the headings that it stands under."""
        path = " > ".join((self.hit.title, *self.heading[-2:]))
        head = self.hit.text[slice(*self.head)] if self.head else ""
        return f"{path}\n{head}{self.plain}"


def segments(hits: Iterable[Hit]) -> list[Segment]:
    """Take passages apart into what can be quoted."""
    return [segment for hit in hits for segment in segments_of(hit)]


def segments_of(hit: Hit) -> Iterator[Segment]:
    """Take one passage apart."""
    head: tuple[int, int] | None = None
    for ordinal, atom in enumerate(split_segments(hit.text)):
        end = atom.start + len(hit.text[atom.start : atom.end].rstrip())
        if atom.kind is SegmentKind.TABLE_HEADER:
            head = (atom.start, atom.end)
        elif atom.kind is not SegmentKind.TABLE_ROW:
            head = None
        if atom.kind in QUOTABLE and atom.plain.strip():
            yield Segment(
                hit,
                ordinal,
                atom.block,
                atom.kind,
                atom.start,
                end,
                atom.plain,
                atom.heading or hit.heading,
                head,
            )


def lists(segments: Sequence[Segment]) -> Iterator[tuple[list[int], list[int]]]:
    """Find lists: the index of the lead-in, if there is one, and those of the items."""

    def place(index: int) -> tuple[int, int, bool]:
        segment = segments[index]
        return segment.hit.rank, segment.block, segment.kind is SegmentKind.LIST_ITEM

    for (rank, _, is_list), group in groupby(range(len(segments)), key=place):
        if is_list:
            items = list(group)
            first = segments[items[0]]
            before = segments[items[0] - 1]
            follows = (before.hit.rank, before.ordinal) == (rank, first.ordinal - 1)
            leads = follows and before.plain.rstrip().endswith(":")
            yield [items[0] - 1] if leads else [], items


def adjoin(one: Segment, other: Segment) -> bool:
    """Whether two units stand beside each other in the same block."""
    same = (one.hit.rank, one.block) == (other.hit.rank, other.block)
    return same and abs(one.ordinal - other.ordinal) == 1


def count(segments: Sequence[Segment], chosen: Iterable[int]) -> int:
    """Count the words of units."""
    return sum(len(segments[index].plain.split()) for index in chosen)
