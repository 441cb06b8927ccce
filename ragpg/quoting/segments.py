"""The smallest parts of passages that can be quoted: sentences, items, rows, code. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ragpg.markdown import SegmentKind, split_segments
from ragpg.text.scripts import count_words, normalize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.markdown import MarkdownSegment
    from ragpg.types import Hit

QUOTABLE = frozenset(
    {
        SegmentKind.SENTENCE,
        SegmentKind.LIST_ITEM,
        SegmentKind.TABLE_ROW,
        SegmentKind.CODE,
        SegmentKind.FOOTNOTE,
    }
)
MAX_GAP = 8
"""Code points between passages that follow each other: blanks and line ends."""
FOOTNOTE_LABEL = re.compile(r"\[\^([^\[\]\s]{1,60})\]")


@dataclass(frozen=True, slots=True)
class Segment:
    """The smallest part of a passage that can be quoted: `hit.text[start:end]`.

    A stretch are passages that follow each other in a document; `stretch` is the first of their
    ranks, `ordinal` counts their Markdown segments that are seen, `block` their blocks. `header` is
    the span of the table's header that a row needs to be understood, `head` a header before the
    passage; `notes` are those of the footnotes that the segment refers to. `plain` and `words`
    include the footnotes, `heading` the titles of tabs, admonitions and the like around the
    segment, `shift` the indentation of their body. `plain` and `heading` are composed (NFC).
    """

    hit: Hit
    stretch: int
    ordinal: int
    block: int
    kind: SegmentKind
    start: int
    end: int
    plain: str
    heading: tuple[str, ...]
    header: tuple[int, int] | None = None
    notes: tuple[tuple[int, int], ...] = ()
    head: str = ""
    shift: int = 0

    @property
    def quote(self) -> str:
        """The segment, verbatim."""
        return self.hit.text[self.start : self.end]

    @property
    def announces(self) -> bool:
        """Whether it ends with what announces the next segment, a colon."""
        return self.plain.rstrip().endswith((":", "\uff1a"))

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


def find_quotable_segments(hits: Sequence[Hit]) -> list[Segment]:
    """Return the segments of passages that can be quoted, in the order of the passages.

    Passages that follow each other in a document are kept together, in its order.
    """
    return [segment for stretch in find_stretches(hits) for segment in _split_stretch(stretch)]


def find_stretches(hits: Sequence[Hit]) -> list[list[Hit]]:
    """Group passages that follow each other in a document, in its order; the best group first."""
    stretches: list[list[Hit]] = []
    for hit in sorted(hits, key=lambda hit: (hit.source, hit.start)):
        if stretches and _follows(stretches[-1][-1], hit):
            stretches[-1].append(hit)
        else:
            stretches.append([hit])
    return sorted(stretches, key=_first_rank)


def _follows(previous: Hit, hit: Hit) -> bool:
    return previous.source == hit.source and 0 <= hit.start - previous.end <= MAX_GAP


def _first_rank(stretch: Sequence[Hit]) -> int:
    return min(hit.rank for hit in stretch)


def _split_stretch(stretch: Sequence[Hit]) -> Iterator[Segment]:
    first_rank = _first_rank(stretch)
    ordinal = block = 0
    for hit in stretch:
        parts = split_segments(hit.text)
        for segment in _find_quotable(hit, parts):
            yield replace(
                segment,
                stretch=first_rank,
                ordinal=ordinal + segment.ordinal,
                block=block + segment.block,
            )
        ordinal += sum(map(_is_seen, parts))
        block += max((part.block for part in parts), default=0) + 1


def _find_quotable(hit: Hit, parts: Sequence[MarkdownSegment]) -> Iterator[Segment]:
    header: tuple[int, int] | None = None
    head, ordinal = hit.table_head, 0
    footnotes = _find_footnotes(hit.text, parts)
    for part in parts:
        labels = _find_labels(hit.text, part)
        if part.kind is SegmentKind.TABLE_HEADER:
            header, head = part.shown, ""
        elif part.kind is not SegmentKind.TABLE_ROW and part.plain:
            header, head = None, ""
        if part.kind is SegmentKind.FOOTNOTE and labels[:1] and labels[0] in footnotes:
            continue  # it is quoted with the sentence that refers to it
        notes = [footnotes[label] for label in labels if label in footnotes]
        if part.kind in QUOTABLE and part.plain.strip():
            yield Segment(
                hit,
                hit.rank,
                ordinal,
                part.block,
                part.kind,
                *part.shown,
                normalize(" ".join((part.plain, *(note.plain for note in notes)))),
                tuple(map(normalize, (*(part.heading or hit.heading), *part.titles))),
                header,
                tuple(note.shown for note in notes),
                head,
                part.shift,
            )
        ordinal += _is_seen(part)


def _is_seen(part: MarkdownSegment) -> bool:
    """Return whether a reader sees a segment as a part of the text, not just a type of note."""
    is_type = part.kind is SegmentKind.TITLE and part.plain not in part.titles
    return bool(part.plain) and not is_type


def _find_footnotes(text: str, parts: Sequence[MarkdownSegment]) -> dict[str, MarkdownSegment]:
    """Return the footnotes that the text refers to, by label."""
    notes = {
        _find_labels(text, part)[0]: part for part in parts if part.kind is SegmentKind.FOOTNOTE
    }
    if not notes:
        return notes
    others = (part for part in parts if part.kind is not SegmentKind.FOOTNOTE)
    referred = {label for part in others for label in _find_labels(text, part)}
    return {label: note for label, note in notes.items() if label in referred}


def _find_labels(text: str, part: MarkdownSegment) -> list[str]:
    if part.kind is SegmentKind.CODE:
        return []
    return FOOTNOTE_LABEL.findall(text, part.start, part.end)


def find_lists(segments: Sequence[Segment]) -> Iterator[ListGroup]:
    """Yield the lists among segments, each with its lead-in, if it has one."""

    def block_of(index: int) -> tuple[int, int, bool]:
        segment = segments[index]
        return segment.stretch, segment.block, segment.kind is SegmentKind.LIST_ITEM

    for (stretch, _, is_list), group in groupby(range(len(segments)), key=block_of):
        if is_list:
            items = list(group)
            first = segments[items[0]]
            before = segments[items[0] - 1]
            is_previous = (before.stretch, before.ordinal) == (stretch, first.ordinal - 1)
            has_lead_in = is_previous and before.plain.rstrip().endswith(":")
            yield ListGroup([items[0] - 1] if has_lead_in else [], items)
