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
    from ragpg.protocols import Embedder, Store, Tokenizer
    from ragpg.types import Chunk, Document, File, Vector, Vectors

WRITTEN = frozenset({Status.ADDED, Status.CHANGED, Status.RENAMED})


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


def ingest(
    steps: Iterable[Step], *, store: Store, embedder: Embedder, chunker: Chunker
) -> Iterator[Receipt]:
    """Carry out what was planned, one document after the other, each in its own transaction."""
    for step in steps:
        if step.status in WRITTEN:
            yield write(step, store=store, embedder=embedder, chunker=chunker)
            continue
        if step.status is Status.REMOVED:
            store.remove([step.source])
        elif step.status is Status.UNCHANGED and moved(step):
            store.adopt(step.source, origin=step.origin, walked=walked(step))
        yield receipt(step)


def preview(steps: Iterable[Step], *, store: Store | None, chunker: Chunker) -> Iterator[Receipt]:
    """Say what `ingest` would do, and do nothing; without a store everything is new."""
    for step in steps:
        if step.status not in WRITTEN:
            yield receipt(step)
            continue
        try:
            _, chunks = read(step, chunker=chunker)
        except DocumentError as error:
            yield failed(step, error)
        else:
            known = store.vectors(digests(chunks)) if store else {}
            yield receipt(step, chunks=chunks, known=known)


def rebuild(*, store: Store, embedder: Embedder, chunker: Chunker) -> Iterator[Receipt]:
    """Chunk and embed every document anew from its text in the store, in one transaction."""
    with store.rebuilding(model=embedder.model, language=chunker.language) as rebuilt:
        for document in store.texts():
            chunks = chunker.chunk(document)
            vectors = assemble(chunks, known={}, embedder=embedder)
            rebuilt.put(document, chunks, vectors, recipe=chunker.recipe)
            yield Receipt(
                document.source,
                document.origin,
                Status.CHANGED,
                chunks=len(chunks),
                embedded=len(chunks),
            )


def write(step: Step, *, store: Store, embedder: Embedder, chunker: Chunker) -> Receipt:
    """Chunk, embed what is new, and put one document into the store as a whole."""
    try:
        document, chunks = read(step, chunker=chunker)
    except DocumentError as error:
        return failed(step, error)
    known = store.vectors(digests(chunks))
    vectors = assemble(chunks, known=known, embedder=embedder)
    previous = step.previous_source
    store.put(document, chunks, vectors, recipe=chunker.recipe, previous_source=previous)
    return receipt(step, chunks=chunks, known=known)


def read(step: Step, *, chunker: Chunker) -> tuple[Document, list[Chunk]]:
    """Decode and chunk the file of a step that has one; raises DocumentError."""
    file = cast("File", step.file)
    document = documents.parse(replace(file, walked=walked(step)))
    return document, chunker.chunk(document)


def digests(chunks: Sequence[Chunk]) -> list[bytes]:
    """SHA-256 of what is embedded of each chunk."""
    return [hashlib.sha256(chunk.passage.encode()).digest() for chunk in chunks]


def assemble(
    chunks: Sequence[Chunk], *, known: Mapping[bytes, Vector], embedder: Embedder
) -> Vectors:
    """Embed the passages without a known vector, each once, and line all up with the chunks."""
    import numpy as np

    keys = digests(chunks)
    new = {key: c.passage for key, c in zip(keys, chunks, strict=True) if key not in known}
    fresh = embedder.embed_passages(list(new.values())) if new else ()
    vectors = {**known, **dict(zip(new, fresh, strict=True))}
    if not chunks:
        return np.empty((0, 0), np.float32)
    return np.stack([vectors[key] for key in keys])


def moved(step: Step) -> bool:
    """Whether an unchanged document is read from elsewhere, or found in another way, by now."""
    stored = step.stored
    return stored is not None and (stored.origin, stored.walked) != (step.origin, walked(step))


def walked(step: Step) -> bool:
    """Whether a document was ever found below a directory."""
    now = step.file is not None and step.file.walked
    return now or (step.stored is not None and step.stored.walked)


def receipt(
    step: Step,
    *,
    chunks: Sequence[Chunk] | None = None,
    known: Mapping[bytes, Vector] | None = None,
) -> Receipt:
    """Report a step: with its new chunks, or else with those that the store has."""
    base = Receipt(
        source=step.source,
        origin=step.origin,
        status=step.status,
        previous_source=step.previous_source,
        chunks=step.stored.chunks if step.stored else 0,
        error=step.error,
    )
    if chunks is None:
        return base
    reused = sum(key in (known or {}) for key in digests(chunks))
    return replace(base, chunks=len(chunks), embedded=len(chunks) - reused, reused=reused)


def failed(step: Step, error: DocumentError) -> Receipt:
    """Report a document that could not be read."""
    return Receipt(step.source, step.origin, Status.FAILED, error=error.message)
