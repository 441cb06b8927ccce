"""The rows of documents, as COPY takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from ragpg.store.binary_format import pack_halfvec
from ragpg.store.table import document_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ragpg.types import EmbeddedDocument, IndexedDocument

COPY_DOCUMENTS = """
COPY {document} (
    doc_id, source, origin, walked, digest, recipe, title, metadata, preamble, body_start, size,
    modified, chunks
) FROM STDIN (FORMAT binary)
"""
DOCUMENT_TYPES = (
    *("int8", "text", "text", "bool", "bytea", "bytea", "text", "jsonb", "text"),
    *("int4", "int8", "timestamptz", "int4"),
)

COPY_CHUNKS = """
COPY {chunk} (
    doc_id, ordinal, start_at, end_at, start_line, end_line, heading, languages,
    body
) FROM STDIN (FORMAT binary)
"""
CHUNK_TYPES = ("int8", "int4", "int4", "int4", "int4", "int4", "text[]", "text[]", "text")

COPY_VECTORS = """
COPY {embedding} (doc_id, ordinal, passage_digest, vector, words) FROM STDIN (FORMAT binary)
"""
VECTOR_TYPES = ("int8", "int4", "bytea", "bytea", "bytea")


def key_of(embedded: EmbeddedDocument | IndexedDocument) -> int:
    """Return the document's key."""
    return document_id(embedded.document.source)


def chunk_keys(documents: Iterable[EmbeddedDocument | IndexedDocument]) -> list[tuple[int, int]]:
    """Return the keys of the chunks of documents."""
    return [(key_of(d), chunk.ordinal) for d in documents for chunk in d.chunks]


def document_row(embedded: EmbeddedDocument | IndexedDocument) -> tuple[object, ...]:
    """Make the row of COPY_DOCUMENTS."""
    document, chunks = embedded.document, embedded.chunks
    return (
        key_of(embedded),
        document.source,
        document.origin,
        document.from_directory,
        document.digest,
        embedded.chunking_fingerprint,
        document.title,
        Jsonb(document.metadata),
        document.text[: chunks[0].start] if chunks else document.text,
        document.body_start,
        document.size,
        document.modified,
        len(chunks),
    )


def chunk_rows(embedded: EmbeddedDocument | IndexedDocument) -> Iterator[tuple[object, ...]]:
    """Yield the rows of COPY_CHUNKS."""
    key = key_of(embedded)
    for c in embedded.chunks:
        place = (c.start, c.end, c.start_line, c.end_line)
        yield (key, c.ordinal, *place, list(c.heading), list(c.languages), c.text)


def vector_rows(embedded: EmbeddedDocument) -> Iterator[tuple[object, ...]]:
    """Yield the rows of COPY_VECTORS."""
    key = key_of(embedded)
    for chunk, embedding in zip(embedded.chunks, embedded.embeddings, strict=True):
        vector = pack_halfvec(embedding.vector)
        yield key, chunk.ordinal, chunk.digest, vector, embedding.word_codes
