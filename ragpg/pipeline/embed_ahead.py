"""Embedding in batches, in a thread, while other batches are prepared and written."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

from ragpg.types import Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ragpg.pipeline.plan import Action
    from ragpg.protocols import Embedder
    from ragpg.types import Chunk, Document, Embedding

BATCH_CHUNKS = 256
"""Chunks that are embedded together: enough to sort them by length, and not much to lose."""
BATCH_DOCUMENTS = 512
"""Largest number of documents that wait until a batch is full."""
TICK = 1.0
"""Seconds after which it is told that nothing more is done yet."""


@dataclass(frozen=True, slots=True)
class ChunkedDocument:
    """A document that lacks nothing but embeddings.

    `digests` are those of the chunks, in their order. `stored` are the embeddings that the store
    has already, by digest.
    """

    document: Document
    chunks: Sequence[Chunk]
    digests: Sequence[bytes]
    stored: Mapping[bytes, Embedding] = field(default_factory=dict)
    action: Action | None = None

    @property
    def missing(self) -> dict[bytes, Chunk]:
        """The chunks that are still to be embedded, each text once."""
        pairs = zip(self.digests, self.chunks, strict=True)
        return {digest: chunk for digest, chunk in pairs if digest not in self.stored}


Item: TypeAlias = ChunkedDocument | Receipt


@dataclass(frozen=True, slots=True)
class EmbeddedPart:
    """Chunks of a batch that were just embedded; `source` is a document of the batch.

    Without chunks it says that the embedder is at work.
    """

    chunks: int
    source: str


@dataclass(frozen=True, slots=True)
class EmbeddedBatch:
    """Documents that were embedded together, and receipts between them.

    `embeddings` has those that the store lacked, `new` the digests of those made for this batch.
    """

    items: Sequence[Item]
    embeddings: Mapping[bytes, Embedding]
    new: frozenset[bytes]


Events: TypeAlias = "SimpleQueue[EmbeddedPart | Future[EmbeddedBatch]]"


def embed_ahead(
    items: Iterable[Item], embedder: Embedder
) -> Iterator[EmbeddedPart | EmbeddedBatch]:
    """Embed what documents lack, each text once; the next batch is embedded ahead.

    The parts of a batch are yielded before it.
    """
    events: Events = SimpleQueue()
    batch_embedder = BatchEmbedder(embedder, events)
    thread = ThreadPoolExecutor(1)
    pending = 0
    try:
        for batch in divide(items):
            thread.submit(batch_embedder.embed, batch).add_done_callback(events.put)
            pending += 1
            if pending > 1:
                yield from await_batch(events)
                pending -= 1
        if pending:
            yield from await_batch(events)
    finally:
        # A command that is interrupted does not wait until a model is loaded.
        thread.shutdown(wait=False, cancel_futures=True)


def await_batch(events: Events) -> Iterator[EmbeddedPart | EmbeddedBatch]:
    """Yield the parts of the next batch as they are embedded, then the batch."""
    source = ""
    while True:
        try:
            event = events.get(timeout=TICK)
        except Empty:
            event = EmbeddedPart(0, source)
        if isinstance(event, Future):
            yield event.result()
            return
        source = event.source
        yield event


class BatchEmbedder:
    """Embeds batch after batch, and tells of the parts of each."""

    def __init__(self, embedder: Embedder, events: Events) -> None:
        self._embedder = embedder
        self._events = events
        self._last_embeddings: Mapping[bytes, Embedding] = {}

    def embed(self, batch: Sequence[Item]) -> EmbeddedBatch:
        """Embed what the documents of a batch lack."""
        missing: dict[bytes, Chunk] = {}
        sources: dict[bytes, str] = {}
        for item in batch:
            if isinstance(item, ChunkedDocument):
                missing |= item.missing
                sources |= dict.fromkeys(item.digests, item.document.source)
        # The store was asked for embeddings before the last batch was written.
        last = self._last_embeddings
        embeddings = {digest: last[digest] for digest in missing if digest in last}
        new = {digest: chunk for digest, chunk in missing.items() if digest not in embeddings}
        made = self._embed_new(list(new.values()), [sources[digest] for digest in new])
        self._last_embeddings = embeddings | dict(zip(new, made, strict=True))
        return EmbeddedBatch(batch, self._last_embeddings, frozenset(new))

    def _embed_new(self, chunks: Sequence[Chunk], sources: Sequence[str]) -> list[Embedding]:
        """Embed chunks of these sources."""
        done = 0

        def report(count: int) -> None:
            nonlocal done
            done += count
            self._events.put(EmbeddedPart(count, sources[min(done, len(sources) - 1)]))

        if not chunks:
            return []
        report(0)
        embeddings = self._embedder.embed_chunks(chunks, report=report)
        report(len(chunks) - done)
        return embeddings


def divide(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Divide items into batches with about BATCH_CHUNKS chunks to embed."""
    batch: list[Item] = []
    chunks = 0
    for item in items:
        batch.append(item)
        chunks += len(item.missing) if isinstance(item, ChunkedDocument) else 0
        if chunks >= BATCH_CHUNKS or len(batch) >= BATCH_DOCUMENTS:
            yield batch
            batch, chunks = [], 0
    if batch:
        yield batch
