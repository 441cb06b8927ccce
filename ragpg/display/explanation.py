"""The explanation of a search: below each hit for a person, as JSON for a program. Pure."""

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


def render_hit(hit: HitExplanation, *, search: Explanation) -> Table:
    """Make a table of the parts of a hit's score, ranks, matched terms and merged chunks."""
    best, candidate, parts = hit.best, hit.best.ranked.candidate, hit.best.ranked.parts
    table = Table(numbers=frozenset({1}), folded=frozenset({3}))
    if candidate.cosine is not None:
        add_row(table, "meaning", parts.dense, format_rank(best.dense_rank, of=search.dense))
    if candidate.bm25 is not None:
        detail = append_terms(f"BM25 {candidate.bm25:.2f}", best)
        add_row(
            table,
            "keywords",
            parts.keyword,
            format_rank(best.keyword_rank, of=search.keyword),
            detail,
        )
    add_row_if_nonzero(table, "words", parts.late_interaction)
    add_row_if_nonzero(table, "around", parts.neighbours)
    add_row_if_nonzero(table, "copy", best.duplicate_penalty)
    if len(table.rows) > 1:
        add_row(table, "in all", best.ranked.score, format_rank(best.fused_rank, of=search.fused))
    add_row_if_nonzero(table, "repetition", hit.diversity_penalty)
    if hit.reranker is not None:
        add_row(table, "reranker", hit.reranker)
    for merged in hit.merged:
        chunk = merged.ranked.candidate.chunk
        detail = append_terms(f"L{chunk.start_line}-L{chunk.end_line}", merged)
        add_row(
            table,
            "joined",
            merged.ranked.score,
            format_rank(merged.fused_rank, of=search.fused),
            detail,
        )
    return table


def add_row(table: Table, name: str, score: float, rank: str = "", detail: str = "") -> None:
    """Add a row: a part of the score, its value, the rank by it, and details."""
    table.add((f"{INDENT}{name}", "dim"), f"{score:.4f}", rank, detail)


def format_rank(rank: int | None, *, of: int) -> str:
    """Format a rank among so many."""
    return f"not among {of}" if rank is None else f"{rank} of {of}"


def add_row_if_nonzero(table: Table, name: str, score: float) -> None:
    """Add a row unless the score is 0."""
    if score:
        add_row(table, name, score)


def append_terms(text: str, chunk: ChunkExplanation) -> str:
    """Append the terms of the query that a chunk contains."""
    return f"{text}: {format_terms(chunk.idf)}" if chunk.idf else text


def format_terms(terms: Mapping[str, float]) -> str:
    """Format terms with their idf, the highest first."""
    falling = sorted(terms.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{line(term)} {weight:.2f}" for term, weight in falling)


def render_plan(search: Explanation) -> Table:
    """Make a table of how the store searched."""
    table = Table(folded=frozenset({1}))
    table.add(("searched", "bold"), format_searched(search.plan))
    if search.plan.scan:
        table.add(("vectors", "bold"), SCANS[search.plan.scan])
    table.add(("candidates", "bold"), ", ".join(count_candidates(search)))
    if search.reranked is not None:
        table.add(("reranked", "bold"), str(search.reranked))
    if search.idf:
        table.add(("terms", "bold"), format_terms(search.idf))
    return table


def count_candidates(search: Explanation) -> Iterator[str]:
    """Yield the number of candidates of each retriever, and of both together."""
    if search.plan.scan:
        yield f"{search.dense} by meaning"
    if search.idf:
        yield f"{search.keyword} by keywords"
    yield f"{search.fused} in all"


def format_searched(plan: SearchPlan) -> str:
    """Format how many chunks were searched."""
    matching = "an uncounted part" if plan.matching_chunks is None else str(plan.matching_chunks)
    return f"{matching} of {plan.total_chunks} chunks"


def add_to_search(shape: Shape, search: Explanation) -> Shape:
    """Add the explanation to the JSON shape of a search."""
    hits = [
        {**hit, "explain": shape_hit(explanation)}
        for hit, explanation in zip(shape["hits"], search.hits, strict=True)
    ]
    return {**shape, "hits": hits, "plan": shape_plan(search)}


def shape_hit(hit: HitExplanation) -> Shape:
    """Shape the explanation of a hit: its best chunk, and what concerns the whole hit."""
    return {
        **shape_chunk(hit.best),
        "repetition": hit.diversity_penalty,
        "reranker": hit.reranker,
        "joined": [shape_chunk(merged) for merged in hit.merged],
    }


def shape_chunk(chunk: ChunkExplanation) -> Shape:
    """Shape the explanation of a chunk."""
    candidate, parts = chunk.ranked.candidate, chunk.ranked.parts
    return {
        "ordinal": candidate.chunk.ordinal,
        "start": candidate.chunk.start,
        "end": candidate.chunk.end,
        "ranks": {
            "dense": chunk.dense_rank,
            "keyword": chunk.keyword_rank,
            "fused": chunk.fused_rank,
        },
        "cosine": candidate.cosine,
        "bm25": candidate.bm25,
        "scores": {
            "total": chunk.ranked.score,
            "meaning": parts.dense,
            "keywords": parts.keyword,
            "words": parts.late_interaction,
            "around": parts.neighbours,
            "copy": chunk.duplicate_penalty,
        },
        "terms": dict(chunk.idf),
    }


def shape_plan(search: Explanation) -> Shape:
    """Shape how the store searched."""
    return {
        "chunks": search.plan.total_chunks,
        "passed": search.plan.matching_chunks,
        "vectors": search.plan.scan.value if search.plan.scan else None,
        "candidates": {"dense": search.dense, "keyword": search.keyword, "fused": search.fused},
        "reranked": search.reranked,
        "terms": dict(search.idf),
    }
