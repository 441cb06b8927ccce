"""A document that is replaced keeps the rows of those chunks that are the same as before.

To find a new vector its place in the index takes most of the time of a write, and an old one stays
there until the table is vacuumed. Most edits change few chunks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import starmap
from typing import TYPE_CHECKING, NamedTuple

from ragpg.store.rows import document_row, key_of
from ragpg.store.terms import TermCount
from ragpg.text.languages import AUTO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.store.table import Table
    from ragpg.types import EmbeddedDocument

FIND_CHUNKS = """
SELECT
    chunk.doc_id, chunk.ordinal, start_at, end_at, start_line, end_line, heading, languages, body,
    passage_digest, terms
FROM {chunk} AS chunk
LEFT JOIN {lexical} AS lexical
    ON lexical.doc_id = chunk.doc_id AND lexical.ordinal = chunk.ordinal
LEFT JOIN {embedding} AS embedding
    ON embedding.doc_id = chunk.doc_id AND embedding.ordinal = chunk.ordinal
WHERE chunk.doc_id = ANY(%s)
"""
DELETE_CHUNKS = "DELETE FROM {chunk} WHERE doc_id = %s AND ordinal = ANY(%s)"
MOVE_CHUNK = """
UPDATE {chunk} SET start_at = %s, end_at = %s, start_line = %s, end_line = %s
WHERE doc_id = %s AND ordinal = %s
"""
UPDATE_DOCUMENT = """
UPDATE {document} SET
    source = %s, origin = %s, walked = %s, digest = %s, recipe = %s, title = %s, metadata = %s,
    preamble = %s, body_start = %s, size = %s, modified = %s, chunks = %s, ingested = now()
WHERE doc_id = %s
"""


class ChunkKey(NamedTuple):
    """The key of a chunk."""

    doc_id: int
    ordinal: int


class ComparedChunk(NamedTuple):
    """A row of FIND_CHUNKS, or what will be one; a chunk may have lost its terms or its vector."""

    doc_id: int
    ordinal: int
    start_at: int
    end_at: int
    start_line: int
    end_line: int
    heading: list[str]
    languages: list[str]
    body: str
    passage_digest: bytes | None
    terms: Sequence[int] | None = ()

    @property
    def key(self) -> ChunkKey:
        """The chunk's key."""
        return ChunkKey(self.doc_id, self.ordinal)

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Where the chunk is in its document."""
        return self.start_at, self.end_at, self.start_line, self.end_line

    @property
    def content(self) -> tuple[object, ...]:
        """What its other rows depend on: words and vector are those of the embedded text."""
        return self.heading, self.languages, self.body, self.passage_digest


class Edits(NamedTuple):
    """What becomes of the stored chunks of documents of which some chunk is the same as before.

    Of the `kept` chunks the `moved` ones, here as they are now, have another place; the `dropped`
    ones, here as they were, have changed or are gone.
    """

    documents: Sequence[EmbeddedDocument]
    kept: frozenset[ChunkKey]
    moved: Sequence[ComparedChunk]
    dropped: Sequence[ComparedChunk]

    @property
    def doc_ids(self) -> set[int]:
        """The keys of the documents."""
        return {key.doc_id for key in self.kept}


def find_edits(table: Table, documents: Sequence[EmbeddedDocument]) -> Edits:
    """Compare documents that were divided into chunks like the stored ones with those.

    In a table of several languages nothing is kept: a document's language may have changed, which
    changes the words of all its chunks.
    """
    if not documents or table.language == AUTO:
        return Edits([], frozenset(), [], [])
    old = {row.key: row for row in find_chunks(table, documents)}
    same = [row for d in documents for row in to_rows(d) if is_same(row, old.get(row.key))]
    kept = frozenset(row.key for row in same)
    doc_ids = {key.doc_id for key in kept}
    return Edits(
        [d for d in documents if key_of(d) in doc_ids],
        kept,
        [row for row in same if row.place != old[row.key].place],
        [row for key, row in old.items() if key.doc_id in doc_ids and key not in kept],
    )


def find_chunks(table: Table, documents: Iterable[EmbeddedDocument]) -> list[ComparedChunk]:
    """Return the chunks that are stored of documents."""
    return table.select(ComparedChunk, FIND_CHUNKS, [list(map(key_of, documents))])


def to_rows(embedded: EmbeddedDocument) -> Iterator[ComparedChunk]:
    """Yield the rows of FIND_CHUNKS, without terms, that a document will have."""
    key = key_of(embedded)
    for c in embedded.chunks:
        place = (c.start, c.end, c.start_line, c.end_line)
        yield ComparedChunk(
            key, c.ordinal, *place, list(c.heading), list(c.languages), c.text, c.digest
        )


def is_same(new: ComparedChunk, old: ComparedChunk | None) -> bool:
    """Return whether a chunk has stayed as it was, wherever it is now, and nothing is missing."""
    return old is not None and old.terms is not None and new.content == old.content


def apply_edits(table: Table, edits: Edits) -> list[TermCount]:
    """Change the rows of documents and of their old chunks; return the terms of those dropped."""
    dropped = defaultdict(list)
    for row in edits.dropped:
        dropped[row.doc_id].append(row.ordinal)
    documents = [(*row, key) for key, *row in map(document_row, edits.documents)]
    with table.connection.cursor() as cursor:
        cursor.executemany(table.statement(UPDATE_DOCUMENT), documents)
        cursor.executemany(table.statement(DELETE_CHUNKS), list(dropped.items()))
        cursor.executemany(
            table.statement(MOVE_CHUNK), [(*row.place, *row.key) for row in edits.moved]
        )
    terms = (row.terms for row in edits.dropped if row.terms is not None)
    counts = Counter(term for each in terms for term in (*each, 0))
    return list(starmap(TermCount, counts.items()))
