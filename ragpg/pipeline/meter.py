"""Counts the work of an ingest, and projects how much there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.pipeline.embed_ahead import ChunkedDocument
from ragpg.types import File, Phase, Progress, Unit, expect_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ragpg.pipeline.embed_ahead import EmbeddedBatch, EmbeddedPart, Item
    from ragpg.types import StoredDocument, UnreadableFile, Work


@dataclass(slots=True)
class Meter:
    """What of some work was read, and how many of its chunks are embedded or reused.

    As long as documents are still to be read, their chunks are expected to be as many per byte as
    those of the others.
    """

    work: Work
    documents: int = 0
    size: int = 0
    chunks: int = 0
    done: int = 0
    source: str = ""
    has_read_all: bool = False
    ahead: int = 0
    """Chunks of a batch that were embedded before the batch is complete."""

    def count_files(
        self, files: Iterable[File | UnreadableFile]
    ) -> Iterator[File | UnreadableFile]:
        """Pass files on, and count them."""
        for file in files:
            self.count_document(file.source, len(file.content) if isinstance(file, File) else 0)
            yield file

    def count_stored(self, documents: Iterable[StoredDocument]) -> Iterator[StoredDocument]:
        """Pass documents of a table on, and count them."""
        for document in documents:
            self.count_document(document.source, document.size)
            yield document

    def count_chunks(self, items: Iterable[Item]) -> Iterator[Item]:
        """Pass chunked documents on, and count their chunks."""
        for item in items:
            self.chunks += len(item.chunks) if isinstance(item, ChunkedDocument) else 0
            yield item
        self.has_read_all = True

    def add_part(self, part: EmbeddedPart) -> Progress:
        """Count chunks that were just embedded."""
        self.ahead += part.chunks
        self.source = part.source
        return self.measure(Phase.EMBEDDING)

    def add_batch(self, batch: EmbeddedBatch) -> Progress:
        """Count the chunks of a batch, also those that need not be embedded."""
        documents = [item for item in batch.items if isinstance(item, ChunkedDocument)]
        self.ahead -= len(batch.new)
        self.done += sum(len(document.chunks) for document in documents)
        return self.measure(Phase.WRITING if documents else Phase.READING)

    def measure(self, phase: Phase) -> Progress:
        """Return how many chunks are done, or as long as there are none, documents read."""
        if not self.chunks:
            return self.measure_reading()
        total = self.chunks
        if not self.has_read_all and self.size:
            total = max(total, round(total * self.work.size / self.size))
        is_estimate = not self.has_read_all
        done = self.done + self.ahead
        return Progress(phase, Unit.CHUNKS, done, total, is_estimate, self.source)

    def measure_reading(self) -> Progress:
        """Return how many documents were read."""
        total = max(self.work.documents, self.documents)
        return Progress(Phase.READING, Unit.DOCUMENTS, self.documents, total, source=self.source)

    def count_document(self, source: str, size: int) -> None:
        """Count a document that was read."""
        self.documents += 1
        self.size += expect_text(source, size)
        self.source = source


def measure_index(shares: Iterable[float]) -> Iterator[Progress]:
    """Yield how far an index is from the shares of it that are built."""
    for share in shares:
        yield Progress(Phase.INDEXING, Unit.PERCENT, int(100 * share), 100)
