"""Why hits have their ranks: below each hit for a person, as JSON for a program. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ragpg.display.escape import line
from ragpg.display.text import Table
from ragpg.types import Scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ragpg.pipeline.explain import ChunkExplanation, Explanation, HitExplanation
    from ragpg.types import SearchPlan

    Shape = dict[str, Any]

INDENT = "   "
SCANS = {
    Scan.EXACT: "each compared",
    Scan.INDEX: "found by the index",
    Scan.BITS: "found by the index of their signs, then compared",
}


def hit(found: HitExplanation, *, of: Explanation) -> Table:
    """Show the parts of a hit's score, with ranks, its terms of the query and merged chunks."""
    best, candidate, parts = found.best, found.best.ranked.candidate, found.best.ranked.parts
    table = Table(numbers=frozenset({1}), folded=frozenset({3}))
    if candidate.cosine is not None:
        add(table, "meaning", parts.dense, rank(best.dense_rank, of=of.dense))
    if candidate.bm25 is not None:
        detail = with_terms(f"BM25 {candidate.bm25:.2f}", best)
        add(table, "keywords", parts.keyword, rank(best.keyword_rank, of=of.keyword), detail)
    add_if_any(table, "words", parts.late_interaction)
    add_if_any(table, "around", parts.neighbours)
    add_if_any(table, "copy", best.duplicate_penalty)
    if len(table.rows) > 1:
        add(table, "in all", best.ranked.score, rank(best.fused_rank, of=of.fused))
    add_if_any(table, "repetition", found.diversity_penalty)
    if found.reranker is not None:
        add(table, "reranker", found.reranker)
    for merged in found.merged:
        chunk = merged.ranked.candidate.chunk
        detail = with_terms(f"L{chunk.start_line}-L{chunk.end_line}", merged)
        add(table, "joined", merged.ranked.score, rank(merged.fused_rank, of=of.fused), detail)
    return table


def add(table: Table, name: str, score: float, place: str = "", detail: str = "") -> None:
    """Add a row: a stage, its score, the rank by it, and more."""
    table.add((f"{INDENT}{name}", "dim"), f"{score:.4f}", place, detail)


def rank(place: int | None, *, of: int) -> str:
    """A rank in words."""
    return f"not among {of}" if place is None else f"{place} of {of}"


def add_if_any(table: Table, name: str, score: float) -> None:
    """Add a row unless the score is 0."""
    if score:
        add(table, name, score)


def with_terms(text: str, found: ChunkExplanation) -> str:
    """Append a chunk's terms of the query."""
    return f"{text}: {weighted(found.idf)}" if found.idf else text


def weighted(terms: Mapping[str, float]) -> str:
    """Terms and their weights, those that count most first."""
    falling = sorted(terms.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{line(term)} {weight:.2f}" for term, weight in falling)


def plan(found: Explanation) -> Table:
    """Show how a search was done."""
    table = Table(folded=frozenset({1}))
    table.add(("searched", "bold"), searched(found.plan))
    if found.plan.scan:
        table.add(("vectors", "bold"), SCANS[found.plan.scan])
    table.add(("candidates", "bold"), ", ".join(counts(found)))
    if found.reranked is not None:
        table.add(("reranked", "bold"), str(found.reranked))
    if found.idf:
        table.add(("terms", "bold"), weighted(found.idf))
    return table


def counts(found: Explanation) -> Iterator[str]:
    """Yield the number of candidates of each retriever that was used, and of both."""
    if found.plan.scan:
        yield f"{found.dense} by meaning"
    if found.idf:
        yield f"{found.keyword} by keywords"
    yield f"{found.fused} in all"


def searched(plan: SearchPlan) -> str:
    """Say how many chunks were searched."""
    matching = "an uncounted part" if plan.matching_chunks is None else str(plan.matching_chunks)
    return f"{matching} of {plan.total_chunks} chunks"


def add_to(shape: Shape, found: Explanation) -> Shape:
    """Add the explanation to the JSON shape of a search."""
    hits = [
        {**hit, "explain": hit_shape(explained)}
        for hit, explained in zip(shape["hits"], found.hits, strict=True)
    ]
    return {**shape, "hits": hits, "plan": plan_shape(found)}


def hit_shape(found: HitExplanation) -> Shape:
    """Shape the explanation of a hit: its best chunk, then what concerns the hit as a whole."""
    return {
        **chunk_shape(found.best),
        "repetition": found.diversity_penalty,
        "reranker": found.reranker,
        "joined": [chunk_shape(merged) for merged in found.merged],
    }


def chunk_shape(found: ChunkExplanation) -> Shape:
    """Shape the explanation of a chunk."""
    candidate, parts = found.ranked.candidate, found.ranked.parts
    return {
        "ordinal": candidate.chunk.ordinal,
        "start": candidate.chunk.start,
        "end": candidate.chunk.end,
        "ranks": {
            "dense": found.dense_rank,
            "keyword": found.keyword_rank,
            "fused": found.fused_rank,
        },
        "cosine": candidate.cosine,
        "bm25": candidate.bm25,
        "scores": {
            "total": found.ranked.score,
            "meaning": parts.dense,
            "keywords": parts.keyword,
            "words": parts.late_interaction,
            "around": parts.neighbours,
            "copy": found.duplicate_penalty,
        },
        "terms": dict(found.idf),
    }


def plan_shape(found: Explanation) -> Shape:
    """Shape how a search was done."""
    return {
        "chunks": found.plan.total_chunks,
        "passed": found.plan.matching_chunks,
        "vectors": found.plan.scan.value if found.plan.scan else None,
        "candidates": {"dense": found.dense, "keyword": found.keyword, "fused": found.fused},
        "reranked": found.reranked,
        "terms": dict(found.idf),
    }
