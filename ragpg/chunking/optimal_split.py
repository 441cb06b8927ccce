"""Segments to chunks: the division of least total cost, found by dynamic programming.

It is to chunks what the total-fit algorithm of Knuth and Plass (Breaking Paragraphs into Lines,
1981) is to lines: a chunk costs the more the further its length is from the target, a break costs
the more the less natural it is, and the sum over the whole document is minimised.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise, repeat
from math import inf
from typing import TYPE_CHECKING

from ragpg.chunking.measure import TITLES
from ragpg.chunking.size_limits import MAX_CHARACTERS, SOFT_MAX_CHARACTERS
from ragpg.markdown import SegmentKind

if TYPE_CHECKING:
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

    `starts` and `ends` do not count blank ends of the text. `tokens_before` and `headings_before`
    are those of all segments before an index. `context` and `header` are the tokens of the
    contextual heading and of the table header of a chunk that begins with the segment. `next_body`
    is the index of the first segment from here on that is no heading and has words.
    """

    starts: list[int]
    ends: list[int]
    tokens_before: list[int]
    headings_before: list[int]
    context: list[int]
    header: list[int]
    next_body: list[int]

    @classmethod
    def of(cls, measured: MeasuredSegments) -> _Sizes:
        text, segments, tokens = measured.text, measured.segments, measured.tokens
        next_body = [len(segments)] * (len(segments) + 1)
        for index in reversed(range(len(segments))):
            next_body[index] = index if measured.is_body(index) else next_body[index + 1]
        headers = measured.repeated_headers
        is_heading = (segment.kind is SegmentKind.HEADING for segment in segments)
        return cls(
            starts=[len(text) - len(text.lstrip()), *(s.start for s in segments[1:])],
            ends=[s.start + len(text[s.start : s.end].rstrip()) for s in segments],
            tokens_before=[*accumulate(tokens, initial=0)],
            headings_before=[*accumulate(is_heading, initial=0)],
            context=[measured.contexts[s.heading].tokens for s in segments],
            header=[0 if header is None else tokens[header] for header in headers],
            next_body=next_body,
        )


def split_optimally(measured: MeasuredSegments, *, budget: TokenBudget) -> list[int]:
    """Return the index of each chunk's first segment, and finally the number of segments.

    A chunk of 1 + x times the target costs x² if it is too short and 6 x² if it is too long, plus
    the cost of each heading in its middle and of the break before it.
    """
    total = len(measured.segments)
    breaks, chunks = _cost_breaks(measured), _ChunkCosts(_Sizes.of(measured), budget)
    # Of the best division of the segments before each index: its cost, and its last chunk's start.
    least, last_start = [0.0] + [inf] * total, [0] * (total + 1)
    for first in range(total):
        before = least[first]
        for last, cost in enumerate(chunks.list_from(first), first + 1):
            if before + cost + breaks[last] < least[last]:
                least[last], last_start[last] = before + cost + breaks[last], first
    starts = [total]
    while starts[-1]:
        starts.append(last_start[starts[-1]])
    return starts[::-1]


class _ChunkCosts:
    """The costs of chunks without the breaks between them.

    A segment is the first of up to 64 chunks, most of them of usual length: their costs are looked
    up in tables, by tokens and by headings. The others are computed one by one.
    """

    def __init__(self, sizes: _Sizes, budget: TokenBudget) -> None:
        self._sizes = sizes
        self._budget = budget
        most = budget.limits.max_tokens + 1
        lengths = [self._cost_length(tokens) for tokens in range(2 * most)]
        self._by_tokens = lengths[:most]
        self._over_limit = [length + OVER_LIMIT_COST + SEPARATED_COST for length in lengths]
        within = [length + SEPARATED_COST for length in lengths[:most]]
        self._without_body = within + self._over_limit[most:]
        headings = repeat(INNER_HEADING_COST, MAX_SEGMENTS)
        self._by_headings = [*accumulate(headings, initial=0.0)]

    def list_from(self, first: int) -> list[float]:
        """Return the costs of all chunks that begin with a segment, from the shortest on."""
        body, end = self._sizes.next_body[first], min(first + MAX_SEGMENTS, len(self._sizes.ends))
        costs = self._look_up_without_body(first, min(body, end)) if first < body else []
        if first + len(costs) == body < end:
            costs += self._look_up(first, body, end)
        if first + len(costs) > body + 1:  # the next one is over a limit
            return costs
        for last in range(first + len(costs), end):
            cost = self._cost_chunk(first, last)
            if cost is None:
                break
            costs.append(cost)
        return costs

    def _look_up_without_body(self, first: int, end: int) -> list[float]:
        """Return the costs of chunks that end before their first body."""
        most = min(self._budget.window - self._sizes.context[first], len(self._over_limit) - 1)
        usual = self._sum_tokens(first, (first, end), (most, SOFT_MAX_CHARACTERS))
        longer = self._sum_tokens(first, (first + len(usual), end), (most, MAX_CHARACTERS))
        costs = [self._without_body[tokens] for tokens in usual]
        return costs + [self._over_limit[tokens] for tokens in longer]

    def _look_up(self, first: int, body: int, end: int) -> list[float]:
        """Return the costs of chunks within the limits that end with the first body, or later."""
        by_tokens, by_headings = self._by_tokens, self._by_headings
        most = min(self._budget.window - self._sizes.context[body], len(by_tokens) - 1)
        sums = self._sum_tokens(first, (body, end), (most, SOFT_MAX_CHARACTERS))
        costs = [by_tokens[tokens] for tokens in sums]
        before = self._sizes.headings_before
        inner = before[body + 1 : body + 1 + len(sums)]
        if not inner or inner[-1] == before[body]:
            return costs
        return [
            by_headings[headings - before[body]] + cost
            for headings, cost in zip(inner, costs, strict=True)
        ]

    def _sum_tokens(self, first: int, ends: tuple[int, int], limits: tuple[int, int]) -> list[int]:
        """Return the tokens of the chunks that end with each segment of a range.

        Those with more tokens or characters than the limits are left out.
        """
        sizes, (start, end), (most, characters) = self._sizes, ends, limits
        before = sizes.tokens_before[first] - sizes.header[first]
        last = bisect_right(sizes.ends, sizes.starts[first] + characters, start, end)
        last = bisect_right(sizes.tokens_before, before + most, start + 1, last + 1) - 1
        return [tokens - before for tokens in sizes.tokens_before[start + 1 : last + 1]]

    def _cost_chunk(self, first: int, last: int) -> float | None:
        """Return the cost of a chunk from one segment to another; None if it is impossible."""
        sizes, budget = self._sizes, self._budget
        body = sizes.next_body[first]
        tokens = sizes.tokens_before[last + 1] - sizes.tokens_before[first] + sizes.header[first]
        context = sizes.context[body if body <= last else first]
        characters = sizes.ends[last] - sizes.starts[first]
        too_much = characters > MAX_CHARACTERS or tokens + context > budget.window
        over_limit = tokens > budget.limits.max_tokens or characters > SOFT_MAX_CHARACTERS
        if (too_much and last > first) or (over_limit and last > body + 1):
            return None
        inner = sizes.headings_before[last + 1] - sizes.headings_before[body] if body < last else 0
        cost = self._by_headings[inner] + self._cost_length(tokens)
        cost += OVER_LIMIT_COST if over_limit else 0
        return cost if body <= last else cost + SEPARATED_COST

    def _cost_length(self, tokens: int) -> float:
        deviation = tokens / self._budget.limits.target - 1
        return deviation * deviation * (TOO_LONG_FACTOR if deviation > 0 else 1)


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
