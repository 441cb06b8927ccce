"""Documents into the store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from ragpg import documents, formats
from ragpg.errors import DatabaseError, DocumentError
from ragpg.pipeline.meter import Meter, measure_index
from ragpg.pipeline.plan import plan
from ragpg.pipeline.renew import renew
from ragpg.pipeline.write import Writing, chunk, report_written, write_all
from ragpg.types import DocumentStatus, Progress, Receipt, Work

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from ragpg.pipeline.embed_ahead import Item
    from ragpg.pipeline.plan import Action
    from ragpg.pipeline.write import Chunker
    from ragpg.protocols import DocumentStore, Embedder
    from ragpg.types import Document, File, LeftOut, Tree, UnreadableFile

    Files: TypeAlias = Iterable[File | UnreadableFile]
    Event: TypeAlias = Work | Receipt | Progress | Writing

WRITTEN = frozenset({DocumentStatus.ADDED, DocumentStatus.CHANGED, DocumentStatus.RENAMED})
NOTHING_DONE = frozenset({DocumentStatus.UNCHANGED, DocumentStatus.MISSING, DocumentStatus.FAILED})


def ingest(
    files: Files,
    *,
    work: Work,
    store: DocumentStore,
    embedder: Embedder,
    chunker: Chunker,
    directories: Sequence[Path] = (),
    left_out: Sequence[LeftOut] = (),
    tree: Tree | None = None,
    prune: bool = False,
    rebuild: bool = False,
) -> Generator[Event, None, None]:
    """Bring the store up to date with files, and with what is gone below `directories`.

    Gone is also what git ignores, according to what was `left_out` of the directories. With a
    `tree` the files are those of a commit, and gone is what it lacks. `work` is what the files are
    together. Every document is written as a whole, or not at all. With `rebuild`, what is stored is
    renewed first; a document that is ingested, too, has two receipts then: `merge_receipts`.
    """
    receipts: list[Receipt] = []
    for event in renew(store=store, embedder=embedder, chunker=chunker, rebuild=rebuild):
        if isinstance(event, Receipt):
            receipts.append(event)
        yield event
    yield work
    meter = Meter(work)
    actions = plan(
        meter.count_files(files),
        stored=store.list_documents(),
        chunking_fingerprint=chunker.fingerprint,
        directories=directories,
        left_out=left_out,
        tree=tree,
        prune=prune,
    )
    with formats.Conversion() as conversion:
        items = prepare(actions, store=store, chunker=chunker, conversion=conversion)
        for event in write_all(
            items, writer=store, embedder=embedder, chunker=chunker, meter=meter
        ):
            if isinstance(event, Receipt):
                receipts.append(event)
            yield event
    yield from finish(receipts, store=store)


def finish(receipts: Sequence[Receipt], *, store: DocumentStore) -> Iterator[Progress]:
    """Bring the indexes up to date with what was written, and confirm that it is there."""
    added = sum(receipt.chunks for receipt in receipts if receipt.status in WRITTEN)
    yield from measure_index(store.build_vector_index(added=added))
    if any(receipt.status not in NOTHING_DONE for receipt in receipts):
        confirm(merge_receipts(receipts), store=store)
        store.vacuum()


def preview(
    files: Files,
    *,
    work: Work,
    store: DocumentStore | None,
    chunker: Chunker,
    directories: Sequence[Path] = (),
    left_out: Sequence[LeftOut] = (),
    tree: Tree | None = None,
    prune: bool = False,
) -> Iterator[Receipt | Progress]:
    """Report what `ingest` would do, and do nothing; without a store everything is new."""
    meter = Meter(work)
    actions = plan(
        meter.count_files(files),
        stored=store.list_documents() if store else [],
        chunking_fingerprint=chunker.fingerprint,
        directories=directories,
        left_out=left_out,
        tree=tree,
        prune=prune,
    )
    counted: set[bytes] = set()
    with formats.Conversion() as conversion:
        for action in actions:
            yield meter.measure_reading()
            item: Item = report(action)
            if action.status in WRITTEN:
                item = read(action, store=store, chunker=chunker, conversion=conversion)
            if isinstance(item, Receipt):
                yield item
                continue
            new = item.missing.keys() - counted
            counted |= new
            yield report_written(item, embedded=len(new))


def find_outdated(
    store: DocumentStore, *, chunking_fingerprint: bytes, receipts: Iterable[Receipt] = ()
) -> list[str]:
    """Return the sources of documents with another chunking fingerprint.

    Left out are those that the receipts say are, or would be, written or removed.
    """
    renewed = {
        source
        for receipt in receipts
        if receipt.status not in NOTHING_DONE
        for source in (receipt.source, receipt.previous_source)
    }
    return [
        document.source
        for document in store.list_documents()
        if document.chunking_fingerprint != chunking_fingerprint and document.source not in renewed
    ]


def merge_receipts(receipts: Iterable[Receipt]) -> list[Receipt]:
    """Keep one receipt of each document: the last that says what was done with it."""
    latest: dict[str, Receipt] = {}
    for receipt in receipts:
        if receipt.status is not DocumentStatus.UNCHANGED or receipt.source not in latest:
            latest.pop(receipt.previous_source or "", None)
            latest[receipt.source] = receipt
    return list(latest.values())


def prepare(
    actions: Iterable[Action],
    *,
    store: DocumentStore,
    chunker: Chunker,
    conversion: formats.Conversion,
) -> Iterator[Item]:
    """Do what needs no embeddings: read and chunk files, remove documents, update origins."""
    learned: dict[str, datetime] = {}
    for action in actions:
        if action.status in WRITTEN:
            yield read(action, store=store, chunker=chunker, conversion=conversion)
            continue
        if action.status is DocumentStatus.REMOVED:
            store.remove([action.source])
        elif action.status is DocumentStatus.UNCHANGED and action.moves_origin:
            store.update_origin(
                action.source,
                origin=action.origin,
                from_directory=action.from_directory,
                metadata=read_metadata(action),
            )
        if action.learns_modified and action.modified:
            learned[action.source] = action.modified
        yield report(action)
    if learned:
        store.record_modified(learned)


def read_metadata(action: Action) -> Mapping[str, Any] | None:
    """Return the metadata of an unchanged file, with its commit; None where they stay."""
    is_converted = action.stored is not None and action.stored.converted
    if action.file is None or is_converted:
        return None
    return documents.parse_document(action.file).metadata


def read(
    action: Action,
    *,
    store: DocumentStore | None,
    chunker: Chunker,
    conversion: formats.Conversion,
) -> Item:
    """Parse and chunk the file of an action; one that cannot be parsed makes a failed receipt."""
    found = cast("File", action.file)
    file = replace(
        found,
        from_directory=action.from_directory,
        modified=action.modified,
    )
    try:
        document = parse(file, conversion, again=not found.from_directory)
    except DocumentError as error:
        return Receipt(action.source, action.origin, DocumentStatus.FAILED, error=error.message)
    item = replace(chunk(document, chunker=chunker), action=action)
    return replace(item, stored=store.find_embeddings(item.digests)) if store else item


def parse(file: File, conversion: formats.Conversion, *, again: bool) -> Document:
    """Make a document of a file, converted if it is of another format; raises DocumentError.

    One at which its converter hung before is tried `again` or not at all.

    Markup that no converter reads here is taken as it is, with a warning.
    """
    converter = formats.find_converter(file.source)
    if converter is None:
        return parse_text(file)
    if converter.missing and formats.get_suffix(file.source) in converter.is_text:
        warning = f"read as it is: {converter.missing}"
        return replace(documents.parse_document(file), warning=warning)
    text, places = conversion.convert(file.source, file.content, again=again)
    return documents.parse_converted(file, text, places)


def parse_text(file: File) -> Document:
    """Make a document of a text; raises DocumentError that says what the file is instead."""
    try:
        return documents.parse_document(file)
    except DocumentError as error:
        reason = formats.explain_content(file.content, formats.get_suffix(file.source))
        if reason is None:
            raise
        raise DocumentError(reason) from error


def confirm(receipts: Iterable[Receipt], *, store: DocumentStore) -> None:
    """Raise DatabaseError unless the store has the chunks that were written."""
    chunks = {r.source: r.chunks for r in receipts if r.status in WRITTEN}
    if incomplete := store.find_incomplete(chunks) if chunks else ():
        names = ", ".join(map(repr, incomplete[:3])) + (", …" if len(incomplete) > 3 else "")
        raise DatabaseError(
            f"{len(incomplete)} documents are not in the table as they were written: {names}",
            hint="another process may have changed them meanwhile: run the command again",
        )


def report(action: Action) -> Receipt:
    """Make the receipt of an action that writes no chunks; those in the store are counted."""
    return Receipt(
        source=action.source,
        origin=action.origin,
        status=action.status,
        chunks=action.stored.chunks if action.stored else 0,
        error=action.error,
        reason=action.reason,
    )
