"""What the health checks advise is done: indexes, frequencies, dead rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from ragpg.store import health
from ragpg.store.ddl import CREATE_DIGEST_INDEX, CREATE_TERM_INDEX
from ragpg.store.error_messages import Access
from ragpg.store.table import INDEXES
from ragpg.store.terms import COUNT_ALL_TERMS, FORGET_TERMS
from ragpg.store.vector_index import (
    DIGEST_INDEX,
    TERM_INDEX,
    count_chunks,
    find_missing,
    needs_index,
    rebuild_index,
)
from ragpg.types import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import LiteralString

    from ragpg.store.table import Table
    from ragpg.store.vector_index import Index
    from ragpg.types import HealthCheck

PLAIN_INDEXES: Sequence[tuple[str, tuple[Index, ...], LiteralString]] = (
    ("terms", TERM_INDEX, CREATE_TERM_INDEX),
    ("digests", DIGEST_INDEX, CREATE_DIGEST_INDEX),
)
DROP_INVALID = sql.SQL("DROP INDEX IF EXISTS {}")


def repair(table: Table, checks: Sequence[HealthCheck]) -> Iterator[str]:
    """Do what these checks advise, where it is certain, and yield what was done.

    Writers wait, searches go on. What is left afterwards has to be done by people. Raises
    DatabaseError.
    """
    wrong = {check.name for check in checks if check.level is not Level.OK}
    yield from build_plain_indexes(table)
    if "recall" in wrong or needs_better_index(table):
        for _ in rebuild_index(table, is_needed=lambda _: True):
            pass
        yield "built the index over the vectors"
    if "terms" in wrong:
        recount_terms(table)
        yield "counted the terms"
    if wrong & {"dead rows", "plan"}:
        table.vacuum()
        yield "removed dead rows and renewed the statistics"


def needs_better_index(table: Table) -> bool:
    """Return whether the index over vectors is missing, outgrown, or much larger than need be."""
    if needs_index(table):
        return True
    with table.transaction():
        return health.is_bloated(table, chunks=count_chunks(table))


def build_plain_indexes(table: Table) -> Iterator[str]:
    """Build the indexes over terms and digests that are missing or not valid."""
    for name, index, statement in PLAIN_INDEXES:
        with table.writing(access=Access.CREATE):
            table.lock()
            missing = find_missing(table, index)
            if missing:
                invalid = table.identifier(INDEXES[name])
                table.connection.execute(DROP_INVALID.format(invalid))
                table.execute(statement)
        yield from (f"built the index {description}" for description in missing)


def recount_terms(table: Table) -> None:
    """Count anew in how many chunks each term is, and remove the rows that had the old counts."""
    with table.writing():
        table.lock()
        # Readers see the old frequencies until the end.
        table.execute(FORGET_TERMS)
        table.execute(COUNT_ALL_TERMS)
    table.vacuum()
