"""Ranked chunks to passages: those that adjoin become one hit. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragpg.types import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.retrieval.ranking import Scored
    from ragpg.types import Candidate

LONGEST_HIT = 1500
"""Characters up to which a chunk joins a hit that it adjoins."""
BUDGET = 1000
"""Characters that hits have on average at most, where chunks join them."""
RESERVED = 400
"""Characters that are kept for each hit of a page as long as it is yet to come."""
PAGE = 5
"""Hits that are read together: the first ones are the same, however many are asked for."""
JOINING, JOINING_SECTION = 0.15, 0.3
"""How much worse than its best chunk a hit's other chunks may be, and those that go on with the
section of the chunk that they adjoin."""
REPETITION = 0.03
"""What a chunk loses for each hit in its document, and once more for each in its section."""


@dataclass(slots=True)
class Passage:
    """Chunks of a document that follow each other; the best one came first.

    `lost` is what it lost by what stood before it already.
    """

    best: Scored
    parts: list[Scored] = field(default_factory=list)
    lost: float = 0.0

    @property
    def first(self) -> Candidate:
        """The chunk that it begins with."""
        return self.parts[0].candidate

    @property
    def last(self) -> Candidate:
        """The chunk that it ends with."""
        return self.parts[-1].candidate

    @property
    def length(self) -> int:
        """Its characters."""
        return self.last.chunk.end - self.first.chunk.start

    def add(self, one: Scored) -> None:
        """Take a chunk in."""
        self.parts = sorted([*self.parts, one], key=lambda part: part.candidate.chunk.ordinal)


def single(scored: Sequence[Scored], *, limit: int) -> list[Passage]:
    """Make a passage of each of the best."""
    return [Passage(one, [one]) for one in scored[:limit]]


def joined(scored: Sequence[Scored], *, limit: int) -> list[Passage]:
    """Make passages of chunks, best first.

    A chunk joins a passage that it adjoins, while that stays short and the chunk is not much worse;
    what stands in the same document or section as a passage before counts a little less.
    """
    passages: list[Passage] = []
    left = {one.place: one for one in scored}
    lost = dict.fromkeys(left, 0.0)
    while left:
        one = max(left.values(), key=lambda one: one.score.total - lost[one.place])
        del left[one.place]
        page = passages[(len(passages) - 1) // PAGE * PAGE :]
        room = room_left(page)
        home = next((passage for passage in page if belongs(one, passage, room=room)), None)
        if home:
            home.add(one)
            continue
        if len(passages) == limit:
            break
        passages.append(Passage(one, [one], lost[one.place]))
        for other in left.values():
            lost[other.place] += repetition(other.candidate, one.candidate)
    return passages


def room_left(page: Sequence[Passage]) -> int:
    """How many characters more the passages of a page may have together."""
    reserved = RESERVED * (PAGE - len(page))
    return BUDGET * PAGE - reserved - sum(passage.length for passage in page)


def belongs(one: Scored, passage: Passage, *, room: int) -> bool:
    """Whether a chunk joins a passage; `room` is what characters are left to all of them."""
    chunk, first, last = one.candidate.chunk, passage.first.chunk, passage.last.chunk
    beside = {first.ordinal - 1: first, last.ordinal + 1: last}.get(chunk.ordinal)
    if one.candidate.source != passage.first.source or beside is None:
        return False
    length = max(last.end, chunk.end) - min(first.start, chunk.start)
    same_section = bool(chunk.heading) and chunk.heading == beside.heading
    worse = JOINING_SECTION if same_section else JOINING
    near = one.score.total >= passage.best.score.total - worse
    return near and length <= LONGEST_HIT and length - passage.length <= room


def repetition(one: Candidate, hit: Candidate) -> float:
    """What a chunk loses by what is a hit already; one that may join it loses nothing."""
    if one.source != hit.source:
        return 0.0
    length = max(one.chunk.end, hit.chunk.end) - min(one.chunk.start, hit.chunk.start)
    if abs(one.chunk.ordinal - hit.chunk.ordinal) == 1 and length <= LONGEST_HIT:
        return 0.0
    return 2 * REPETITION if one.chunk.heading == hit.chunk.heading else REPETITION


def hit(passage: Passage, *, rank: int) -> Hit:
    """Make a hit of a passage: its chunks' text without the blank lines at its ends."""
    first, last = passage.first.chunk, passage.last.chunk
    text = "".join(part.candidate.chunk.text for part in passage.parts).rstrip()
    # Indentation of the first line belongs to the text: it may be code.
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
        score=passage.best.score.total - passage.lost,
    )
