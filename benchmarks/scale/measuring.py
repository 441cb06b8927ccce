"""What a table of some size costs and finds: recall, seconds, bytes."""

from __future__ import annotations

import statistics
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pgvector import HalfVector
from ragpg.pipeline.write import TRANSACTION_CHUNKS
from ragpg.store import required_terms
from ragpg.types import SearchRequest

from benchmarks.scale.corpus import CHUNKS_OF_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from ragpg.store.postgres import PostgresStore
    from ragpg.types import Candidates, EmbeddedDocument

    from benchmarks.scale.corpus import Corpus

    Figures: TypeAlias = dict[str, list[float]]
    """By name, with the unit: one number, or the median and the 95th percentile."""

WANTED = 50
"""Candidates of each retriever: the default."""

KINDS: Mapping[str, tuple[int, int] | None] = {
    "usual words": None,
    "rare words": (3_000, 30_000),
    "common words": (0, 60),
}
"""The ranks that the words of questions are drawn from; None is as frequent as in the text."""

FILTERS = {"1%": ("part07/*",), "50%": ("part[0-4]?/*",)}
WRITTEN = 100
"""Documents that are added, and replaced, for a median."""
LOADED = 500
"""Documents that are written as an ingest writes many."""

EXACT = """
SELECT source, ordinal FROM (
    SELECT doc_id, ordinal FROM {embedding}
    ORDER BY (vector <=> %s) + 0, doc_id, ordinal LIMIT %s
) AS nearest JOIN {document} AS document ON document.doc_id = nearest.doc_id
"""


def measure(store: PostgresStore, corpus: Corpus, *, questions: int) -> Figures:
    """Return the figures of a table, by name."""
    figures: Figures = {f"{name} MB": [size / 1e6] for name, size in store.status().sizes.items()}
    asked = {
        kind: [
            SearchRequest(text, vector, WANTED)
            for text, vector in corpus.questions(questions, ranks=ranks)
        ]
        for kind, ranks in KINDS.items()
    }
    for kind, requests in asked.items():
        figures[f"{kind}: ms p50 / p95"] = times(store, requests)
        figures[f"{kind}: best 20 as of a full scan"] = [same_best(store, requests)]
    for share, sources in FILTERS.items():
        requests = [replace(request, sources=sources) for request in asked["usual words"]]
        figures[f"filter of {share}: ms p50 / p95"] = times(store, requests)
    for number in (10, WANTED):
        figures[f"recall@{number}"] = [recall(store, asked["usual words"], number)]
    count = store.status().counts["documents"]
    added = range(count, count + WRITTEN)
    first, second = ([corpus.write(n, version=v).embedded for n in added] for v in (0, 1))
    figures["add 20 chunks: ms p50"] = [writing(store, first)]
    figures["replace 20 chunks: ms p50"] = [writing(store, second)]
    figures["change 1 of 20 chunks: ms p50"] = [writing(store, map(corpus.edit, added))]
    loaded = range(added.stop, added.stop + LOADED)
    figures["ingest without a model: chunks/s"] = [loading(store, corpus, loaded)]
    return figures


def times(store: PostgresStore, requests: Sequence[SearchRequest]) -> list[float]:
    """Time searches, the tables' pages being in memory: median and 95th percentile, in ms."""
    for request in requests:
        store.search(request)
    spans = sorted(seconds(lambda request=request: store.search(request)) for request in requests)  # type: ignore[misc]  # called at once
    return [1000 * statistics.median(spans), 1000 * spans[int(0.95 * len(spans))]]


def same_best(store: PostgresStore, requests: Sequence[SearchRequest]) -> float:
    """Compare the best 20 by keywords with those among all chunks that have any of the terms."""
    same = 0
    for request in requests:
        words = replace(request, vector=None)
        found = best(store.search(words))
        with weighing_all():
            same += found == best(store.search(words))
    return same / len(requests)


@contextmanager
def weighing_all() -> Iterator[None]:
    """Let searches weigh every chunk that has any of the terms."""
    alone = required_terms.ALONE
    required_terms.ALONE = sys.maxsize
    try:
        yield
    finally:
        required_terms.ALONE = alone


def best(found: Candidates) -> list[float]:
    """Return the scores of the best 20 by keywords."""
    return sorted((round(item.bm25 or 0, 4) for item in found.items), reverse=True)[:20]


def recall(store: PostgresStore, requests: Sequence[SearchRequest], number: int) -> float:
    """Compare the nearest chunks that searches find with the nearest of all."""
    hits = 0
    for request in requests:
        found = store.search(replace(request, text=None)).items
        places = {(item.source, item.chunk.ordinal) for item in found}
        with store.table.transaction():
            parameters = [HalfVector(request.vector), number]
            hits += len(places.intersection(store.table.execute(EXACT, parameters).fetchall()))
    return hits / number / len(requests)


def writing(store: PostgresStore, documents: Iterable[EmbeddedDocument]) -> float:
    """Time the writing of documents one by one, without a model: the median, in ms."""
    spans = [seconds(lambda document=document: store.upsert([document])) for document in documents]  # type: ignore[misc]  # called at once
    return 1000 * statistics.median(spans)


def loading(store: PostgresStore, corpus: Corpus, numbers: range) -> float:
    """Return how many chunks an ingest writes in a second, their embeddings being at hand."""
    documents = [corpus.write(number).embedded for number in numbers]
    step = TRANSACTION_CHUNKS // CHUNKS_OF_DOCUMENT

    def write() -> None:
        for start in range(0, len(documents), step):
            store.upsert(documents[start : start + step])

    return len(documents) * CHUNKS_OF_DOCUMENT / seconds(write)


def seconds(action: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
