"""Queries to passages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ragpg import formats, refusal, retrieval
from ragpg.text.scripts import normalize
from ragpg.types import Mode, SearchRequest

if TYPE_CHECKING:
    from ragpg.filters import Expression
    from ragpg.protocols import ChunkIndex, Embedder, Reranker
    from ragpg.retrieval import MergedPassage, RankedChunk
    from ragpg.types import Candidates, Hit, QueryEmbedding


HOW_MANY = re.compile(r"\b(how) (?:many|much)\b", re.IGNORECASE)
"""Words that ask and don't describe: a passage isn't more relevant for containing "many"."""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How passages are searched: `candidates` of each retriever, of which `top_k` become hits.

    A question with an answerability below `refusal_threshold` is refused.
    """

    mode: Mode = Mode.HYBRID
    top_k: int = 5
    candidates: int = 50
    ef_search: int = 100
    sources: tuple[str, ...] = ()
    filter: Expression | None = None
    reranker: Reranker | None = None
    refusal_threshold: float = refusal.THRESHOLD


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The passages for a query, best first, and all that led to them.

    `ranked` are the candidates before a reranker and before merging; the rank and score of each hit
    can be explained from them.
    """

    query_embedding: QueryEmbedding | None
    candidates: Candidates
    ranked: tuple[RankedChunk, ...]
    passages: tuple[MergedPassage, ...]
    hits: tuple[Hit, ...]
    options: SearchOptions


@dataclass(frozen=True, slots=True)
class Searcher:
    """Finds passages: an index, an embedder, and the options of the search."""

    index: ChunkIndex
    embedder: Embedder
    options: SearchOptions

    def with_options(self, **changes: Any) -> Searcher:
        """Return the same searcher with other options, by their names in SearchOptions."""
        return replace(self, options=replace(self.options, **changes))

    def search(self, query: str) -> SearchResult:
        """Find the best passages for a query; raises DatabaseError and ProviderError."""
        options, query = self.options, normalize(query)
        embedding = None if options.mode is Mode.KEYWORD else self.embedder.embed_query(query)
        request = SearchRequest(
            text=None if options.mode is Mode.DENSE else HOW_MANY.sub(r"\1", query),
            vector=embedding.vector if embedding else None,
            limit=max(options.candidates, options.top_k),
            ef_search=options.ef_search,
            sources=options.sources,
            filter=options.filter,
        )
        candidates = self.index.search(request)
        ranked = best = retrieval.rank(
            candidates, query_embedding=embedding, mode=options.mode, query=query
        )
        merge = retrieval.merge_adjacent if options.mode is Mode.HYBRID else retrieval.keep_single
        if options.reranker:
            texts = [chunk.candidate.chunk.text for chunk in ranked[: retrieval.RERANKED]]
            best = retrieval.rerank(ranked, options.reranker.score(query, texts))
            merge = retrieval.keep_single
        passages = tuple(merge(best, limit=options.top_k))
        hits = tuple(retrieval.to_hit(p, rank=rank) for rank, p in enumerate(passages, start=1))
        hits = self._add_places(hits)
        return SearchResult(embedding, candidates, tuple(ranked), passages, hits, options)

    def _add_places(self, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """Give hits in converted documents the places of their lines."""
        sources = {hit.source for hit in hits if formats.find_converter(hit.source)}
        if not sources:
            return hits
        found = self.index.read_places(sources)
        return tuple(
            replace(hit, converted=True, places=places.cut(hit.start_line, hit.end_line))
            if (places := found.get(hit.source)) is not None
            else hit
            for hit in hits
        )
