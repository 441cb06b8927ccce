"""Questions to passages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg import retrieval
from ragpg.retrieval import abstention
from ragpg.types import Mode, Query

if TYPE_CHECKING:
    from ragpg.filters import Expression
    from ragpg.protocols import Embedder, Reranker, Store
    from ragpg.retrieval import Passage, Score
    from ragpg.types import Candidates, Hit, Question


HOW_MANY = re.compile(r"\b(how) (?:many|much)\b", re.IGNORECASE)
"""Words that ask and don't describe: a passage isn't nearer to a question for holding "many"."""


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
    threshold: float = abstention.THRESHOLD


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A question's passages, best first, and what a decision about them needs.

    `best` is the score of the best candidate before any reranking.
    """

    question: Question | None
    candidates: Candidates
    passages: tuple[Passage, ...]
    hits: tuple[Hit, ...]
    best: Score | None = None


def search(question: str, *, store: Store, embedder: Embedder, lookup: Lookup) -> Retrieved:
    """Find the passages that fit a question best."""
    asked = None if lookup.mode is Mode.KEYWORD else embedder.embed_question(question)
    query = Query(
        text=None if lookup.mode is Mode.DENSE else HOW_MANY.sub(r"\1", question),
        vector=asked.vector if asked else None,
        limit=max(lookup.candidates, lookup.top_k),
        ef_search=lookup.ef_search,
        sources=lookup.sources,
        filter=lookup.filter,
    )
    candidates = store.candidates(query)
    scored = retrieval.order(candidates, question=asked, mode=lookup.mode)
    best = scored[0].score if scored else None
    arrange = retrieval.joined if lookup.mode is Mode.HYBRID else retrieval.single
    if lookup.reranker:
        texts = [one.candidate.chunk.text for one in scored[: retrieval.RERANKED]]
        scored = retrieval.reorder(scored, lookup.reranker.score(question, texts))
        arrange = retrieval.single
    passages = arrange(scored, limit=lookup.top_k)
    hits = (retrieval.hit(one, rank=rank) for rank, one in enumerate(passages, start=1))
    return Retrieved(asked, candidates, tuple(passages), tuple(hits), best)
