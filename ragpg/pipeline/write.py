"""Documents are chunked, embedded and written, each in a transaction of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg import chunking
from ragpg.pipeline.embed_ahead import ChunkedDocument, embed_ahead
from ragpg.types import DocumentStatus, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ragpg.pipeline.embed_ahead import Item
    from ragpg.protocols import DocumentWriter, Embedder, Tokenizer
    from ragpg.types import Chunk, Document, Embedding


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
class IndexProgress:
    """The share of the vector index that is built."""

    share: float


def chunk(document: Document, *, chunker: Chunker) -> ChunkedDocument:
    """Divide a document into chunks."""
    chunks = chunker.chunk(document)
    return ChunkedDocument(document, chunks, [chunk.digest for chunk in chunks])


def write_all(
    items: Iterable[Item], *, writer: DocumentWriter, embedder: Embedder, chunker: Chunker
) -> Iterator[Receipt]:
    """Write documents, whose embeddings are made ahead; receipts among them are passed on."""
    for batch in embed_ahead(items, embedder):
        uncounted = set(batch.new)
        for item in batch.items:
            if isinstance(item, Receipt):
                yield item
                continue
            was_written = write(item, batch.embeddings, writer=writer, chunker=chunker)
            new = uncounted.intersection(item.digests)
            uncounted -= new
            receipt = report_written(item, embedded=len(new))
            # Another process may have written the same document a moment ago.
            unchanged = not was_written and not receipt.previous_source
            yield replace(receipt, status=DocumentStatus.UNCHANGED) if unchanged else receipt


def write(
    item: ChunkedDocument,
    embeddings: Mapping[bytes, Embedding],
    *,
    writer: DocumentWriter,
    chunker: Chunker,
) -> bool:
    """Write a document with an embedding for each chunk; see `DocumentWriter.upsert`."""
    available = {**embeddings, **item.stored}
    return writer.upsert(
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
