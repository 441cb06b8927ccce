"""From what the arms of the search found to an order, with reasons. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.retrieval.late_interaction import WORDLESS, similarities, weights_of
from ragpg.types import Candidate, Mode

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


@dataclass(frozen=True, slots=True)
class Score:
    """Why a candidate stands where it does: the sum of its parts is `total`."""

    total: float
    meaning: float = 0.0
    keywords: float = 0.0
    words: float = 0.0
    around: float = 0.0


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate and its score."""

    candidate: Candidate
    score: Score

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands: the last word between equals."""
        return self.candidate.source, self.candidate.chunk.ordinal


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
