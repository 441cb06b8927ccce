"""Documents and vectors as they are stored."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from psycopg.rows import class_row

from ragpg.store.connection import reported
from ragpg.store.names import TABLES, document_id
from ragpg.types import Document, Embedding, StoredDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ragpg.store.connection import Connection
    from ragpg.store.names import Table

DOCUMENTS = """
SELECT source, origin, digest, recipe AS chunking_fingerprint, title, chunks, size, ingested,
    walked AS from_directory
FROM {document} ORDER BY source
"""

TEXT = """
SELECT source, origin, digest, size, title, metadata, body_start,
    walked AS from_directory,
    preamble || coalesce((
        SELECT string_agg(body, '' ORDER BY ordinal) FROM {chunk} AS chunk
        WHERE chunk.doc_id = document.doc_id
    ), '') AS text
FROM {document} AS document WHERE doc_id = %s
"""

EMBEDDINGS = """
SELECT DISTINCT ON (passage_digest) passage_digest, vector, words FROM {embedding}
WHERE passage_digest = ANY(%s)
"""

DIFFERING = """
SELECT source FROM unnest(%s::bigint[], %s::text[], %s::integer[]) AS wanted (doc_id, source, count)
WHERE NOT count = ALL (ARRAY[
    coalesce((SELECT chunks FROM {document} AS doc WHERE doc.doc_id = wanted.doc_id), -1),
    (SELECT count(*) FROM {chunk} AS chunk WHERE chunk.doc_id = wanted.doc_id),
    (SELECT count(*) FROM {lexical} AS lexical WHERE lexical.doc_id = wanted.doc_id),
    (SELECT count(*) FROM {embedding} AS embedding WHERE embedding.doc_id = wanted.doc_id)
])
ORDER BY source
"""

RELATIVES = """
SELECT registry.name FROM {registry} AS registry
JOIN pg_catalog.pg_class AS home ON home.oid = registry.tableoid
JOIN pg_catalog.pg_class AS embedding ON embedding.relnamespace = home.relnamespace
WHERE registry.fingerprint = %s AND registry.name <> %s
    AND embedding.relname = registry.name || %s AND has_table_privilege(embedding.oid, 'SELECT')
ORDER BY registry.name
"""


def documents(connection: Connection, table: Table) -> list[StoredDocument]:
    """All documents, ordered by source."""
    with reported(connection):
        cursor = connection.cursor(row_factory=class_row(StoredDocument))
        return cursor.execute(table.statement(DOCUMENTS)).fetchall()


def differing(connection: Connection, table: Table, chunks: Mapping[str, int]) -> list[str]:
    """The sources of which not just so many chunks, vectors and keywords are there."""
    sources = list(chunks)
    wanted = [list(map(document_id, sources)), sources, list(chunks.values())]
    with reported(connection):
        rows = connection.execute(table.statement(DIFFERING), wanted).fetchall()
    return [source for (source,) in rows]


def texts(connection: Connection, table: Table) -> Iterator[Document]:
    """Every document with its text, one at a time, ordered by source."""
    for stored in documents(connection, table):
        document = text(connection, table, stored.source)
        if document is not None:
            yield document


def text(connection: Connection, table: Table, source: str) -> Document | None:
    """One document with its text."""
    with reported(connection):
        cursor = connection.cursor(row_factory=class_row(Document))
        return cursor.execute(table.statement(TEXT), [document_id(source)]).fetchone()


def embeddings(
    connection: Connection, table: Table, passages: Iterable[bytes]
) -> Mapping[bytes, Embedding]:
    """Stored embeddings by the digest of the passage; vectors as exact as 16 bits are.

    What this table lacks may stand in another one of the same model.
    """
    missing = set(passages)
    found: dict[bytes, Embedding] = {}
    with reported(connection):
        for place in chain([table], relatives(connection, table)):
            if not missing:
                break
            rows = connection.execute(place.statement(EMBEDDINGS), [list(missing)]).fetchall()
            found |= {
                digest: Embedding(vector.to_numpy().astype(np.float32), words)
                for digest, vector, words in rows
            }
            missing -= found.keys()
    return found


def relatives(connection: Connection, table: Table) -> Iterator[Table]:
    """Other tables of the schema with vectors of the same model that the role may read."""
    key = (table.model.fingerprint, table.name, TABLES["embedding"])
    rows = connection.execute(table.statement(RELATIVES), key).fetchall()
    yield from (replace(table, name=str(name)) for (name,) in rows)
