"""Segments to chunks: the division of least total cost, found by dynamic programming.

It is to chunks what the total-fit algorithm of Knuth and Plass (Breaking Paragraphs into Lines,
1981) is to lines: a chunk costs the more the further its length is from the target, a break costs
the more the less natural it is, and the sum over the whole document is minimised.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from ragpg.chunking.measure import TITLES
from ragpg.chunking.size_limits import MAX_CHARACTERS, SOFT_MAX_CHARACTERS
from ragpg.markdown import SegmentKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.chunking.measure import MeasuredSegments
    from ragpg.chunking.size_limits import TokenBudget
    from ragpg.markdown import MarkdownSegment

MAX_SEGMENTS = 64
"""Segments of a chunk, which bounds the search. Chosen by hand."""

# The unit is the cost of an empty chunk. Found in November 2026 with a prototype that was tuned on
# the development sets of benchmarks/retrieval.md (all but SciFact); no command repeats the search.
BREAK_IN_BLOCK_COSTS = {
    SegmentKind.LIST_ITEM: 0.75,
    SegmentKind.TABLE_ROW: 0.8,
    SegmentKind.CODE: 0.9,
}
"""The cost of beginning a chunk with such a segment inside a block."""
SENTENCE_BREAK_COST = 1.0
"""The cost of beginning a chunk with any other segment inside a block."""
BLOCK_BREAK_COST = 0.45
"""The cost of beginning a chunk with a block; with a heading it costs nothing."""
INNER_HEADING_COST = 0.6
"""The cost of each heading in the middle of a chunk."""
TOO_LONG_FACTOR = 6.0
"""How much more a chunk costs for being too long than for being too short."""

# Chosen by hand: so high that they are paid only where everything else is impossible.
OVER_LIMIT_COST = 20.0
"""The cost of a chunk with more tokens than the limit, or more than SOFT_MAX_CHARACTERS."""
SEPARATED_COST = 1000.0
"""The cost of a heading without text, or a table header without a row."""


@dataclass(frozen=True, slots=True)
class _Sizes:
    """What the search looks up for each segment many times.

    `starts` and `ends` do not count blank ends of the text. `context` and `header` are the tokens
    of the contextual heading and of the table header of a chunk that begins with the segment.
    `next_body` is the index of the first segment from here on that is no heading and has words.
    """

    starts: list[int]
    ends: list[int]
    tokens: list[int]
    context: list[int]
    header: list[int]
    next_body: list[int]
    is_heading: list[bool]

    @classmethod
    def of(cls, measured: MeasuredSegments) -> _Sizes:
        text, segments, tokens = measured.text, measured.segments, measured.tokens
        next_body = [len(segments)] * (len(segments) + 1)
        for index in reversed(range(len(segments))):
            next_body[index] = index if measured.is_body(index) else next_body[index + 1]
        headers = measured.repeated_headers
        return cls(
            starts=[len(text) - len(text.lstrip()), *(s.start for s in segments[1:])],
            ends=[s.start + len(text[s.start : s.end].rstrip()) for s in segments],
            tokens=tokens,
            context=[measured.contexts[s.heading].tokens for s in segments],
            header=[0 if header is None else tokens[header] for header in headers],
            next_body=next_body,
            is_heading=[s.kind is SegmentKind.HEADING for s in segments],
        )


def split_optimally(measured: MeasuredSegments, *, budget: TokenBudget) -> list[int]:
    """Return the index of each chunk's first segment, and finally the number of segments.

    A chunk of 1 + x times the target costs x² if it is too short and 6 x² if it is too long, plus
    the cost of each heading in its middle and of the break before it.
    """
    total = len(measured.segments)
    sizes, breaks = _Sizes.of(measured), _cost_breaks(measured)
    # Of the best division of the segments before each index: its cost, and its last chunk's start.
    least, last_start = [0.0] + [inf] * total, [0] * (total + 1)
    for first in range(total):
        for last, cost in _cost_chunks(sizes, first, budget=budget):
            if least[first] + cost + breaks[last] < least[last]:
                least[last], last_start[last] = least[first] + cost + breaks[last], first
    starts = [total]
    while starts[-1]:
        starts.append(last_start[starts[-1]])
    return starts[::-1]


def _cost_chunks(sizes: _Sizes, first: int, *, budget: TokenBudget) -> Iterator[tuple[int, float]]:
    """Yield the end and the cost of each possible chunk that begins with the segment `first`."""
    limits, target = budget.limits, budget.limits.target
    tokens, body = sizes.header[first], sizes.next_body[first]
    inner_headings = 0.0
    for index in range(first, min(first + MAX_SEGMENTS, len(sizes.tokens))):
        tokens += sizes.tokens[index]
        context = sizes.context[body if body <= index else first]
        characters = sizes.ends[index] - sizes.starts[first]
        too_much = characters > MAX_CHARACTERS or tokens + context > budget.window
        if index > first and too_much:
            return
        over_limit = tokens > limits.max_tokens or characters > SOFT_MAX_CHARACTERS
        if over_limit and index > body + 1:
            return
        if sizes.is_heading[index] and index > body:
            inner_headings += INNER_HEADING_COST
        deviation = tokens / target - 1
        cost = inner_headings + deviation * deviation * (TOO_LONG_FACTOR if deviation > 0 else 1)
        if over_limit:
            cost += OVER_LIMIT_COST
        yield index + 1, cost if body <= index else cost + SEPARATED_COST


def _cost_breaks(measured: MeasuredSegments) -> list[float]:
    """Return the cost of a break before each segment; the one at the end costs nothing."""
    costs = [0.0]
    after_heading = False
    for index, (previous, segment) in enumerate(pairwise(measured.segments)):
        is_heading = previous.kind in TITLES
        after_heading = is_heading or (after_heading and not measured.is_body(index))
        after_header = (
            previous.kind is SegmentKind.TABLE_HEADER and segment.kind is SegmentKind.TABLE_ROW
        )
        separates = after_heading or after_header
        costs.append(SEPARATED_COST if separates else _cost_break(previous, segment))
    return [*costs, 0.0]


def _cost_break(previous: MarkdownSegment, segment: MarkdownSegment) -> float:
    if segment.kind is SegmentKind.HEADING:
        return 0.0
    if segment.block != previous.block:
        return BLOCK_BREAK_COST
    return BREAK_IN_BLOCK_COSTS.get(segment.kind, SENTENCE_BREAK_COST)
