"""Ranked chunks to passages: adjacent chunks are merged into one hit. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragpg.types import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.retrieval.ranking import RankedChunk
    from ragpg.types import Candidate

MAX_HIT_LENGTH = 1500
"""Characters up to which adjacent chunks are merged."""
MEAN_HIT_LENGTH = 1000
"""Largest mean length, in characters, of the hits of a page with merged chunks."""
RESERVED = 400
"""Characters reserved for each hit of a page that is still to come."""
PAGE = 5
"""Hits that share a budget of characters: the first ones are the same, whatever top_k is."""

# Fitted on the six development sets of benchmarks/retrieval.md (November 2026, `make eval`).
MERGE_MARGIN, MERGE_MARGIN_IN_SECTION = 0.15, 0.3
"""How much lower than the passage's best score an adjacent chunk's may be, and how much lower if it
continues the section of the chunk that it adjoins."""
DIVERSITY_PENALTY = 0.03
"""What a chunk loses for each hit in its document, and again for each hit in its section."""


@dataclass(slots=True)
class MergedPassage:
    """Consecutive chunks of a document; `best` has the highest score.

    `penalty` is what `best` lost for diversity.
    """

    best: RankedChunk
    chunks: list[RankedChunk] = field(default_factory=list)
    penalty: float = 0.0

    @property
    def first(self) -> Candidate:
        """The first chunk, in the order of the document."""
        return self.chunks[0].candidate

    @property
    def last(self) -> Candidate:
        """The last chunk, in the order of the document."""
        return self.chunks[-1].candidate

    @property
    def length(self) -> int:
        """The number of characters."""
        return self.last.chunk.end - self.first.chunk.start

    def add(self, chunk: RankedChunk) -> None:
        """Add an adjacent chunk."""
        self.chunks = sorted([*self.chunks, chunk], key=lambda part: part.candidate.chunk.ordinal)


def keep_single(ranked: Sequence[RankedChunk], *, limit: int) -> list[MergedPassage]:
    """Make a passage of each of the best chunks."""
    return [MergedPassage(chunk, [chunk]) for chunk in ranked[:limit]]


def merge_adjacent(ranked: Sequence[RankedChunk], *, limit: int) -> list[MergedPassage]:
    """Make passages of chunks, best first.

    A chunk is merged with a passage that it adjoins, as long as the passage stays short and the
    chunk's score is not much lower. Otherwise it is a passage of its own, with a penalty if its
    document or section has a hit already.
    """
    passages: list[MergedPassage] = []
    scores = [chunk.score for chunk in ranked]
    penalties = [0.0] * len(ranked)
    for _ in ranked:
        place = max(range(len(ranked)), key=scores.__getitem__)
        chunk, scores[place] = ranked[place], -math.inf
        page = passages[(len(passages) - 1) // PAGE * PAGE :]
        budget = remaining_budget(page)
        adjacent = next((p for p in page if can_merge(chunk, p, budget=budget)), None)
        if adjacent:
            adjacent.add(chunk)
            continue
        if len(passages) == limit:
            break
        passages.append(MergedPassage(chunk, [chunk], penalties[place]))
        for other, competitor in enumerate(ranked):
            penalties[other] += diversity_penalty(competitor.candidate, chunk.candidate)
            if scores[other] > -math.inf:
                scores[other] = competitor.score - penalties[other]
    return passages


def remaining_budget(page: Sequence[MergedPassage]) -> int:
    """Return how many more characters the passages of a page may have together."""
    reserved = RESERVED * (PAGE - len(page))
    return MEAN_HIT_LENGTH * PAGE - reserved - sum(passage.length for passage in page)


def can_merge(ranked: RankedChunk, passage: MergedPassage, *, budget: int) -> bool:
    """Return whether a chunk is merged with a passage; `budget` is the page's, in characters."""
    chunk, first, last = ranked.candidate.chunk, passage.first.chunk, passage.last.chunk
    neighbour = {first.ordinal - 1: first, last.ordinal + 1: last}.get(chunk.ordinal)
    if ranked.candidate.source != passage.first.source or neighbour is None:
        return False
    length = max(last.end, chunk.end) - min(first.start, chunk.start)
    same_section = bool(chunk.heading) and chunk.heading == neighbour.heading
    margin = MERGE_MARGIN_IN_SECTION if same_section else MERGE_MARGIN
    is_good_enough = ranked.score >= passage.best.score - margin
    return is_good_enough and length <= MAX_HIT_LENGTH and length - passage.length <= budget


def diversity_penalty(candidate: Candidate, hit: Candidate) -> float:
    """Return what a chunk loses because of a hit; 0 if the two could be merged."""
    if candidate.source != hit.source:
        return 0.0
    chunk, other = candidate.chunk, hit.chunk
    length = max(chunk.end, other.end) - min(chunk.start, other.start)
    if abs(chunk.ordinal - other.ordinal) == 1 and length <= MAX_HIT_LENGTH:
        return 0.0
    return 2 * DIVERSITY_PENALTY if chunk.heading == other.heading else DIVERSITY_PENALTY


def to_hit(passage: MergedPassage, *, rank: int) -> Hit:
    """Make a hit of a passage: its text without the blank lines at both ends."""
    first, last = passage.first.chunk, passage.last.chunk
    text = "".join(part.candidate.chunk.text for part in passage.chunks).rstrip()
    # The first line keeps its indentation: it may be code.
    blank = len(text) - len(text.lstrip())
    lead = max(text.rfind("\n", 0, blank), text.rfind("\r", 0, blank)) + 1
    return Hit(
        rank=rank,
        source=passage.first.source,
        title=passage.first.title,
        heading=passage.best.candidate.chunk.heading,
        start=first.start + lead,
        end=first.start + len(text),
        start_line=first.start_line,
        end_line=last.end_line,
        text=text[lead:],
        score=passage.best.score - passage.penalty,
        commit=passage.first.commit,
    )
