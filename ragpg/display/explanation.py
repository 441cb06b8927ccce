"""Why hits stand where they do: below each hit for a person, as JSON for a program. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ragpg.display.escape import line
from ragpg.display.text import Table
from ragpg.types import Scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ragpg.pipeline.explain import Explained, Explanation, Reason
    from ragpg.types import Plan

    Shape = dict[str, Any]

INDENT = "   "
SCANS = {
    Scan.EXACT: "each compared",
    Scan.INDEX: "found by the index",
    Scan.BITS: "found by the index of their signs, then compared",
}


def hit(found: Explained, *, of: Explanation) -> Table:
    """What a hit's score is made of, with ranks, the terms that it has and the chunks joined."""
    best, score = found.best, found.best.score
    table = Table(numbers=frozenset({1}), folded=frozenset({3}))
    if best.candidate.cosine is not None:
        add(table, "meaning", score.meaning, rank(best.dense, of=of.dense))
    if best.candidate.overlap is not None:
        detail = with_terms(f"BM25 {best.candidate.overlap:.2f}", best)
        add(table, "keywords", score.keywords, rank(best.keyword, of=of.keyword), detail)
    rest = {"words": score.words, "around": score.around, "copy": best.copy}
    for name, value in rest.items():
        if value:
            add(table, name, value)
    if len(table.rows) > 1:
        add(table, "in all", score.total, rank(best.fused, of=of.fused))
    if found.repetition:
        add(table, "repetition", found.repetition)
    if found.reranker is not None:
        add(table, "reranker", found.reranker)
    for part in found.joined:
        chunk = part.candidate.chunk
        detail = with_terms(f"L{chunk.start_line}-L{chunk.end_line}", part)
        add(table, "joined", part.score.total, rank(part.fused, of=of.fused), detail)
    return table


def add(table: Table, name: str, score: float, place: str = "", detail: str = "") -> None:
    """Add a row: a stage, its score, the rank by it, and more."""
    table.add((f"{INDENT}{name}", "dim"), f"{score:.4f}", place, detail)


def rank(place: int | None, *, of: int) -> str:
    """A rank in words."""
    return f"not among {of}" if place is None else f"{place} of {of}"


def with_terms(what: str, found: Reason) -> str:
    """Something and, behind it, the terms that a chunk has."""
    return f"{what}: {weighted(found.terms)}" if found.terms else what


def weighted(terms: Mapping[str, float]) -> str:
    """Terms and their weights, those that count most first."""
    falling = sorted(terms.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{line(term)} {weight:.2f}" for term, weight in falling)


def plan(found: Explanation) -> Table:
    """How a search was done."""
    table = Table(folded=frozenset({1}))
    table.add(("searched", "bold"), searched(found.plan))
    if found.plan.vectors:
        table.add(("vectors", "bold"), SCANS[found.plan.vectors])
    table.add(("candidates", "bold"), ", ".join(counts(found)))
    if found.reranked is not None:
        table.add(("reranked", "bold"), str(found.reranked))
    if found.terms:
        table.add(("terms", "bold"), weighted(found.terms))
    return table


def counts(found: Explanation) -> Iterator[str]:
    """How many candidates there are, by each way that was taken."""
    if found.plan.vectors:
        yield f"{found.dense} by meaning"
    if found.terms:
        yield f"{found.keyword} by keywords"
    yield f"{found.fused} in all"


def searched(done: Plan) -> str:
    """How many chunks were looked through."""
    passed = "an uncounted part" if done.passed is None else str(done.passed)
    return f"{passed} of {done.chunks} chunks"


def added(shape: Shape, found: Explanation) -> Shape:
    """Add the explanation to the shape of a search."""
    hits = [
        {**hit, "explain": explained(reasons)}
        for hit, reasons in zip(shape["hits"], found.hits, strict=True)
    ]
    return {**shape, "hits": hits, "plan": planned(found)}


def explained(found: Explained) -> Shape:
    """Shape why a hit stands where it does: its best chunk, then what else is to say."""
    return {
        **reason(found.best),
        "repetition": found.repetition,
        "reranker": found.reranker,
        "joined": [reason(part) for part in found.joined],
    }


def reason(found: Reason) -> Shape:
    """Shape what speaks for a chunk."""
    chunk = found.candidate.chunk
    return {
        "ordinal": chunk.ordinal,
        "start": chunk.start,
        "end": chunk.end,
        "ranks": {"dense": found.dense, "keyword": found.keyword, "fused": found.fused},
        "cosine": found.candidate.cosine,
        "bm25": found.candidate.overlap,
        "scores": {**asdict(found.score), "copy": found.copy},
        "terms": dict(found.terms),
    }


def planned(found: Explanation) -> Shape:
    """Shape how a search was done."""
    return {
        "chunks": found.plan.chunks,
        "passed": found.plan.passed,
        "vectors": found.plan.vectors.value if found.plan.vectors else None,
        "candidates": {"dense": found.dense, "keyword": found.keyword, "fused": found.fused},
        "reranked": found.reranked,
        "terms": dict(found.terms),
    }
