"""A table into a file, and a file into a table.

Origins are absolute paths: in a file they are relative to the project, and those outside of it are
left out, so that the same documents give the same file on every machine.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Protocol

from ragpg import archive, documents
from ragpg.errors import ArchiveError
from ragpg.pipeline.meter import Meter, measure_index
from ragpg.pipeline.write import Writing, chunk, write_all
from ragpg.types import Phase, Progress, Receipt, Unit, Work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ragpg.archive import ArchiveReader
    from ragpg.pipeline.embed_ahead import ChunkedDocument
    from ragpg.pipeline.write import Chunker
    from ragpg.protocols import DocumentStore, Embedder
    from ragpg.types import Document, EmbeddingModel, IndexedDocument, TableContents

GROUP_CHUNKS = 2_000
"""Chunks that are sent to the server together."""
LAYOUTS = (2, 3)
"""The layouts of tables whose rows are written here as they are."""


class TableSnapshot(Protocol):
    """A table at one moment."""

    @property
    def contents(self) -> TableContents:
        """What the table is made with, and how much is in it."""
        ...

    def read_documents(self) -> Iterator[IndexedDocument]:
        """Yield all documents, ordered by source."""
        ...


def export(snapshot: TableSnapshot, file: BinaryIO, *, root: Path | None) -> Iterator[Progress]:
    """Write a table to a file that can be sought in; `root` is the project's directory."""
    contents = snapshot.contents
    relative = (
        replace(item, document=to_relative(item.document, root=root))
        for item in snapshot.read_documents()
    )
    for done, item in enumerate(archive.write_archive(file, contents, relative), start=1):
        source = item.document.source
        yield Progress(Phase.WRITING, Unit.DOCUMENTS, done, contents.documents, source=source)


def read_groups(reader: ArchiveReader, *, root: Path | None) -> Iterator[list[IndexedDocument]]:
    """Yield the documents of an export in groups; `root` is the project's directory."""
    group: list[IndexedDocument] = []
    chunks = 0
    for item in reader.read_documents():
        group.append(replace(item, document=to_absolute(item.document, root=root)))
        chunks += len(item.chunks) + 1
        if chunks >= GROUP_CHUNKS:
            yield group
            group, chunks = [], 0
    if group:
        yield group


def measure_load(written: Iterable[int], *, total: int) -> Iterator[Progress]:
    """Yield how many chunks are written, and last that the indexes are built."""
    done = 0
    yield Progress(Phase.WRITING, Unit.CHUNKS, 0, total)
    for count in written:
        done += count
        yield Progress(Phase.WRITING, Unit.CHUNKS, done, total)
        if done == total:
            yield Progress(Phase.INDEXING, Unit.PERCENT, 0, 100)


def check_fit(contents: TableContents, *, model: EmbeddingModel, language: str) -> None:
    """Raise ArchiveError unless rows of a file are those that this program would have written.

    `language` and `model` are the configured ones.
    """
    own, name = contents.model, contents.language.rpartition(".")[2].strip('"')
    problem = None
    if (own.fingerprint, own.dimension) != (model.fingerprint, model.dimension):
        problem = (
            f"was made with the embedding model {describe(own)}, and {describe(model)} "
            "is configured"
        )
    elif contents.layout not in LAYOUTS:
        problem = f"has a table of the layout {contents.layout}, and this ragpg reads {LAYOUTS[-1]}"
    elif language.lower() not in (name.lower(), contents.language.lower()):
        problem = f"has keywords of the language {name!r}, and {language!r} is configured"
    if problem:
        raise ArchiveError(
            f"the export {problem}",
            hint="--text-only takes the texts alone and embeds them anew; or configure the same",
        )


def describe(model: EmbeddingModel) -> str:
    """Tell a model from others of the same name."""
    fingerprint = model.fingerprint.hex()[:8]
    return f'"{model.name}" ({model.dimension} dimensions, fingerprint {fingerprint})'


def refuse_documents(store: DocumentStore, *, replaces: bool) -> None:
    """Raise ArchiveError if the store has documents that must not be replaced."""
    count = len(store.list_documents())
    if count and not replaces:
        raise ArchiveError(
            f"the table has {count} documents already",
            hint="--replace puts the file's in their place; --table names another table",
        )


def import_texts(
    reader: ArchiveReader,
    *,
    store: DocumentStore,
    embedder: Embedder,
    chunker: Chunker,
    root: Path | None,
) -> Iterator[Receipt | Progress | Writing]:
    """Chunk and embed the texts of an export, and let them take the place of what is stored.

    Until the end the store is as it was.
    """
    contents = reader.header.contents
    with store.prepare_replacement(model=embedder.model, language=chunker.language) as new:
        # What a rebuild has left unfinished is not what is imported.
        if left := [document.source for document in new.list_documents()]:
            new.remove(left)
        meter = Meter(Work(contents.documents, 0))
        yield from write_all(
            chunk_texts(reader, meter=meter, store=new, chunker=chunker, root=root),
            writer=new,
            embedder=embedder,
            chunker=chunker,
            meter=meter,
        )
        yield from measure_index(new.build_vector_index())
        with store.replace_by(new):
            pass


def chunk_texts(
    reader: ArchiveReader,
    *,
    meter: Meter,
    store: DocumentStore,
    chunker: Chunker,
    root: Path | None,
) -> Iterator[ChunkedDocument]:
    """Chunk the texts of an export."""
    for item in reader.read_documents():
        document = documents.parse_again(to_absolute(item.document, root=root))
        meter.count_document(document.source, document.size)
        chunked = chunk(document, chunker=chunker)
        yield replace(chunked, stored=store.find_embeddings(chunked.digests))


def to_relative(document: Document, *, root: Path | None) -> Document:
    """Make a document's origin relative to the project; one outside of it is left out."""
    origin = Path(document.origin) if document.origin else None
    if root is None or origin is None or not origin.is_relative_to(root) or origin == root:
        return replace(document, origin=None, from_directory=False)
    return replace(document, origin=origin.relative_to(root).as_posix())


def to_absolute(document: Document, *, root: Path | None) -> Document:
    """Take a document's origin for a path below this project; any other is left out."""
    path = PurePosixPath(document.origin or "")
    leaves = path.is_absolute() or ".." in path.parts or not path.parts
    if root is None or leaves:
        return replace(document, origin=None, from_directory=False)
    return replace(document, origin=os.fspath(root / path))
