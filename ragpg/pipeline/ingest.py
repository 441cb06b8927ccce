"""Documents into the store."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, cast

from ragpg import chunking, documents
from ragpg.errors import DatabaseError, DocumentError
from ragpg.types import Receipt, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from ragpg.pipeline.plan import Step
    from ragpg.protocols import Embedder, Store, Tokenizer, Writer
    from ragpg.types import Chunk, Document, Embedding, File

WRITTEN = frozenset({Status.ADDED, Status.CHANGED, Status.RENAMED})
WINDOW = 256
"""Passages that are embedded at once: enough to sort by length, and not much to lose."""
MOST_ITEMS = 512
"""Documents that are held back at most while a window fills."""


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
    """A document that lacks nothing but embeddings; `known` are those that the store has.

    `passages` are the digests of what is embedded of each chunk, in the chunks' order.
    """

    document: Document
    chunks: Sequence[Chunk]
    passages: Sequence[bytes]
    known: Mapping[bytes, Embedding]
    step: Step | None = None

    @property
    def missing(self) -> dict[bytes, Chunk]:
        """What is still to be embedded, each passage once."""
        pairs = zip(self.passages, self.chunks, strict=True)
        return {key: chunk for key, chunk in pairs if key not in self.known}


Item: TypeAlias = Prepared | Receipt


@dataclass(frozen=True, slots=True)
class Window:
    """Documents that were embedded together.

    `fresh` has the embeddings that the store lacked, `embedded` the keys of those made just now.
    """

    items: Sequence[Item]
    fresh: Mapping[bytes, Embedding]
    embedded: frozenset[bytes]


def ingest(
    steps: Iterable[Step], *, store: Store, embedder: Embedder, chunker: Chunker
) -> Iterator[Receipt]:
    """Carry out what was planned: embed by the window, write each document in a transaction."""
    for window in embedded(windows(prepare(steps, store=store, chunker=chunker)), embedder):
        unclaimed = set(window.embedded)
        for item in window.items:
            if isinstance(item, Receipt):
                yield item
                continue
            is_new = put(item, window.fresh, writer=store, recipe=chunker.recipe)
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
    items = (prepared(text, chunker=chunker) for text in store.texts())
    yield from replace_all(items, store=store, embedder=embedder, chunker=chunker)


def reword(*, store: Store, embedder: Embedder, chunker: Chunker) -> Iterator[Receipt]:
    """Read every document's words in the chunker's language; what is embedded already is kept."""
    items = (prepared(text, chunker=chunker) for text in store.texts())
    known = (replace(item, known=store.embeddings(item.passages)) for item in items)
    yield from replace_all(known, store=store, embedder=embedder, chunker=chunker)


def replace_all(
    items: Iterable[Prepared], *, store: Store, embedder: Embedder, chunker: Chunker
) -> Iterator[Receipt]:
    """Put documents in the place of everything that is in the store, in one transaction."""
    with store.rebuilding(model=embedder.model, language=chunker.language) as rebuilt:
        for window in embedded(windows(items), embedder):
            for item in window.items:
                if isinstance(item, Prepared):
                    put(item, window.fresh, writer=rebuilt, recipe=chunker.recipe)
                    new = sum(key not in item.known for key in item.passages)
                    yield written(item, embedded=new)


def confirm(receipts: Iterable[Receipt], *, store: Store) -> None:
    """Compare what was written with what is in the store; raises DatabaseError."""
    chunks = {one.source: one.chunks for one in receipts if one.status in WRITTEN}
    if differing := store.differing(chunks) if chunks else ():
        names = ", ".join(map(repr, differing[:3])) + (", …" if len(differing) > 3 else "")
        raise DatabaseError(
            f"{len(differing)} documents are not in the table as they were written: {names}",
            hint="another process may have changed them meanwhile: run the command again",
        )


def prepare(steps: Iterable[Step], *, store: Store, chunker: Chunker) -> Iterator[Item]:
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


def windows(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Gather items until there is enough to embed at once; flat, however many there are."""
    window: list[Item] = []
    passages = 0
    for item in items:
        window.append(item)
        passages += len(item.missing) if isinstance(item, Prepared) else 0
        if passages >= WINDOW or len(window) >= MOST_ITEMS:
            yield window
            window, passages = [], 0
    if window:
        yield window


def embedded(gathered: Iterable[list[Item]], embedder: Embedder) -> Iterator[Window]:
    """Embed what the documents of each window lack, each passage once.

    It is done in a thread: meanwhile the window before is written, and the next one chunked.
    """
    before: Mapping[bytes, Embedding] = {}
    waiting: Future[Window] | None = None

    def embed(items: list[Item]) -> Window:
        nonlocal before
        missing: dict[bytes, Chunk] = {}
        for item in items:
            if isinstance(item, Prepared):
                missing |= item.missing
        # The store was asked before it was given what the last window lacked.
        known = {key: before[key] for key in missing if key in before}
        new = [key for key in missing if key not in known]
        made = embedder.embed_chunks([missing[key] for key in new]) if new else ()
        before = known | dict(zip(new, made, strict=True))
        return Window(items, before, frozenset(new))

    thread = ThreadPoolExecutor(1)
    try:
        for items in gathered:
            done, waiting = waiting, thread.submit(embed, items)
            if done:
                yield done.result()
        if waiting:
            yield waiting.result()
    finally:
        # Whoever is asked to end does not wait for a model that is being loaded.
        thread.shutdown(wait=False, cancel_futures=True)


def put(item: Prepared, fresh: Mapping[bytes, Embedding], *, writer: Writer, recipe: bytes) -> bool:
    """Line the embeddings up with the chunks and write the document; see `Writer.put`."""
    rows = [item.known[key] if key in item.known else fresh[key] for key in item.passages]
    previous = item.step.previous_source if item.step else None
    return writer.put(item.document, item.chunks, rows, recipe=recipe, previous_source=previous)


def read(step: Step, *, store: Store | None, chunker: Chunker) -> Item:
    """Decode and chunk the file of a step that has one; a bad file makes a failed receipt."""
    file = cast("File", step.file)
    try:
        document = documents.parse(replace(file, walked=walked(step)))
    except DocumentError as error:
        return Receipt(step.source, step.origin, Status.FAILED, error=error.message)
    item = prepared(document, chunker=chunker, step=step)
    return replace(item, known=store.embeddings(item.passages)) if store else item


def prepared(document: Document, *, chunker: Chunker, step: Step | None = None) -> Prepared:
    """Chunk a document."""
    chunks = chunker.chunk(document)
    return Prepared(document, chunks, [chunk.digest for chunk in chunks], {}, step)


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
