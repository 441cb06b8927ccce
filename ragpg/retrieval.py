"""From what the arms of the search found to ranked passages. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragpg.types import Candidate, Hit, Mode
from ragpg.words import WORDLESS, similarities, weights_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ragpg.types import Candidates, Question

# Fitted on six collections of documents, each constant on a plateau: half or twice its value
# changes no collection's figures by more than chance does.
WORDS_WEIGHT = 1.5
"""What the similarity of words counts beside the cosine of the passages."""
AROUND_WEIGHT = 0.7
"""What the mean cosine of the chunks before and behind counts."""
KEYWORDS_WEIGHT = 0.8
"""What the keywords count: the more there are, the less each."""
BM25_SCALE = 20.0
"""The BM25 score that counts as much as a cosine of log 2."""

RERANKED = 50
"""Passages, from the first, that a reranker judges: each takes it as long as embedding one."""

LONGEST_HIT = 1500
"""Characters up to which a chunk joins a hit that it adjoins."""
BUDGET = 1000
"""Characters that hits have on average at most, where chunks join them."""
RESERVED = 400
"""Characters that are kept for each hit of a page as long as it is yet to come."""
PAGE = 5
"""Hits that are read together: the first ones are the same, however many are asked for."""
JOINING, JOINING_SECTIONS = 0.15, 0.3
"""How much worse than its best chunk a hit's other chunks may be; and where there are headings,
since chunks end there with their section, and what follows is about the same."""
REPETITION = 0.03
"""What a chunk loses for each hit in its document, and once more for each in its section."""


@dataclass(frozen=True, slots=True)
class Score:
    """Why a candidate stands where it does: the sum of its parts is `total`."""

    total: float
    meaning: float = 0.0
    keywords: float = 0.0
    words: float = 0.0
    around: float = 0.0

    @property
    def whole(self) -> float:
        """The total, with a guess at the words where the model gives no vectors of them."""
        return self.total if self.words else self.total + WORDS_WEIGHT * self.meaning


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate and its score."""

    candidate: Candidate
    score: Score

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands: the last word between equals."""
        return self.candidate.source, self.candidate.chunk.ordinal


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


def rank(
    candidates: Candidates, *, question: Question | None, mode: Mode, limit: int
) -> list[Passage]:
    """Order candidates best first and make passages of them, `limit` at most."""
    scored = order(candidates, question=question, mode=mode)
    return (joined if mode is Mode.HYBRID else single)(scored, limit=limit)


def order(candidates: Candidates, *, question: Question | None, mode: Mode) -> list[Scored]:
    """Order candidates best first; what says the same as a better one comes last.

    The score is the cosine similarity (dense), the BM25 score (keyword) or the sum of what these
    two, the words and the chunks around say (hybrid); equal scores are ordered by place, so that a
    result never depends on the order in which rows were stored.
    """
    scored = (Scored(*pair) for pair in SCORES[mode](candidates, question))
    return copies_last(sorted(scored, key=lambda one: (-one.score.total, one.place)))


def reorder(scored: Sequence[Scored], scores: Sequence[float]) -> list[Scored]:
    """Order the first ones by a reranker's scores; those without one follow in their order."""
    judged = [
        Scored(one.candidate, Score(score)) for one, score in zip(scored, scores, strict=False)
    ]
    best, rest = sorted(judged, key=lambda one: -one.score.total), scored[len(judged) :]
    if not best or not rest:
        return [*best, *rest]
    # Scores of two kinds: those of the rest go down from the least of the others.
    least, highest = best[-1].score.total, rest[0].score.total
    lowered = (least - (highest - one.score.total) for one in rest)
    return [*best, *(Scored(o.candidate, Score(s)) for o, s in zip(rest, lowered, strict=True))]


def single(scored: Sequence[Scored], *, limit: int) -> list[Passage]:
    """Make a passage of each of the best."""
    return [Passage(one, [one]) for one in scored[:limit]]


def by_meaning(
    candidates: Candidates, question: Question | None
) -> Iterator[tuple[Candidate, Score]]:
    """Score what the dense arm found by cosine similarity."""
    del question
    for one in candidates.found:
        if one.similarity is not None:
            yield one, Score(one.similarity, meaning=one.similarity)


def by_keywords(
    candidates: Candidates, question: Question | None
) -> Iterator[tuple[Candidate, Score]]:
    """Score what the keyword arm found by BM25."""
    del question
    for one in candidates.found:
        if one.bm25 is not None:
            yield one, Score(one.bm25, keywords=one.bm25)


def by_all(candidates: Candidates, question: Question | None) -> Iterator[tuple[Candidate, Score]]:
    """Score by everything that is known of a candidate."""
    found = candidates.found
    for one, near in zip(found, nearness(found, question, candidates.terms), strict=True):
        meaning = one.cosine or 0.0
        keywords = KEYWORDS_WEIGHT * math.log1p(max(one.overlap or 0.0, 0.0) / BM25_SCALE)
        words, around = WORDS_WEIGHT * near, AROUND_WEIGHT * (one.around or 0.0)
        total = meaning + keywords + words + around
        yield one, Score(total, meaning, keywords, words, around)


SCORES = {Mode.DENSE: by_meaning, Mode.KEYWORD: by_keywords, Mode.HYBRID: by_all}


def nearness(
    found: Sequence[Candidate], question: Question | None, terms: Mapping[str, float]
) -> list[float]:
    """How near each candidate's words are to the question's; all alike where the model has none."""
    if question is None or question.vectors is None:
        return [0.0] * len(found)
    weights = weights_of(question.words, terms)
    if not weights:
        return [WORDLESS] * len(found)
    return similarities(question.vectors, weights, [one.words for one in found])


def copies_last(ordered: Sequence[Scored]) -> list[Scored]:
    """Put what says the same in the same words as a better one behind everything else."""
    seen: set[str] = set()
    first: list[Scored] = []
    copies: list[Scored] = []
    for one in ordered:
        said = " ".join(one.candidate.chunk.text.casefold().split())
        (copies if said in seen else first).append(one)
        seen.add(said)
    least = first[-1].score.total if first else 0.0
    lowered = (Score(min(one.score.total, least)) for one in copies)
    return [*first, *map(Scored, (one.candidate for one in copies), lowered)]


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
    beside = chunk.ordinal in (first.ordinal - 1, last.ordinal + 1)
    if one.candidate.source != passage.first.source or not beside:
        return False
    length = max(last.end, chunk.end) - min(first.start, chunk.start)
    worse = JOINING_SECTIONS if chunk.heading else JOINING
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
