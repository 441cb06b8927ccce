"""Questions to passages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg import refusal, retrieval
from ragpg.types import Mode, Query

if TYPE_CHECKING:
    from ragpg.filters import Expression
    from ragpg.protocols import Embedder, Reranker, Store
    from ragpg.types import Candidates, Hit, Vector


@dataclass(frozen=True, slots=True)
class Lookup:
    """How passages are looked up: `candidates` a search arm, of which `top_k` become hits.

    Below `threshold`, a confidence, they are not taken for an answer.
    """

    mode: Mode = Mode.HYBRID
    top_k: int = 5
    candidates: int = 50
    ef_search: int = 100
    sources: tuple[str, ...] = ()
    filter: Expression | None = None
    reranker: Reranker | None = None
    threshold: float = refusal.THRESHOLD


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A question's passages, and what a decision about them needs."""

    vector: Vector | None
    candidates: Candidates
    hits: tuple[Hit, ...]


def search(question: str, *, store: Store, embedder: Embedder, lookup: Lookup) -> Retrieved:
    """Find the passages that fit a question best."""
    vector = None if lookup.mode is Mode.KEYWORD else embedder.embed_query(question)
    query = Query(
        text=None if lookup.mode is Mode.DENSE else question,
        vector=vector,
        limit=max(lookup.candidates, lookup.top_k),
        ef_search=lookup.ef_search,
        sources=lookup.sources,
        filter=lookup.filter,
    )
    candidates = store.candidates(query)
    ranked = retrieval.order(candidates.found, mode=lookup.mode)
    if lookup.reranker:
        passages = [candidate.chunk.passage for candidate, _ in ranked[: retrieval.RERANKED]]
        ranked = retrieval.reorder(ranked, lookup.reranker.score(question, passages))
    hits = retrieval.hits(ranked, limit=lookup.top_k)
    return Retrieved(vector, candidates, tuple(hits))
