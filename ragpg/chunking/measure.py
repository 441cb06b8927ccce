"""Cuts segments that are too large for a chunk, and counts the tokens of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ragpg.chunking.heading_context import make_contexts
from ragpg.markdown import MarkdownSegment, SegmentKind, halve_segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ragpg.chunking.heading_context import HeadingContext, HeadingPath
    from ragpg.chunking.size_limits import TokenBudget

SizedSegment: TypeAlias = tuple[MarkdownSegment, int]
"""A segment and its number of tokens."""

MAX_SHARES = {
    SegmentKind.HEADING: 1 / 4,
    SegmentKind.TITLE: 1 / 4,
    SegmentKind.TABLE_HEADER: 1 / 2,
}
"""Largest share of a chunk for a segment that must not be separated from the next one. Chosen by
hand."""
TITLES = frozenset({SegmentKind.HEADING, SegmentKind.TITLE})
"""What is not to be separated from the text below it."""
MAX_PRECEDING_SHARE = 3 / 4
"""Largest share of a chunk that is reserved for headings and header before a segment."""


@dataclass(frozen=True, slots=True)
class MeasuredSegments:
    """The segments of `text`, the tokens of each, and what a chunk that begins with it repeats.

    `repeated_headers` has the index of the table header for each row but a table's first, else
    None. `contexts` are the contextual headings by the paths of the segments.
    """

    text: str
    segments: list[MarkdownSegment]
    tokens: list[int]
    repeated_headers: list[int | None]
    contexts: Mapping[HeadingPath, HeadingContext]

    def is_body(self, index: int) -> bool:
        """Return whether a segment has words and is not a heading or title."""
        return self.tokens[index] > 0 and self.segments[index].kind not in TITLES

    def find_heading(self, first: int, last: int) -> HeadingPath:
        """Return the heading path of a chunk of the segments from `first` to before `last`."""
        body = next((index for index in range(first, last) if self.is_body(index)), first)
        return self.segments[body].heading


def measure_segments(
    text: str, segments: Sequence[MarkdownSegment], *, title: str, budget: TokenBudget
) -> MeasuredSegments:
    """Count the tokens of segments, and cut those that would not fit into a chunk.

    Headings and table headers are limited first, so that the segments after them, from which they
    must not be separated, find room in the same chunk.
    """
    contexts = make_contexts(title, {segment.heading for segment in segments}, budget=budget)
    rooms = {path: budget.max_content(context=context.tokens) for path, context in contexts.items()}
    tokens = budget.count([segment.plain for segment in segments])
    sized = list(zip(segments, tokens, strict=True))
    for limit in (_limit_headings, _limit_bodies):
        sized = list(_cut_all(text, sized, limit(sized, rooms), budget=budget))
    return MeasuredSegments(
        text,
        [segment for segment, _ in sized],
        [tokens for _, tokens in sized],
        _find_repeated_headers(sized),
        contexts,
    )


def _limit_headings(
    sized: Sequence[SizedSegment], rooms: Mapping[HeadingPath, int]
) -> Iterator[int]:
    """Yield the largest number of tokens of each segment; only headings and headers are limited."""
    for segment, tokens in sized:
        share = MAX_SHARES.get(segment.kind)
        yield max(1, int(rooms[segment.heading] * share)) if share else tokens


def _limit_bodies(sized: Sequence[SizedSegment], rooms: Mapping[HeadingPath, int]) -> Iterator[int]:
    """Yield the largest number of tokens of each segment besides what must precede it."""
    preceding = header = 0
    for segment, tokens in sized:
        if segment.kind in MAX_SHARES:
            header = tokens if segment.kind is SegmentKind.TABLE_HEADER else 0
            preceding += tokens
            yield tokens
            continue
        header = header if segment.kind is SegmentKind.TABLE_ROW else 0
        room = rooms[segment.heading]
        yield max(1, room - min(max(preceding, header), int(room * MAX_PRECEDING_SHARE)))
        preceding = 0 if tokens else preceding


def _cut_all(
    text: str, sized: Sequence[SizedSegment], limits: Iterable[int], *, budget: TokenBudget
) -> Iterator[SizedSegment]:
    for item, limit in zip(sized, limits, strict=True):
        if item[1] > limit:
            yield from _cut(text, item, limit, budget=budget)
        else:
            yield item


def _cut(
    text: str, sized: SizedSegment, limit: int, *, budget: TokenBudget
) -> Iterator[SizedSegment]:
    """Halve a segment until no part has more than `limit` tokens, or none can be cut."""
    segment, tokens = sized
    halves = halve_segment(text, segment) if tokens > limit else (segment,)
    if len(halves) == 1:
        yield sized
        return
    counts = budget.count([half.plain for half in halves])
    for half in zip(halves, counts, strict=True):
        yield from _cut(text, half, limit, budget=budget)


def _find_repeated_headers(sized: Sequence[SizedSegment]) -> list[int | None]:
    """Return for each row but a table's first the index of the table header, else None."""
    headers: list[int | None] = []
    header: int | None = None
    for index, (segment, _) in enumerate(sized):
        is_row = segment.kind is SegmentKind.TABLE_ROW
        headers.append(header if is_row and header != index - 1 else None)
        if not is_row:
            header = index if segment.kind is SegmentKind.TABLE_HEADER else None
    return headers
