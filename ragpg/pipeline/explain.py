"""Explain the rank of each hit of a search. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ragpg.retrieval import RERANKED, diversity_penalty
from ragpg.types import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ragpg.pipeline.search import SearchResult
    from ragpg.retrieval import MergedPassage, RankedChunk
    from ragpg.types import SearchPlan

    Ranks: TypeAlias = Mapping[tuple[str, int], int]
    """Ranks from 1, by `Candidate.position`."""


@dataclass(frozen=True, slots=True)
class ChunkExplanation:
    """A chunk of a hit: its score before reranking and merging, and its ranks from 1.

    `dense_rank` and `keyword_rank` are None where that retriever did not return the chunk. `idf`
    has the terms of the query that the chunk contains.
    """

    ranked: RankedChunk
    dense_rank: int | None
    keyword_rank: int | None
    fused_rank: int
    idf: Mapping[str, float]

    @property
    def duplicate_penalty(self) -> float:
        """What the chunk lost, at most 0, because a better one has the same text."""
        return self.ranked.score - self.ranked.parts.total


@dataclass(frozen=True, slots=True)
class HitExplanation:
    """A hit: its best chunk, and those that were merged with it.

    `diversity_penalty`, at most 0, is due to hits above from the same document or section;
    `reranker` is the score that a reranker gave, None without one.
    """

    best: ChunkExplanation
    merged: tuple[ChunkExplanation, ...]
    diversity_penalty: float
    reranker: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a search was done, and the explanation of each hit.

    `dense`, `keyword` and `fused` count the candidates of either retriever and of both, `reranked`
    those that a reranker scored: None without one. `idf` has the terms of the query.
    """

    plan: SearchPlan
    dense: int
    keyword: int
    fused: int
    reranked: int | None
    idf: Mapping[str, float]
    hits: tuple[HitExplanation, ...]


def explain(result: SearchResult) -> Explanation:
    """Explain the result of a search."""
    ranking = Ranking.of(result)
    reranked = min(len(result.ranked), RERANKED) if result.options.reranker else None
    return Explanation(
        plan=result.candidates.plan,
        dense=len(ranking.dense),
        keyword=len(ranking.keyword),
        fused=len(ranking.fused),
        reranked=reranked,
        idf=result.candidates.idf,
        hits=tuple(
            explain_hit(passage, result.passages[:above], result=result, ranking=ranking)
            for above, passage in enumerate(result.passages)
        ),
    )


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranks of the candidates by each retriever and by both, before reranking and merging."""

    dense: Ranks
    keyword: Ranks
    fused: Mapping[tuple[str, int], tuple[int, RankedChunk]]
    idf: Mapping[str, float]

    @classmethod
    def of(cls, result: SearchResult) -> Ranking:
        """Take the ranks from the result of a search."""
        items = result.candidates.items
        return cls(
            dense=ranks((c.cosine or 0.0, c.position) for c in items if c.in_dense_results),
            keyword=ranks((c.bm25 or 0.0, c.position) for c in items if c.in_keyword_results),
            fused={
                chunk.candidate.position: (rank, chunk)
                for rank, chunk in enumerate(result.ranked, start=1)
            },
            idf=result.candidates.idf,
        )

    def explain(self, chunk: RankedChunk) -> ChunkExplanation:
        """Return the ranks of a chunk, and its score before reranking."""
        position, matched = chunk.candidate.position, chunk.candidate.matched_terms
        fused_rank, before_reranking = self.fused[position]
        return ChunkExplanation(
            ranked=before_reranking,
            dense_rank=self.dense.get(position),
            keyword_rank=self.keyword.get(position),
            fused_rank=fused_rank,
            idf={term: weight for term, weight in self.idf.items() if term in matched},
        )


def ranks(scores: Iterable[tuple[float, tuple[str, int]]]) -> Ranks:
    """Rank positions by their scores, best first."""
    falling = sorted((-score, position) for score, position in scores)
    return {position: rank for rank, (_, position) in enumerate(falling, start=1)}


def explain_hit(
    passage: MergedPassage,
    above: Iterable[MergedPassage],
    *,
    result: SearchResult,
    ranking: Ranking,
) -> HitExplanation:
    """Explain the rank of a hit below others."""
    options, best = result.options, ranking.explain(passage.best)
    penalised = options.mode is Mode.HYBRID and not options.reranker
    candidate = passage.best.candidate
    penalty = sum(diversity_penalty(candidate, hit.best.candidate) for hit in above if penalised)
    was_reranked = options.reranker and best.fused_rank <= RERANKED
    return HitExplanation(
        best=best,
        merged=tuple(ranking.explain(c) for c in passage.chunks if c is not passage.best),
        diversity_penalty=0.0 - penalty,
        reranker=passage.best.score if was_reranked else None,
    )
