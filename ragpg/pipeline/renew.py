"""What is stored is chunked and embedded again: into a new table, which replaces the old one.

A run that is killed is resumed by the next one: what the new table has by then is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg import documents
from ragpg.pipeline.meter import Meter, measure_index
from ragpg.pipeline.write import chunk, write_all
from ragpg.text.scripts import normalize
from ragpg.types import DocumentStatus, Receipt, Work, expect_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.pipeline.embed_ahead import ChunkedDocument
    from ragpg.pipeline.write import Chunker, Writing
    from ragpg.protocols import DocumentStore, Embedder
    from ragpg.types import Progress, StoredDocument

PASSES = 2
"""How often the new table is filled while others write to the old one. The second time takes what
they changed during the first, which is long; what is left then is little, and they wait for it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The documents of an old table by what a new one has of them, and what only that one has."""

    finished: Sequence[StoredDocument]
    moved: Sequence[StoredDocument]
    outdated: Sequence[StoredDocument]
    gone: Sequence[StoredDocument]


def renew(
    *, store: DocumentStore, embedder: Embedder, chunker: Chunker, rebuild: bool
) -> Iterator[Work | Receipt | Progress | Writing]:
    """Rewrite what is stored: all of it to rebuild, the keywords if their language has changed.

    Documents that an earlier run has finished are reported as they are, with nothing embedded.
    """
    if not rebuild and store.uses_language(chunker.language):
        return
    with store.prepare_replacement(model=embedder.model, language=chunker.language) as new:
        renewal = Renewal(store, new, embedder, chunker, reuses_vectors=not rebuild)
        yield measure_work(store.list_documents())
        yield from renewal.resume()
        for _ in range(PASSES):
            yield from renewal.catch_up()
        yield from measure_index(new.build_vector_index())
        with store.replace_by(new):
            yield from renewal.catch_up()


@dataclass(frozen=True, slots=True)
class Renewal:
    """An old table and the new one; with `reuses_vectors` only what has no vector is embedded."""

    store: DocumentStore
    new: DocumentStore
    embedder: Embedder
    chunker: Chunker
    reuses_vectors: bool

    def resume(self) -> Iterator[Receipt]:
        """Report what the new table has already, and remove from it what is gone."""
        difference = self.compare()
        self.remove(difference.gone)
        for document in (*difference.finished, *difference.moved):
            count = document.chunks
            yield replace(report(document), chunks=count, reused=count)

    def catch_up(self) -> Iterator[Receipt | Progress | Writing]:
        """Bring the new table to the state of the old one."""
        difference = self.compare()
        self.remove(difference.gone)
        for document in difference.gone:
            yield replace(report(document), status=DocumentStatus.REMOVED)
        for document in difference.moved:
            current = self.store.read_document(document.source)
            self.new.update_origin(
                document.source,
                origin=document.origin,
                from_directory=document.from_directory,
                metadata=current.metadata if current else None,
            )
        meter = Meter(measure_work(difference.outdated))
        items = self.chunk_again(meter.count_stored(difference.outdated))
        for event in write_all(
            items, writer=self.new, embedder=self.embedder, chunker=self.chunker, meter=meter
        ):
            if isinstance(event, Receipt):
                # A text that several chunks have is new in each of them.
                new = event.embedded if self.reuses_vectors else event.chunks
                yield replace(event, embedded=new, reused=event.chunks - new)
            else:
                yield event

    def compare(self) -> Difference:
        """Compare the two tables."""
        return compare(
            self.store.list_documents(),
            self.new.list_documents(),
            chunking_fingerprint=self.chunker.fingerprint,
        )

    def remove(self, gone: Sequence[StoredDocument]) -> None:
        """Remove documents from the new table."""
        if gone:
            self.new.remove([document.source for document in gone])

    def chunk_again(self, outdated: Iterable[StoredDocument]) -> Iterator[ChunkedDocument]:
        """Chunk documents of the old table anew; those that are gone by now are left out."""
        for stored in outdated:
            if document := self.store.read_document(stored.source):
                item = chunk(documents.parse_again(document), chunker=self.chunker)
                if self.reuses_vectors:
                    item = replace(item, stored=self.new.find_embeddings(item.digests))
                yield item


def measure_work(documents: Sequence[StoredDocument]) -> Work:
    """Return the work that it is to renew documents."""
    sizes = (expect_text(document.source, document.size) for document in documents)
    return Work(len(documents), sum(sizes), rebuilds=True)


def compare(
    old: Sequence[StoredDocument], new: Sequence[StoredDocument], *, chunking_fingerprint: bytes
) -> Difference:
    """Compare the documents of two tables by content, chunking and origin."""
    known = {normalize(document.source): document for document in new}
    finished: list[StoredDocument] = []
    moved: list[StoredDocument] = []
    outdated: list[StoredDocument] = []
    for document in old:
        other = known.pop(normalize(document.source), None)
        content = (document.digest, chunking_fingerprint, document.converted)
        if (
            other is None
            or (
                other.digest,
                other.chunking_fingerprint,
                other.converted,
            )
            != content
        ):
            outdated.append(document)
            continue
        origin = (document.origin, document.from_directory, document.commit)
        same_origin = (other.origin, other.from_directory, other.commit) == origin
        # The number of chunks is that of the new table.
        (finished if same_origin else moved).append(replace(document, chunks=other.chunks))
    return Difference(finished, moved, outdated, list(known.values()))


def report(document: StoredDocument) -> Receipt:
    """Make a receipt of a document for which nothing was embedded in this run."""
    return Receipt(document.source, document.origin, DocumentStatus.CHANGED)
