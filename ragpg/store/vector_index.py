"""The vector index: built at the end of the ingest that makes a table large, then kept up by all.

A small table is read as a whole and has none. To build the index takes a fifth of the time that it
takes to add the vectors one by one.
"""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from psycopg import errors, sql

from ragpg.store.connection import duplicate
from ragpg.store.error_messages import Access
from ragpg.store.restriction import SMALL_TABLE_CHUNKS
from ragpg.store.statements import select_column, translate_errors
from ragpg.store.table import INDEXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ragpg.store.table import Table

# Binary quantization: one bit of each component makes the index a fifth as large. A search takes
# more candidates from it than it needs and compares these exactly. Of 22,000 passages that finds
# 96% of the 50 nearest in 2.4 ms; m = 16 finds the same and takes 100 bytes more a vector.
CREATE_BIT_INDEX = """
CREATE INDEX {vectors} ON {embedding}
USING hnsw ((binary_quantize(vector)::bit({dimension})) bit_hamming_ops) WITH (m = 8)
"""
# Of a million made-up vectors that finds 96% of the 50 nearest where hnsw.ef_search is 320. Eight
# entries of 384 dimensions fit on a page; of the default, m = 16, seven.
CREATE_VALUE_INDEX = """
CREATE INDEX {vectors} ON {embedding} USING hnsw (vector halfvec_cosine_ops) WITH (m = 12)
"""

MIN_BIT_INDEX_DIMENSION = 256
"""From this dimension on the signs of the components alone tell vectors apart."""

MAX_BIT_INDEX_CHUNKS = 50_000
"""The more vectors there are, the more candidates their signs leave: for the same recall of 200,000
made-up ones, an index over bits takes 2.5 times as long as one over the vectors themselves."""

LARGE_ADDITION = 0.05
"""An ingest replaces an outgrown index if it wrote this share of the table: to embed as much took
longer than the building will."""

MAX_MEMORY = 2_000_000
"""Kilobytes for building the index; a graph that does not fit into them is built slowly."""

POLL_INTERVAL = 0.2
"""Seconds."""


class Index(NamedTuple):
    """An index by its method and the column, or the expression, that comes first in it."""

    relation: str
    method: str
    column: str


KEYS = (
    Index("document", "btree", "doc_id"),
    Index("chunk", "btree", "doc_id"),
    Index("lexical", "btree", "doc_id"),
    Index("term", "btree", "term"),
    Index("embedding", "btree", "doc_id"),
)
TERM_INDEX = (Index("lexical", "gin", "terms"),)
DIGEST_INDEX = (Index("embedding", "btree", "passage_digest"),)
VECTOR_INDEX = (Index("embedding", "hnsw", "vector"),)
BIT_INDEX = (Index("embedding", "hnsw", "binary_quantize"),)
SMALL_TABLE_INDEXES = KEYS + TERM_INDEX + DIGEST_INDEX
ALL_INDEXES = SMALL_TABLE_INDEXES + VECTOR_INDEX

FIND_MISSING = """
SELECT method || ' on ' || relation::text || ' (' || field || ')'
FROM unnest(%s::regclass[], %s::text[], %s::text[]) AS expected (relation, method, field)
WHERE NOT EXISTS (
    SELECT FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE indrelid = relation AND amname = method AND indisvalid
        AND strpos(pg_get_indexdef(indexrelid, 1, true), field) > 0
)
"""
FIND_VECTOR_INDEXES = """
SELECT relname::text FROM pg_catalog.pg_index
JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid JOIN pg_catalog.pg_am ON pg_am.oid = relam
WHERE indrelid = %s::regclass AND amname = 'hnsw'
"""
DROP_INDEX = sql.SQL("DROP INDEX {}")
RENAME_INDEX = sql.SQL("ALTER INDEX {} RENAME TO {}")
OLD_SUFFIX = "_vectors_old"
COUNT_CHUNKS = "SELECT frequency FROM {term} WHERE term = 0"
PROGRESS = """
SELECT coalesce(blocks_done::float8 / nullif(blocks_total, 0), 0)
FROM pg_catalog.pg_stat_progress_create_index WHERE pid = %s
"""


def create_vector_index(table: Table, *, chunks: int = 0) -> Table:
    """Create the index for a table of so many chunks, and return the table with it."""
    has_bits = suits_bits(table, chunks=chunks)
    table.execute(CREATE_BIT_INDEX if has_bits else CREATE_VALUE_INDEX)
    return replace(table, has_bit_index=has_bits)


def suits_bits(table: Table, *, chunks: int) -> bool:
    """Return whether an index over bits is the better one for so many chunks."""
    is_wide = table.model.dimension >= MIN_BIT_INDEX_DIMENSION
    return is_wide and chunks <= MAX_BIT_INDEX_CHUNKS


def count_chunks(table: Table) -> int:
    """Return the number of a table's chunks, as its terms have it."""
    return sum(table.select_column(int, COUNT_CHUNKS))


def is_outgrown(table: Table, *, chunks: int) -> bool:
    """Return whether the table has an index that is meant for fewer chunks."""
    return not suits_bits(table, chunks=chunks) and not find_missing(table, BIT_INDEX)


def needs_index(table: Table, *, added: float = math.inf) -> bool:
    """Return whether a large table lacks the index, or `added` chunks are worth replacing it."""
    with translate_errors(table.connection):
        chunks = count_chunks(table)
        if find_missing(table, VECTOR_INDEX):
            return chunks > SMALL_TABLE_CHUNKS
        return added >= LARGE_ADDITION * chunks and is_outgrown(table, chunks=chunks)


def expected_indexes(*, chunks: int) -> tuple[Index, ...]:
    """Return the indexes that a table of so many chunks should have."""
    return ALL_INDEXES if chunks > SMALL_TABLE_CHUNKS else SMALL_TABLE_INDEXES


def find_missing(table: Table, expected: Sequence[Index]) -> list[str]:
    """Describe the indexes that are missing or not valid, on the shards of a cluster too."""
    relations = [table.regclass(index.relation) for index in expected]
    methods, columns = [i.method for i in expected], [i.column for i in expected]
    missing = table.select_column(str, FIND_MISSING, [relations, methods, columns])
    if table.is_on_citus and not missing:
        from ragpg.store.shards import find_missing_on_shards

        return find_missing_on_shards(table, expected)
    return missing


def rebuild_index(
    table: Table, *, is_needed: Callable[[Table], bool] = needs_index
) -> Iterator[float]:
    """Build the index that the table should have, and yield the share of it that is built.

    Searches go on meanwhile, writers wait. Another process may have built it by the time that
    writers wait: `is_needed` is asked then. Raises DatabaseError.
    """
    failures: list[BaseException] = []

    def build_in_thread() -> None:
        try:
            replace_index(table, is_needed)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            failures.append(error)

    pid = table.connection.info.backend_pid
    thread = Thread(target=build_in_thread, daemon=True)
    with closing(duplicate(table.connection)) as observer, translate_errors(observer):
        thread.start()
        try:
            while thread.is_alive():
                thread.join(POLL_INTERVAL)
                yield next(iter(select_column(observer, float, PROGRESS, [pid])), 0.0)
        finally:
            if thread.is_alive():
                table.connection.cancel_safe()
                thread.join()
    if failures:
        raise failures[0]


def replace_index(table: Table, is_needed: Callable[[Table], bool]) -> None:
    """Build the new index beside the old ones, and let it take their place.

    Searches use an old one until the end, when they wait for the moment of the exchange.
    """
    with table.writing(access=Access.CREATE):
        table.lock()
        if not is_needed(table):
            return
        old = table.select_column(str, FIND_VECTOR_INDEXES, [table.regclass("embedding")])
        if table.name + INDEXES["vectors"] in old:
            names = table.identifier(INDEXES["vectors"]), sql.Identifier(table.name + OLD_SUFFIX)
            table.connection.execute(RENAME_INDEX.format(*names))
            old.remove(table.name + INDEXES["vectors"])
            old.append(table.name + OLD_SUFFIX)
        build(table, chunks=count_chunks(table))
        for name in old:
            table.connection.execute(DROP_INDEX.format(sql.Identifier(table.schema, name)))


def build(table: Table, *, chunks: int) -> None:
    """Build the index with enough memory for all of it, inside the caller's transaction."""
    connection = table.connection
    # The bytes of a vector and of its neighbours in the graph.
    size = 65_536 + chunks * (2 * table.model.dimension + 1_700) // 1_000
    memory = sql.Literal(f"{min(size, MAX_MEMORY)}kB")
    connection.execute(sql.SQL("SET LOCAL maintenance_work_mem = {}").format(memory))
    try:
        with connection.transaction():
            create_vector_index(table, chunks=chunks)
    except (errors.DiskFull, errors.OutOfMemory):
        # Parallel workers need shared memory, of which a container has little: 64 MB in Docker.
        connection.execute("SET LOCAL max_parallel_maintenance_workers = 0")
        create_vector_index(table, chunks=chunks)
