"""Fuses the scores of the retrievers and ranks candidates by them. Pure."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg.retrieval.late_interaction import (
    NO_WORDS_SIMILARITY,
    WordVectors,
    max_similarities,
    word_weights,
)
from ragpg.retrieval.versions import find_asked_versions, names_any
from ragpg.types import Candidate, Mode

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ragpg.types import Candidates, QueryEmbedding

# Fitted on the six development sets of benchmarks/retrieval.md (November 2026, `make eval`), each
# constant on a plateau: half or twice its value changes no set's figures by more than chance does.
LATE_INTERACTION_WEIGHT = 1.5
"""Weight of the late-interaction score, relative to the cosine of the chunk."""
NEIGHBOUR_WEIGHT = 0.7
"""Weight of the mean cosine of the previous and the next chunk."""
KEYWORD_WEIGHT = 0.8
"""Weight of the keyword score, which grows with the logarithm of BM25."""
BM25_SCALE = 20.0
"""The BM25 score whose logarithm is log 2."""
VERSION_BONUS = 0.7
"""Added to the keyword score of a chunk with a version that the question names, in its headings and
in its text, which begins a section with its heading. Chosen by hand."""

FOREIGN_SCRIPT_SHARE = 0.1
"""Share that is left of all scores but the keywords' where the model does not know the script of
the question. Chosen on 36 questions about Korean and Russian documentation (November 2026)."""

RERANKED = 50
"""Number of chunks, best first, that a reranker scores: each costs as much as embedding one."""


@dataclass(frozen=True, slots=True)
class Score:
    """The parts of a chunk's score."""

    dense: float = 0.0
    keyword: float = 0.0
    late_interaction: float = 0.0
    neighbours: float = 0.0

    @property
    def total(self) -> float:
        """The sum of the parts."""
        return self.dense + self.keyword + self.late_interaction + self.neighbours


@dataclass(frozen=True, slots=True)
class RankedChunk:
    """A candidate with its score.

    `score` differs from `parts.total` for duplicates, which are moved to the end, and where a
    reranker has replaced it.
    """

    candidate: Candidate
    parts: Score
    score: float


def rank(
    candidates: Candidates,
    *,
    query_embedding: QueryEmbedding | None,
    mode: Mode,
    query: str = "",
) -> list[RankedChunk]:
    """Rank candidates best first, duplicates last.

    The score is the cosine (dense), BM25 (keyword), or the sum of the parts of `Score` (hybrid).
    Equal scores are ordered by position, so that the result does not depend on the order of rows.
    """
    if mode is Mode.DENSE:
        scored = [(c, Score(dense=c.cosine or 0.0)) for c in candidates.items if c.in_dense_results]
    elif mode is Mode.KEYWORD:
        scored = [
            (c, Score(keyword=c.bm25 or 0.0)) for c in candidates.items if c.in_keyword_results
        ]
    else:
        scores = fuse_scores(candidates, query_embedding, find_asked_versions(query))
        scored = list(zip(candidates.items, scores, strict=True))
    ranked = [RankedChunk(candidate, parts, parts.total) for candidate, parts in scored]
    return move_duplicates_last(sorted(ranked, key=lambda c: (-c.score, c.candidate.position)))


def rerank(ranked: Sequence[RankedChunk], scores: Sequence[float]) -> list[RankedChunk]:
    """Order the first chunks by a reranker's scores; the rest follow in their order."""
    judged = [replace(chunk, score=score) for chunk, score in zip(ranked, scores, strict=False)]
    best, rest = sorted(judged, key=lambda chunk: -chunk.score), ranked[len(judged) :]
    if not best or not rest:
        return [*best, *rest]
    # The scores of the rest are of another kind: they are shifted below the reranker's lowest.
    lowest, highest = best[-1].score, rest[0].score
    return [*best, *(replace(c, score=lowest - (highest - c.score)) for c in rest)]


def fuse_scores(
    candidates: Candidates,
    query_embedding: QueryEmbedding | None,
    versions: Collection[str] = (),
) -> list[Score]:
    """Return the fused score of each candidate: dense, keyword, late interaction, neighbours."""
    similarities = score_late_interaction(candidates, query_embedding)
    is_foreign = query_embedding is not None and not query_embedding.knows_script
    share = FOREIGN_SCRIPT_SHARE if is_foreign else 1.0
    return [
        Score(
            dense=share * (candidate.cosine or 0.0),
            keyword=score_keywords(candidate, versions),
            late_interaction=share * LATE_INTERACTION_WEIGHT * similarity,
            neighbours=share * NEIGHBOUR_WEIGHT * (candidate.neighbour_cosine or 0.0),
        )
        for candidate, similarity in zip(candidates.items, similarities, strict=True)
    ]


def score_keywords(candidate: Candidate, versions: Collection[str]) -> float:
    """Return the keyword score of a candidate, with the bonus for one of some versions."""
    score = KEYWORD_WEIGHT * math.log1p(max(candidate.bm25 or 0.0, 0.0) / BM25_SCALE)
    headings = " ".join((candidate.title, *candidate.chunk.heading))
    named = sum(names_any(text, versions) for text in (headings, candidate.chunk.text))
    return score + VERSION_BONUS * named


def score_late_interaction(
    candidates: Candidates, query_embedding: QueryEmbedding | None
) -> list[float]:
    """Return the MaxSim of each candidate to the query.

    All are 0 where the model gives no word vectors, and NO_WORDS_SIMILARITY where the query has no
    content words.
    """
    if query_embedding is None or query_embedding.word_vectors is None:
        return [0.0] * len(candidates.items)
    weights = word_weights(query_embedding.words, candidates.idf)
    if not weights:
        return [NO_WORDS_SIMILARITY] * len(candidates.items)
    codes = [candidate.word_codes for candidate in candidates.items]
    query = WordVectors(query_embedding.words, query_embedding.word_vectors)
    return max_similarities(query, weights, codes)


def move_duplicates_last(ranked: Sequence[RankedChunk]) -> list[RankedChunk]:
    """Move chunks with the same words as a better one to the end."""
    # Few texts begin alike, and to compare all their words takes ten times as long.
    beginnings = [" ".join(c.candidate.chunk.text.split(None, 3)[:3]).casefold() for c in ranked]
    counts = Counter(beginnings)
    seen: set[str] = set()
    unique: list[RankedChunk] = []
    duplicates: list[RankedChunk] = []
    for chunk, beginning in zip(ranked, beginnings, strict=True):
        if counts[beginning] == 1:
            unique.append(chunk)
            continue
        words = " ".join(chunk.candidate.chunk.text.casefold().split())
        (duplicates if words in seen else unique).append(chunk)
        seen.add(words)
    lowest = unique[-1].score if unique else 0.0
    return [*unique, *(replace(chunk, score=min(chunk.score, lowest)) for chunk in duplicates)]
