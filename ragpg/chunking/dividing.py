"""The division of atoms into chunks that costs least."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from ragpg.markdown import SegmentKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.chunking.measuring import Limits, Measured
    from ragpg.markdown import MarkdownSegment

USUAL_CHARACTERS = 1000
MOST_CHARACTERS = 2000
"""With markup, blanks at the ends not counted: what chunks stay below, and what none exceeds."""
MOST_ATOMS = 64

# What it costs to begin a chunk inside a block; a heading begins one for nothing.
INSIDE_COST = {SegmentKind.LIST_ITEM: 0.75, SegmentKind.TABLE_ROW: 0.8, SegmentKind.CODE: 0.9}
SENTENCE_COST = 1.0
BLOCK_COST = 0.45
SWALLOWED_HEADING_COST = 0.6
TOO_LONG_FACTOR = 6.0
OVER_LIMIT_COST = 20.0
# A heading without text, a table's head without a row: only where nothing else can be done.
SEPARATED_COST = 1000.0


@dataclass(frozen=True, slots=True)
class _Sizes:
    """What the search looks up for each atom, and again and again.

    `starts` and `ends` are those of the text without blanks around it; `context` and `head` are
    the tokens of what introduces a chunk that begins there; `body` is the index of the next atom
    which says something and is no heading.
    """

    starts: list[int]
    ends: list[int]
    tokens: list[int]
    context: list[int]
    head: list[int]
    body: list[int]
    headings: list[bool]

    @classmethod
    def of(cls, measured: Measured) -> _Sizes:
        text, found, tokens = measured.text, measured.atoms, measured.tokens
        body = [len(found)] * (len(found) + 1)
        for index in reversed(range(len(found))):
            body[index] = index if measured.is_body(index) else body[index + 1]
        return cls(
            starts=[len(text) - len(text.lstrip()), *(atom.start for atom in found[1:])],
            ends=[atom.start + len(text[atom.start : atom.end].rstrip()) for atom in found],
            tokens=tokens,
            context=[measured.contexts[atom.heading].tokens for atom in found],
            head=[0 if head is None else tokens[head] for head in measured.heads],
            body=body,
            headings=[atom.kind is SegmentKind.HEADING for atom in found],
        )


def divide(measured: Measured, *, limits: Limits, window: int) -> list[int]:
    """Where the chunks begin, as indices of atoms, and behind these the number of atoms.

    A chunk of x + 1 times the target costs x² if it is short and 6 x² if it is long, .6 for each
    heading in its middle, and the cost of the break before it.
    """
    total = len(measured.atoms)
    sizes, breaks = _Sizes.of(measured), _break_costs(measured)
    best, came = [0.0] + [inf] * total, [0] * (total + 1)
    for first in range(total):
        for last, cost in _costs(sizes, first, limits=limits, window=window):
            if best[first] + cost + breaks[last] < best[last]:
                best[last], came[last] = best[first] + cost + breaks[last], first
    places = [total]
    while places[-1]:
        places.append(came[places[-1]])
    return places[::-1]


def _costs(
    sizes: _Sizes, first: int, *, limits: Limits, window: int
) -> Iterator[tuple[int, float]]:
    """Yield the end and the cost of each chunk that may begin with the atom `first`."""
    tokens, body, target = sizes.head[first], sizes.body[first], limits.target
    swallowed = 0.0
    for index in range(first, min(first + MOST_ATOMS, len(sizes.tokens))):
        tokens += sizes.tokens[index]
        context = sizes.context[body if body <= index else first]
        characters = sizes.ends[index] - sizes.starts[first]
        if index > first and (characters > MOST_CHARACTERS or tokens + context > window):
            return
        over = tokens > limits.max_tokens or characters > USUAL_CHARACTERS
        if over and index > body + 1:
            return
        if sizes.headings[index] and index > body:
            swallowed += SWALLOWED_HEADING_COST
        off = tokens / target - 1
        cost = swallowed + off * off * (TOO_LONG_FACTOR if off > 0 else 1)
        if over:
            cost += OVER_LIMIT_COST
        yield index + 1, cost if body <= index else cost + SEPARATED_COST


def _break_costs(measured: Measured) -> list[float]:
    """What a break before each atom costs; the one at the end costs nothing."""
    costs = [0.0]
    bound = False
    for index, (before, atom) in enumerate(pairwise(measured.atoms)):
        bound = before.kind is SegmentKind.HEADING or (bound and not measured.is_body(index))
        in_table = before.kind is SegmentKind.TABLE_HEADER and atom.kind is SegmentKind.TABLE_ROW
        costs.append(SEPARATED_COST if bound or in_table else _break_cost(before, atom))
    return [*costs, 0.0]


def _break_cost(before: MarkdownSegment, atom: MarkdownSegment) -> float:
    if atom.kind is SegmentKind.HEADING:
        return 0.0
    if atom.block != before.block:
        return BLOCK_COST
    return INSIDE_COST.get(atom.kind, SENTENCE_COST)
