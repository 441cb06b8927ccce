"""Documents are chunked, embedded and written, several in a transaction.

Of documents that are written one by one the database does half of the work again and again: most
of their terms are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg import chunking
from ragpg.pipeline.embed_ahead import ChunkedDocument, EmbeddedPart, embed_ahead
from ragpg.text.scripts import normalize
from ragpg.types import DocumentStatus, EmbeddedDocument, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ragpg.pipeline.embed_ahead import EmbeddedBatch, Item
    from ragpg.pipeline.meter import Meter
    from ragpg.protocols import DocumentWriter, Embedder, Tokenizer
    from ragpg.types import Chunk, Document, Embedding, Progress

TRANSACTION_CHUNKS = 256
"""Chunks that a transaction writes: more are hardly faster, and others wait for its end."""


@dataclass(frozen=True, slots=True)
class Chunker:
    """How documents are chunked: the tokenizer, the sizes, and the language of the keywords."""

    tokenizer: Tokenizer
    limits: chunking.Limits
    language: str

    @property
    def fingerprint(self) -> bytes:
        """See `chunking.compute_fingerprint`."""
        return chunking.compute_fingerprint(self.limits, self.language)

    def chunk(self, document: Document) -> list[Chunk]:
        """Divide a document into chunks."""
        return chunking.chunk_document(document, tokenizer=self.tokenizer, limits=self.limits)


@dataclass(frozen=True, slots=True)
class Writing:
    """Documents that are written next, in one transaction of this writer's."""

    documents: Sequence[EmbeddedDocument]
    writer: DocumentWriter


def chunk(document: Document, *, chunker: Chunker) -> ChunkedDocument:
    """Divide a document into chunks."""
    chunks = chunker.chunk(document)
    return ChunkedDocument(document, chunks, [chunk.digest for chunk in chunks])


def write_all(
    items: Iterable[Item],
    *,
    writer: DocumentWriter,
    embedder: Embedder,
    chunker: Chunker,
    meter: Meter,
) -> Iterator[Receipt | Progress | Writing]:
    """Write documents, whose embeddings are made ahead; receipts among them are passed on."""
    for event in embed_ahead(meter.count_chunks(items), embedder):
        if isinstance(event, EmbeddedPart):
            yield meter.add_part(event)
        else:
            yield meter.add_batch(event)
            yield from write_batch(event, writer=writer, chunker=chunker)


def write_batch(
    batch: EmbeddedBatch, *, writer: DocumentWriter, chunker: Chunker
) -> Iterator[Receipt | Writing]:
    """Write the documents of a batch, group by group."""
    uncounted = set(batch.new)
    for group in divide(batch.items):
        documents = [item for item in group if isinstance(item, ChunkedDocument)]
        embedded = [prepare(d, batch.embeddings, chunker=chunker) for d in documents]
        if embedded:
            yield Writing(embedded, writer)
        written = iter(writer.upsert(embedded) if embedded else ())
        for item in group:
            if isinstance(item, Receipt):
                yield item
                continue
            new = uncounted.intersection(item.digests)
            uncounted -= new
            receipt = report_written(item, embedded=len(new))
            # Another process may have written the same document a moment ago.
            unchanged = not next(written) and not receipt.previous_source
            yield replace(receipt, status=DocumentStatus.UNCHANGED) if unchanged else receipt


def divide(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Divide items into groups of different sources with about TRANSACTION_CHUNKS chunks."""
    group: list[Item] = []
    sources: set[str] = set()
    chunks = 0
    for item in items:
        if isinstance(item, ChunkedDocument):
            source = normalize(item.document.source)
            if chunks >= TRANSACTION_CHUNKS or source in sources:
                yield group
                group, sources, chunks = [], set(), 0
            sources.add(source)
            chunks += len(item.chunks)
        group.append(item)
    if group:
        yield group


def prepare(
    item: ChunkedDocument, embeddings: Mapping[bytes, Embedding], *, chunker: Chunker
) -> EmbeddedDocument:
    """Give a document its embeddings, which were just made or were stored already."""
    available = {**embeddings, **item.stored}
    return EmbeddedDocument(
        item.document,
        item.chunks,
        [available[digest] for digest in item.digests],
        chunking_fingerprint=chunker.fingerprint,
        previous_source=item.action.previous_source if item.action else None,
    )


def report_written(item: ChunkedDocument, *, embedded: int) -> Receipt:
    """Make the receipt of a document that is written, or would be."""
    chunks = len(item.chunks)
    return Receipt(
        source=item.document.source,
        origin=item.document.origin,
        status=item.action.status if item.action else DocumentStatus.CHANGED,
        previous_source=item.action.previous_source if item.action else None,
        chunks=chunks,
        embedded=embedded,
        reused=chunks - embedded,
        warning=item.document.warning,
    )
