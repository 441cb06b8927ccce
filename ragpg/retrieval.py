"""From what the arms of the search found to ranked passages. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from ragpg.types import Candidate, Hit, Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Ranked: TypeAlias = tuple[Candidate, float]
    """A candidate and its score."""

# Cormack, Clarke & Büttcher: Reciprocal Rank Fusion outperforms Condorcet and individual Rank
# Learning Methods, SIGIR 2009.
RRF_CONSTANT = 60


RERANKED = 50
"""Passages, from the first, that a reranker judges: each takes it as long as embedding one."""


def rank(candidates: Iterable[Candidate], *, mode: Mode, limit: int) -> list[Hit]:
    """Order candidates best first and make hits of `limit` of them."""
    return hits(order(candidates, mode=mode), limit=limit)


def order(candidates: Iterable[Candidate], *, mode: Mode) -> list[Ranked]:
    """Order candidates best first.

    The score is the cosine similarity (dense), the BM25 score (keyword) or the sum of reciprocal
    ranks (hybrid); equal scores are ordered by place, so that a result never depends on the order
    in which rows were stored.
    """
    pool = list(candidates)
    scores = SCORES[mode](pool)
    best = sorted(scores, key=lambda index: (-scores[index], place(pool[index])))
    return [(pool[index], scores[index]) for index in best]


def reorder(ranked: Sequence[Ranked], scores: Sequence[float]) -> list[Ranked]:
    """Order the first ones by a reranker's scores; those without one follow in their order."""
    judged = [(candidate, score) for (candidate, _), score in zip(ranked, scores, strict=False)]
    best, rest = sorted(judged, key=lambda pair: -pair[1]), ranked[len(judged) :]
    if not best or not rest:
        return [*best, *rest]
    # Scores of two kinds: those of the rest go down from the least of the others.
    (_, least), (_, highest) = best[-1], rest[0]
    return [*best, *((candidate, least - (highest - score)) for candidate, score in rest)]


def hits(ranked: Sequence[Ranked], *, limit: int) -> list[Hit]:
    """Make hits of the first ones."""
    first = enumerate(ranked[:limit], start=1)
    return [hit(candidate, rank=position, score=score) for position, (candidate, score) in first]


def dense_scores(pool: list[Candidate]) -> dict[int, float]:
    """Score what the dense arm found by cosine similarity."""
    return {i: c.similarity for i, c in enumerate(pool) if c.similarity is not None}


def keyword_scores(pool: list[Candidate]) -> dict[int, float]:
    """Score what the keyword arm found by BM25."""
    return {i: c.bm25 for i, c in enumerate(pool) if c.bm25 is not None}


def fused_scores(pool: list[Candidate]) -> dict[int, float]:
    """Score by the sum of reciprocal ranks over both arms."""
    fused: dict[int, float] = {}
    for scores in (dense_scores(pool), keyword_scores(pool)):
        order = sorted(scores, key=lambda index: (-scores[index], place(pool[index])))
        for position, index in enumerate(order, start=1):
            fused[index] = fused.get(index, 0.0) + 1 / (RRF_CONSTANT + position)
    return fused


SCORES: dict[Mode, Callable[[list[Candidate]], dict[int, float]]] = {
    Mode.DENSE: dense_scores,
    Mode.KEYWORD: keyword_scores,
    Mode.HYBRID: fused_scores,
}


def place(candidate: Candidate) -> tuple[str, int]:
    """Where a candidate stands: the last word between equals."""
    return candidate.source, candidate.chunk.ordinal


def hit(candidate: Candidate, *, rank: int, score: float) -> Hit:
    """Make a hit of a candidate: its chunk's text without the blank lines at its ends."""
    chunk = candidate.chunk
    text = chunk.text.rstrip()
    # Indentation of the first line belongs to the text: it may be code.
    blank = len(text) - len(text.lstrip())
    lead = max(text.rfind("\n", 0, blank), text.rfind("\r", 0, blank)) + 1
    return Hit(
        rank=rank,
        source=candidate.source,
        title=candidate.title,
        heading=chunk.heading,
        start=chunk.start + lead,
        end=chunk.start + len(text),
        start_line=chunk.start_line,
        end_line=chunk.end_line,
        text=text[lead:],
        score=score,
    )
