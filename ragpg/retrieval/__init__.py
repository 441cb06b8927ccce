"""From the candidates of the retrievers to ranked passages. Pure."""

from __future__ import annotations

from ragpg.retrieval.adjacent_chunks import (
    MAX_HIT_LENGTH,
    MEAN_HIT_LENGTH,
    MergedPassage,
    diversity_penalty,
    keep_single,
    merge_adjacent,
    to_hit,
)
from ragpg.retrieval.ranking import RERANKED, RankedChunk, Score, rank, rerank

__all__ = [
    "MAX_HIT_LENGTH",
    "MEAN_HIT_LENGTH",
    "RERANKED",
    "MergedPassage",
    "RankedChunk",
    "Score",
    "diversity_penalty",
    "keep_single",
    "merge_adjacent",
    "rank",
    "rerank",
    "to_hit",
]
