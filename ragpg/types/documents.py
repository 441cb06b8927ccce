"""Documents: as files, as chunks, as rows of the table, and what an ingest did with them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ragpg.types.places import PLACES_KEY, PlaceMap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ragpg.types.embeddings import Embedding


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of one document as they were read.

    `source` names the document in the table, `origin` is the absolute path it came from (None for
    standard input). `from_directory` says that it was found below a directory, not named by itself:
    only such documents are ever pruned. `modified` is when the file was last modified, in UTC.
    `commit` is the one of git that it was read from.
    """

    source: str
    origin: str | None
    content: bytes
    digest: bytes
    from_directory: bool = False
    modified: datetime | None = None
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file that was found or named but could not be read, and why."""

    source: str
    origin: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or directory below a directory that is not read, and why.

    `path` is absolute; `is_ignored` says that it is git that ignores it.
    """

    path: str
    reason: str
    is_ignored: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    """What a commit has: the normalized sources of all its files.

    `directories` are the sources of those that were walked; that of the root is ".".
    """

    commit: str
    sources: frozenset[str]
    directories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A decoded document.

    `text` is the whole file without its BOM, newlines as in the file; `body_start` is the offset
    (in code points) at which the searchable text begins, after the front matter, which is
    `metadata`. `digest` is the SHA-256 of the file's bytes, `size` their number. `warning` says why
    front matter was left out. `modified` is when the file was last modified, as this content was
    read for the first time; None for standard input.

    The text of a document that was converted from another format is what it was converted to; its
    metadata has the places of the lines, under PLACES_KEY.
    """

    source: str
    origin: str | None
    text: str
    digest: bytes
    size: int
    title: str
    metadata: Mapping[str, Any]
    body_start: int
    from_directory: bool = False
    warning: str | None = None
    modified: datetime | None = None

    @property
    def converted(self) -> bool:
        """Whether the text was made from a file of another format."""
        return PLACES_KEY in self.metadata

    @property
    def places(self) -> PlaceMap:
        """The places of the lines of a converted document."""
        return PlaceMap.from_json(self.metadata.get(PLACES_KEY, ()))


@dataclass(frozen=True, slots=True)
class Chunk:
    """A contiguous part of a document, `document.text[start:end] == text`.

    A document's chunks partition its text from the first chunk's `start` to the end. `heading` is
    the path of the headings above the chunk. `content` is the chunk as it is searched: without
    markup, a table's header repeated where the chunk continues a table. `context` is its contextual
    heading, `languages` are those of fenced code in it. A chunk that comes out of the store has
    none of the three. Offsets are code points, `end` exclusive; lines count from 1, `end_line`
    inclusive.
    """

    ordinal: int
    heading: tuple[str, ...]
    text: str
    start: int
    end: int
    start_line: int
    end_line: int
    context: str = ""
    content: str = ""
    languages: tuple[str, ...] = ()

    @property
    def embedded_text(self) -> str:
        """What is embedded and indexed, in NFC: the contextual heading, then the content."""
        text = f"{self.context}\n{self.content}" if self.context else self.content
        return text if text.isascii() else unicodedata.normalize("NFC", text)

    @property
    def digest(self) -> bytes:
        """The first 16 bytes of the SHA-256 of the embedded text."""
        from hashlib import sha256

        return sha256(self.embedded_text.encode()).digest()[:16]


@dataclass(frozen=True, slots=True)
class EmbeddedDocument:
    """A document that is ready to be written, with an embedding for each chunk.

    `chunking_fingerprint` is as in `StoredDocument`; `previous_source` is what a renamed document
    was called before.
    """

    document: Document
    chunks: Sequence[Chunk]
    embeddings: Sequence[Embedding]
    chunking_fingerprint: bytes
    previous_source: str | None = None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document in the table, without its text.

    `chunking_fingerprint` identifies the chunker and its settings; see `pipeline.write.Chunker`.
    `modified` is as in `Document`, and None where an older ragpg wrote it.
    `commit` is the one that the document was read from, and what its metadata call `commit` if it
    has come from standard input.
    """

    source: str
    origin: str | None
    digest: bytes
    chunking_fingerprint: bytes
    title: str
    chunks: int
    size: int
    ingested: datetime
    from_directory: bool
    modified: datetime | None = None
    converted: bool = False
    commit: str | None = None


class DocumentStatus(StrEnum):
    """What an ingest did, or would do, with a document."""

    ADDED = "added"
    CHANGED = "changed"
    RENAMED = "renamed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    MISSING = "missing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an ingest did with one document; `chunks`, `embedded` and `reused` count chunks.

    `warning` is about a document that was written nevertheless, `reason` says why one is missing
    whose file is there.
    """

    source: str
    origin: str | None
    status: DocumentStatus
    previous_source: str | None = None
    chunks: int = 0
    embedded: int = 0
    reused: int = 0
    error: str | None = None
    warning: str | None = None
    reason: str | None = None
