"""Documents into the store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from ragpg import chunking, documents
from ragpg.errors import DocumentError
from ragpg.types import Receipt, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ragpg.planning import Step
    from ragpg.protocols import Embedder, Store, Tokenizer, Writer
    from ragpg.types import Chunk, Document, File, Vector

WRITTEN = frozenset({Status.ADDED, Status.CHANGED, Status.RENAMED})
WINDOW = 64
"""Passages that are embedded at once: enough to sort by length, and not much to lose."""


@dataclass(frozen=True, slots=True)
class Chunker:
    """How documents become chunks: the model's tokenizer, sizes, and the language of keywords."""

    tokenizer: Tokenizer
    limits: chunking.Limits
    language: str

    @property
    def recipe(self) -> bytes:
        """Differs for two chunkers that may make different rows of the same document.

        The tokenizer has no part in it: it belongs to the model, and a table to one model.
        """
        parts = (chunking.RECIPE_VERSION, self.limits, self.language)
        return hashlib.sha256(repr(parts).encode()).digest()

    def chunk(self, document: Document) -> list[Chunk]:
        """Cut a document into chunks."""
        return chunking.chunk(document, tokenizer=self.tokenizer, limits=self.limits)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that lacks nothing but vectors; `known` are those that the store has.

    `passages` are the SHA-256 of what is embedded of each chunk, in the chunks' order.
    """

    document: Document
    chunks: Sequence[Chunk]
    passages: Sequence[bytes]
    known: Mapping[bytes, Vector]
    step: Step | None = None

    @property
    def missing(self) -> dict[bytes, str]:
        """What is still to be embedded, each passage once."""
        pairs = zip(self.passages, self.chunks, strict=True)
        return {key: chunk.passage for key, chunk in pairs if key not in self.known}


def ingest(
    steps: Iterable[Step], *, store: Store, embedder: Embedder, chunker: Chunker
) -> Iterator[Receipt]:
    """Carry out what was planned: embed by the window, write each document in a transaction."""
    for window in windows(prepare(steps, store=store, chunker=chunker)):
        fresh = embed(window, embedder=embedder)
        unclaimed = set(fresh)
        for item in window:
            if isinstance(item, Receipt):
                yield item
                continue
            is_new = put(item, fresh, writer=store, recipe=chunker.recipe)
            new = unclaimed.intersection(item.passages)
            unclaimed -= new
            done = written(item, embedded=len(new))
            # Another process may have put the very same a moment ago.
            yield done if is_new or done.previous_source else replace(done, status=Status.UNCHANGED)


def preview(steps: Iterable[Step], *, store: Store | None, chunker: Chunker) -> Iterator[Receipt]:
    """Say what `ingest` would do, and do nothing; without a store everything is new."""
    claimed: set[bytes] = set()
    for step in steps:
        item = read(step, store=store, chunker=chunker) if step.status in WRITTEN else settled(step)
        if isinstance(item, Receipt):
            yield item
            continue
        new = item.missing.keys() - claimed
        claimed |= new
        yield written(item, embedded=len(new))


def rebuild(*, store: Store, embedder: Embedder, chunker: Chunker) -> Iterator[Receipt]:
    """Chunk and embed every document anew from its text in the store, in one transaction."""
    with store.rebuilding(model=embedder.model, language=chunker.language) as rebuilt:
        for window in windows(prepared(text, {}, chunker=chunker) for text in store.texts()):
            fresh = embed(window, embedder=embedder)
            for item in window:
                if isinstance(item, Prepared):
                    put(item, fresh, writer=rebuilt, recipe=chunker.recipe)
                    yield written(item, embedded=len(item.passages))


def prepare(
    steps: Iterable[Step], *, store: Store, chunker: Chunker
) -> Iterator[Prepared | Receipt]:
    """Do all of a step that needs no vectors."""
    for step in steps:
        if step.status in WRITTEN:
            yield read(step, store=store, chunker=chunker)
            continue
        if step.status is Status.REMOVED:
            store.remove([step.source])
        elif step.status is Status.UNCHANGED and moved(step):
            store.adopt(step.source, origin=step.origin, walked=walked(step))
        yield settled(step)


def windows(items: Iterable[Prepared | Receipt]) -> Iterator[list[Prepared | Receipt]]:
    """Gather items until there is enough to embed at once; flat, however many there are."""
    window: list[Prepared | Receipt] = []
    passages = 0
    for item in items:
        window.append(item)
        passages += len(item.missing) if isinstance(item, Prepared) else 0
        if passages >= WINDOW:
            yield window
            window, passages = [], 0
    if window:
        yield window


def embed(window: Iterable[Prepared | Receipt], *, embedder: Embedder) -> dict[bytes, Vector]:
    """Embed what the documents of a window lack, each passage once."""
    missing: dict[bytes, str] = {}
    for item in window:
        if isinstance(item, Prepared):
            missing |= item.missing
    vectors = embedder.embed_passages(list(missing.values())) if missing else ()
    return dict(zip(missing, vectors, strict=True))


def put(item: Prepared, fresh: Mapping[bytes, Vector], *, writer: Writer, recipe: bytes) -> bool:
    """Line the vectors up with the chunks and write the document; see `Writer.put`."""
    import numpy as np

    rows = [item.known[key] if key in item.known else fresh[key] for key in item.passages]
    vectors = np.stack(rows) if rows else np.empty((0, 0), np.float32)
    previous = item.step.previous_source if item.step else None
    return writer.put(item.document, item.chunks, vectors, recipe=recipe, previous_source=previous)


def read(step: Step, *, store: Store | None, chunker: Chunker) -> Prepared | Receipt:
    """Decode and chunk the file of a step that has one; a bad file makes a failed receipt."""
    file = cast("File", step.file)
    try:
        document = documents.parse(replace(file, walked=walked(step)))
    except DocumentError as error:
        return Receipt(step.source, step.origin, Status.FAILED, error=error.message)
    item = prepared(document, {}, chunker=chunker, step=step)
    return replace(item, known=store.vectors(item.passages)) if store else item


def prepared(
    document: Document, known: Mapping[bytes, Vector], *, chunker: Chunker, step: Step | None = None
) -> Prepared:
    """Chunk a document."""
    chunks = chunker.chunk(document)
    passages = [hashlib.sha256(chunk.passage.encode()).digest() for chunk in chunks]
    return Prepared(document, chunks, passages, known, step)


def moved(step: Step) -> bool:
    """Whether an unchanged document is read from elsewhere, or found in another way, by now."""
    stored = step.stored
    return stored is not None and (stored.origin, stored.walked) != (step.origin, walked(step))


def walked(step: Step) -> bool:
    """Whether a document was ever found below a directory."""
    now = step.file is not None and step.file.walked
    return now or (step.stored is not None and step.stored.walked)


def settled(step: Step) -> Receipt:
    """Report a step without new chunks: those in the store count."""
    return Receipt(
        source=step.source,
        origin=step.origin,
        status=step.status,
        chunks=step.stored.chunks if step.stored else 0,
        error=step.error,
    )


def written(item: Prepared, *, embedded: int) -> Receipt:
    """Report a document that was put into the store, or would be."""
    chunks = len(item.chunks)
    return Receipt(
        source=item.document.source,
        origin=item.document.origin,
        status=item.step.status if item.step else Status.CHANGED,
        previous_source=item.step.previous_source if item.step else None,
        chunks=chunks,
        embedded=embedded,
        reused=chunks - embedded,
    )
