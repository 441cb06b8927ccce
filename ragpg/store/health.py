"""Health checks of a table, with its counts and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from ragpg.store.rebuild import check_unfinished
from ragpg.store.statements import ONE_SNAPSHOT
from ragpg.store.storage import measure, measure_vector_index
from ragpg.store.vector_index import (
    KEYS,
    count_chunks,
    expected_indexes,
    find_missing,
    is_outgrown,
)
from ragpg.types import HealthCheck, Level, StoreStatus

if TYPE_CHECKING:
    from ragpg.store.pgvector import Pgvector
    from ragpg.store.storage import Storage
    from ragpg.store.table import Table

COUNTS = """
SELECT
    (SELECT count(*) FROM {document}) AS documents,
    (SELECT count(*) FROM {chunk}) AS chunks,
    (SELECT count(*) FROM {term} WHERE term > 0) AS terms,
    (SELECT count(*) FROM {embedding}) AS embeddings
"""

FIND_MISSING_RELATIONS = (
    "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NULL"
)

MANY_DEAD_ROWS = 1_000
LARGE_DEAD_SHARE = 0.2

PGVECTOR_FAULTS = (
    ((0, 8, 2), "can be made to read and write beyond its memory (CVE-2026-3172)"),
    ((0, 8, 4), "can corrupt an HNSW index"),
)

GRAPH_BYTES = 256
"""Of an entry of the index over vectors besides its vector: 190 in bit indexes, 270 in others."""
SMALLEST_BLOATED = 20_000_000
"""Bytes of an index for which it is worth the while to look whether it could be smaller."""

REBUILD = "run `ragpg ingest --rebuild`"
REPAIR = "run `ragpg repair`"


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold for the rows of a table; `count_violations` is a query."""

    name: str
    count_violations: LiteralString
    ok: str
    fault: str
    action: str = REBUILD


INVARIANTS = (
    Invariant(
        "documents",
        """
        SELECT count(*) FROM {document} AS document WHERE chunks <> (
            SELECT count(*) FROM {chunk} AS chunk WHERE chunk.doc_id = document.doc_id
        )
        """,
        "every document has its chunks",
        "documents with chunks missing: {}",
    ),
    Invariant(
        "vectors",
        """
        SELECT count(*) FROM {chunk} AS chunk WHERE NOT EXISTS (
            SELECT FROM {embedding} AS embedding
            WHERE embedding.doc_id = chunk.doc_id AND embedding.ordinal = chunk.ordinal
        )
        """,
        "every chunk has its vector",
        "chunks without a vector: {}",
    ),
    Invariant(
        "keywords",
        """
        SELECT count(*) FROM {chunk} AS chunk WHERE NOT EXISTS (
            SELECT FROM {lexical} AS lexical
            WHERE lexical.doc_id = chunk.doc_id AND lexical.ordinal = chunk.ordinal
        )
        """,
        "every chunk has its keywords",
        "chunks without keywords: {}",
    ),
    Invariant(
        "terms",
        """
        SELECT (SELECT count(*) FROM {term} WHERE frequency <= 0) + abs(
            coalesce((SELECT sum(frequency) FROM {term} WHERE term > 0), 0)
            - coalesce((SELECT sum(cardinality(terms)) FROM {lexical}), 0)
        ) + abs(
            coalesce((SELECT frequency FROM {term} WHERE term = 0), 0)
            - (SELECT count(*) FROM {lexical})
        )
        """,
        "the frequencies of the terms add up",
        "the frequencies of the terms are wrong by {}",
        REPAIR,
    ),
)


def status(table: Table) -> StoreStatus:
    """Count, measure and check, all at the same moment."""
    counts: dict[str, int] = {}
    sizes: dict[str, int] = {}
    with table.transaction(isolation=ONE_SNAPSHOT):
        if missing := table.select_column(str, FIND_MISSING_RELATIONS, [table.regclasses]):
            checks = [report_missing(table, missing)]
        else:
            [counts] = table.select(dict[str, int], COUNTS)
            storage = measure(table)
            sizes = {"table": storage.table, "index": storage.indexes, "total": storage.total}
            checks = check_table(table, storage)
    return StoreStatus(
        server=describe_server(table),
        table=str(table),
        model=table.model,
        language=table.language.removeprefix("pg_catalog."),
        counts=counts,
        sizes=sizes,
        checks=tuple(checks),
    )


def describe_server(table: Table) -> dict[str, str | int]:
    """Return where the table is, and the versions of the server and pgvector."""
    info = table.connection.info
    return {
        "host": info.host,
        "port": info.port,
        "database": info.dbname,
        "user": info.user,
        "version": (info.parameter_status("server_version") or "").partition(" ")[0],
        "pgvector": str(table.pgvector),
    }


def check_table(table: Table, storage: Storage) -> list[HealthCheck]:
    """Check everything that can be checked without reading every vector."""
    chunks = count_chunks(table)
    return [
        check_pgvector(table.pgvector),
        check_indexes(table, chunks=chunks),
        check_size(table, chunks=chunks),
        *(check_invariant(table, invariant) for invariant in INVARIANTS),
        check_dead_rows(storage),
        *check_unfinished(table),
        *check_cluster(table),
        *check_letters(table),
    ]


def report_missing(table: Table, relations: list[str]) -> HealthCheck:
    """Report that relations were dropped."""
    return HealthCheck(
        "tables",
        Level.FAULT,
        f"missing: {', '.join(relations)}",
        f"restore them from a backup, or drop what is left of {table}, "
        "take it out of ragpg_table, and ingest again",
    )


def check_pgvector(pgvector: Pgvector) -> HealthCheck:
    """Warn of versions with known faults."""
    for fixed, fault in PGVECTOR_FAULTS:
        if pgvector.version < fixed:
            version = ".".join(map(str, fixed))
            return HealthCheck(
                "pgvector",
                Level.WARNING,
                f"pgvector {pgvector} {fault}",
                f"install {version} or newer and run: ALTER EXTENSION vector UPDATE;",
            )
    return HealthCheck("pgvector", Level.OK, f"pgvector {pgvector} has no known faults")


def check_indexes(table: Table, *, chunks: int) -> HealthCheck:
    """Check that every index that so many chunks need is there and valid."""
    if missing := find_missing(table, expected_indexes(chunks=chunks)):
        action = REBUILD if find_missing(table, KEYS) else REPAIR
        message = f"missing or invalid indexes: {', '.join(missing)}"
        return HealthCheck("indexes", Level.FAULT, message, action)
    return HealthCheck("indexes", Level.OK, "every index is there and valid")


def check_size(table: Table, *, chunks: int) -> HealthCheck:
    """Warn of an index over vectors that is meant for fewer, or much larger than it need be."""
    if is_outgrown(table, chunks=chunks):
        message = f"the index over vectors is meant for fewer than {chunks}: searches take longer"
        return HealthCheck("vector index", Level.WARNING, message, REPAIR)
    if is_bloated(table, chunks=chunks):
        message = f"more than half of the index over {chunks} vectors is empty"
        return HealthCheck("vector index", Level.WARNING, message, REPAIR)
    return HealthCheck("vector index", Level.OK, "the index over vectors suits their number")


def is_bloated(table: Table, *, chunks: int) -> bool:
    """Return whether more than half of the index over vectors is empty."""
    size = measure_vector_index(table)
    bits = 1 if table.has_bit_index else 16
    needed = chunks * (table.model.dimension * bits // 8 + GRAPH_BYTES)
    return size > max(SMALLEST_BLOATED, 2 * needed)


def check_invariant(table: Table, invariant: Invariant) -> HealthCheck:
    """Count the violations of an invariant."""
    [violations] = table.select_column(int, invariant.count_violations)
    if violations:
        message = invariant.fault.format(violations)
        return HealthCheck(invariant.name, Level.FAULT, message, invariant.action)
    return HealthCheck(invariant.name, Level.OK, invariant.ok)


def check_letters(table: Table) -> list[HealthCheck]:
    """Warn of a database whose locale knows no upper case but that of A to Z."""
    [is_known] = table.select_column(bool, "SELECT to_tsvector('simple', 'Ä') @@ 'ä'::tsquery")
    if is_known:
        return []
    message = "keywords with capitals such as Ä are not found by ä: the database's locale is C"
    action = "move to another database, as made by: createdb -T template0 --locale=C.UTF-8 NAME"
    return [HealthCheck("letters", Level.WARNING, message, action)]


def check_dead_rows(storage: Storage) -> HealthCheck:
    """Warn of so many dead rows that they slow searches down."""
    if storage.dead > max(MANY_DEAD_ROWS, LARGE_DEAD_SHARE * storage.live):
        message = f"{storage.dead} dead rows besides {storage.live}"
        return HealthCheck("dead rows", Level.WARNING, message, REPAIR)
    return HealthCheck("dead rows", Level.OK, "few dead rows")


def check_cluster(table: Table) -> list[HealthCheck]:
    """Check over which nodes of a cluster the table is spread."""
    if not table.is_on_citus:
        return []
    from ragpg.store.shards import check_shards

    return [check_shards(table)]
