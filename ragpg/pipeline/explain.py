"""Why each hit of a search stands where it does. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from ragpg import retrieval
from ragpg.retrieval import Scored
from ragpg.types import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ragpg.pipeline.retriever import Lookup, Retrieved
    from ragpg.retrieval import Passage, Score
    from ragpg.types import Candidate, Plan

    Places: TypeAlias = Mapping[tuple[str, int], int]
    """From where a candidate stands in the documents to its rank among others, from 1."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A chunk of a hit: its score, and its ranks from 1 by vector, by keywords and by the score.

    `dense` and `keyword` are None where that arm of the search did not find the chunk. `copy`, at
    most 0, is the part of the score that it has because a better chunk says the same; `terms` are
    those of the question that it has, and their weights.
    """

    candidate: Candidate
    score: Score
    copy: float
    dense: int | None
    keyword: int | None
    fused: int
    terms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explained:
    """A hit: its best chunk, and those that were joined with it.

    `repetition`, at most 0, is what hits above from the same document or section took from it
    where hits were put in order, `reranker` the score that a reranker gave, None where none did.
    """

    best: Reason
    joined: tuple[Reason, ...]
    repetition: float
    reranker: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A search: how the store went about it, and why each hit stands where it does.

    `dense`, `keyword` and `fused` count the candidates of either arm and of both, `reranked` those
    that a reranker judged: None without one. `terms` are the question's and their weights.
    """

    plan: Plan
    dense: int
    keyword: int
    fused: int
    reranked: int | None
    terms: Mapping[str, float]
    hits: tuple[Explained, ...]


def explain(found: Retrieved, *, lookup: Lookup) -> Explanation:
    """Find the reasons for what `search` found."""
    ranks = ranked(found, mode=lookup.mode)
    judged = min(len(ranks.fused), retrieval.RERANKED) if lookup.reranker else None
    return Explanation(
        plan=found.candidates.plan,
        dense=len(ranks.dense),
        keyword=len(ranks.keyword),
        fused=len(ranks.fused),
        reranked=judged,
        terms=found.candidates.terms,
        hits=tuple(
            explained(passage, found.passages[:above], ranks=ranks, lookup=lookup)
            for above, passage in enumerate(found.passages)
        ),
    )


@dataclass(frozen=True, slots=True)
class Ranks:
    """Where candidates stand by each way of ranking, and what their scores are made of."""

    dense: Places
    keyword: Places
    fused: Places
    scores: Mapping[tuple[str, int], Score]
    totals: Mapping[tuple[str, int], float]
    terms: Mapping[str, float]

    def reason(self, one: Scored) -> Reason:
        """Say what speaks for a chunk."""
        place, matched = one.place, one.candidate.matched
        score, total = self.scores[place], self.totals[place]
        return Reason(
            candidate=one.candidate,
            score=replace(score, total=total),
            copy=total - score.total,
            dense=self.dense.get(place),
            keyword=self.keyword.get(place),
            fused=self.fused[place],
            terms={term: weight for term, weight in self.terms.items() if term in matched},
        )


def ranked(found: Retrieved, *, mode: Mode) -> Ranks:
    """Rank all candidates as the search did, before any were joined or judged by a reranker."""
    candidates, question = found.candidates, found.question
    scored = [Scored(*pair) for pair in retrieval.SCORES[mode](candidates, question)]
    ordered = retrieval.order(candidates, question=question, mode=mode)
    return Ranks(
        dense=places((one.similarity, one) for one in candidates.found),
        keyword=places((one.bm25, one) for one in candidates.found),
        fused={one.place: rank for rank, one in enumerate(ordered, start=1)},
        scores={one.place: one.score for one in scored},
        totals={one.place: one.score.total for one in ordered},
        terms=candidates.terms,
    )


def places(scores: Iterable[tuple[float | None, Candidate]]) -> Places:
    """Rank what an arm found, best first."""
    found = [(-score, one.source, one.chunk.ordinal) for score, one in scores if score is not None]
    return {
        (source, ordinal): rank for rank, (_, source, ordinal) in enumerate(sorted(found), start=1)
    }


def explained(
    passage: Passage, above: Iterable[Passage], *, ranks: Ranks, lookup: Lookup
) -> Explained:
    """Say why a passage stands below those above it."""
    best = ranks.reason(passage.best)
    joining = lookup.mode is Mode.HYBRID and not lookup.reranker
    judged = lookup.reranker and best.fused <= retrieval.RERANKED
    return Explained(
        best=best,
        joined=tuple(ranks.reason(part) for part in passage.parts if part is not passage.best),
        repetition=0.0
        - sum(retrieval.repetition(best.candidate, hit.best.candidate) for hit in above if joining),
        reranker=passage.best.score.total if judged else None,
    )
