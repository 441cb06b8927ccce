"""Embedding in batches, in a thread, while other batches are prepared and written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from ragpg.types import Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from ragpg.pipeline.plan import Action
    from ragpg.protocols import Embedder
    from ragpg.types import Chunk, Document, Embedding

BATCH_CHUNKS = 256
"""Chunks that are embedded together: enough to sort them by length, and not much to lose."""
BATCH_DOCUMENTS = 512
"""Largest number of documents that wait until a batch is full."""


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
class EmbeddedBatch:
    """Documents that were embedded together, and receipts between them.

    `embeddings` has those that the store lacked, `new` the digests of those made for this batch.
    """

    items: Sequence[Item]
    embeddings: Mapping[bytes, Embedding]
    new: frozenset[bytes]


def embed_ahead(items: Iterable[Item], embedder: Embedder) -> Iterator[EmbeddedBatch]:
    """Embed what documents lack, each text once; the next batch is embedded ahead."""
    last_embeddings: Mapping[bytes, Embedding] = {}
    pending: Future[EmbeddedBatch] | None = None

    def embed(batch: list[Item]) -> EmbeddedBatch:
        nonlocal last_embeddings
        missing: dict[bytes, Chunk] = {}
        for item in batch:
            if isinstance(item, ChunkedDocument):
                missing |= item.missing
        # The store was asked for embeddings before the last batch was written.
        reused = {key: last_embeddings[key] for key in missing if key in last_embeddings}
        new = [digest for digest in missing if digest not in reused]
        embeddings = embedder.embed_chunks([missing[digest] for digest in new]) if new else ()
        last_embeddings = reused | dict(zip(new, embeddings, strict=True))
        return EmbeddedBatch(batch, last_embeddings, frozenset(new))

    thread = ThreadPoolExecutor(1)
    try:
        for batch in divide(items):
            previous, pending = pending, thread.submit(embed, batch)
            if previous:
                yield previous.result()
        if pending:
            yield pending.result()
    finally:
        # A command that is interrupted does not wait until a model is loaded.
        thread.shutdown(wait=False, cancel_futures=True)


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
