"""A large table within minutes: rows are copied as the store would write them, without a parser."""

from __future__ import annotations

import struct
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from psycopg import sql
from ragpg.store import bm25, rows
from ragpg.store.ddl import create_indexes
from ragpg.store.table import INDEXES
from ragpg.store.terms import COUNT_ALL_TERMS
from ragpg.store.vector_index import DROP_INDEX, build, count_chunks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.store.postgres import PostgresStore
    from ragpg.store.table import Table

    from benchmarks.scale.corpus import Corpus, Numbers, Written

BATCH = 250
"""Documents that are copied at once."""
COPY_LEXICAL = "COPY {lexical} (doc_id, ordinal, terms, weights) FROM STDIN (FORMAT binary)"
COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
COPY_TRAILER = struct.pack(">h", -1)
INTEGER_TYPE = 23
NO_FOREIGN_KEYS = sql.SQL("SET LOCAL session_replication_role = replica")
MEMORY = sql.SQL("SET LOCAL maintenance_work_mem = '1GB'")


def fill(store: PostgresStore, corpus: Corpus, numbers: range) -> None:
    """Fill an empty table with documents, and build its indexes as a rebuild does."""
    table = store.table
    dimensions = np.array([bm25.to_dimension(word) for word in corpus.words], np.int64)
    with table.transaction(NO_FOREIGN_KEYS, MEMORY):
        for name in ("terms", "digests"):
            table.connection.execute(DROP_INDEX.format(table.identifier(INDEXES[name])))
        for start in range(0, len(numbers), BATCH):
            written = [corpus.write(number) for number in numbers[start : start + BATCH]]
            copy_rows(table, written, dimensions)
        table.execute(COUNT_ALL_TERMS)
        create_indexes(table)
        build(table, chunks=count_chunks(table))
    store.vacuum()
    store.reopen()


def copy_rows(table: Table, written: Sequence[Written], dimensions: Numbers) -> None:
    """Copy documents into the table's relations; `dimensions` are those of the words."""
    documents = [one.embedded for one in written]
    table.copy_rows(rows.COPY_DOCUMENTS, rows.DOCUMENT_TYPES, map(rows.document_row, documents))
    chunks = chain.from_iterable(map(rows.chunk_rows, documents))
    table.copy_rows(rows.COPY_CHUNKS, rows.CHUNK_TYPES, chunks)
    vectors = chain.from_iterable(map(rows.vector_rows, documents))
    table.copy_rows(rows.COPY_VECTORS, rows.VECTOR_TYPES, vectors)
    with table.connection.cursor().copy(table.statement(COPY_LEXICAL)) as stream:
        stream.write(COPY_HEADER)
        for one in written:
            doc_id = rows.key_of(one.embedded)
            for ordinal, ranks in enumerate(one.ranks):
                terms = dimensions[ranks]
                stream.write(lexical_row(doc_id, ordinal, terms, table.average_length))
        stream.write(COPY_TRAILER)


def lexical_row(doc_id: int, ordinal: int, words: Numbers, average_length: float) -> bytes:
    """Return a row of the keywords as a binary COPY writes it."""
    terms, counts = np.unique(words, return_counts=True)
    norm = bm25.K1 * (1 - bm25.B + bm25.B * len(words) / average_length)
    weights = (counts * (bm25.K1 + 1) / (counts + norm)).astype(">f4").tobytes()
    number = len(terms)
    sized = np.stack([np.full(number, 4), terms]).T.astype(">i4").tobytes()
    array = struct.pack(">iiiii", 1, 0, INTEGER_TYPE, number, 1) + sized
    places = (terms - 1).astype(">i4").tobytes()
    vector = struct.pack(">iii", bm25.DIMENSIONS, number, 0) + places + weights
    key = struct.pack(">hiqii", 4, 8, doc_id, 4, ordinal)
    return key + b"".join(struct.pack(">i", len(field)) + field for field in (array, vector))
