"""The state of a table: what there is, how large it is, whether it is in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg import sql
from psycopg.rows import dict_row

from ragpg.store import vector_index
from ragpg.store.connection import reported, transaction
from ragpg.store.error_messages import quoted
from ragpg.store.names import TABLES
from ragpg.types import HealthCheck, Level, StoreStatus

if TYPE_CHECKING:
    from ragpg.store.connection import Connection
    from ragpg.store.names import Extension, Table

SNAPSHOT = sql.SQL("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

COUNTS = """
SELECT
    (SELECT count(*) FROM {document}) AS documents,
    (SELECT count(*) FROM {chunk}) AS chunks,
    (SELECT count(*) FROM {term} WHERE term > 0) AS terms,
    (SELECT count(*) FROM {embedding}) AS embeddings
"""

SIZES = sql.SQL("""
SELECT sum(pg_table_size(name))::bigint AS table, sum(pg_indexes_size(name))::bigint AS index,
    sum(pg_total_relation_size(name))::bigint AS total
FROM unnest(%s::regclass[]) AS name
""")

MISSING = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NULL"

DEAD_ROWS = """
SELECT coalesce(sum(n_dead_tup), 0)::bigint, coalesce(sum(n_live_tup), 0)::bigint
FROM pg_stat_all_tables WHERE relid = ANY(%s::regclass[])
"""
MANY_DEAD_ROWS = 1_000
LARGE_DEAD_SHARE = 0.2

PGVECTOR_FAULTS = (
    ((0, 8, 2), "can be made to read and write beyond its memory (CVE-2026-3172)"),
    ((0, 8, 4), "can corrupt an HNSW index"),
)

REBUILD = "run `ragpg ingest --rebuild`"
INGEST = "run `ragpg ingest` again: it builds the index over the vectors"


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold: `query` counts the exceptions."""

    name: str
    query: LiteralString
    kept: str
    broken: str


RULES = (
    Rule(
        "documents",
        """
        SELECT count(*) FROM {document} AS document WHERE chunks <> (
            SELECT count(*) FROM {chunk} AS chunk WHERE chunk.doc_id = document.doc_id
        )
        """,
        "every document has its chunks",
        "documents with chunks missing: {}",
    ),
    Rule(
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
    Rule(
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
    Rule(
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
    ),
)


def status(connection: Connection, table: Table) -> StoreStatus:
    """Count, measure and check, all at the same moment."""
    with transaction(connection, SNAPSHOT, table.path):
        gone = [name for (name,) in connection.execute(MISSING, [relations(table)])]
        whole = not gone
        counts = numbers(connection, table.statement(COUNTS)) if whole else {}
        sizes = numbers(connection, SIZES, relations(table)) if whole else {}
        checks = look(connection, table) if whole else [incomplete(table, gone)]
    return StoreStatus(
        server=server(connection, table.extension),
        table=str(table),
        model=table.model,
        language=table.language.removeprefix("pg_catalog."),
        counts=counts,
        sizes=sizes,
        checks=tuple(checks),
    )


def server(connection: Connection, extension: Extension) -> dict[str, str | int]:
    """Where the table is, and what runs there."""
    info = connection.info
    return {
        "host": info.host,
        "port": info.port,
        "database": info.dbname,
        "user": info.user,
        "version": (info.parameter_status("server_version") or "").partition(" ")[0],
        "pgvector": str(extension),
    }


def relations(table: Table) -> list[str]:
    """The names of the table's tables as SQL writes them."""
    return [f"{quoted(table.schema)}.{quoted(table.name + suffix)}" for suffix in TABLES.values()]


def numbers(
    connection: Connection, query: sql.SQL | sql.Composed, *parameters: object
) -> dict[str, int]:
    """Fetch a row of numbers by their names."""
    row: Any = connection.cursor(row_factory=dict_row).execute(query, parameters).fetchone()
    return dict(row)


def look(connection: Connection, table: Table) -> list[HealthCheck]:
    """Check everything that can be checked without reading every vector."""
    return [
        check_pgvector(table.extension),
        check_indexes(connection, table),
        *(check_rule(connection, table, rule) for rule in RULES),
        check_dead_rows(connection, table),
    ]


def incomplete(table: Table, gone: list[str]) -> HealthCheck:
    """Report that tables were dropped."""
    return HealthCheck(
        "tables",
        Level.FAULT,
        f"missing: {', '.join(gone)}",
        f"restore them from a backup, or drop what is left of {table}, "
        "take it out of ragpg_table, and ingest again",
    )


def check_pgvector(extension: Extension) -> HealthCheck:
    """Warn of versions with known faults."""
    for fixed, fault in PGVECTOR_FAULTS:
        if extension.version < fixed:
            version = ".".join(map(str, fixed))
            return HealthCheck(
                "pgvector",
                Level.WARNING,
                f"pgvector {extension} {fault}",
                f"install {version} or newer and run: ALTER EXTENSION vector UPDATE;",
            )
    return HealthCheck("pgvector", Level.OK, f"pgvector {extension} has no known faults")


def check_indexes(connection: Connection, table: Table) -> HealthCheck:
    """Check that every index is there and valid."""
    if gone := vector_index.missing(connection, table):
        others = vector_index.WANTED[: -len(vector_index.VECTORS)]
        enough = REBUILD if vector_index.missing(connection, table, others) else INGEST
        message = f"missing or invalid indexes: {', '.join(gone)}"
        return HealthCheck("indexes", Level.FAULT, message, enough)
    return HealthCheck("indexes", Level.OK, "every index is there and valid")


def check_rule(connection: Connection, table: Table, rule: Rule) -> HealthCheck:
    """Count the exceptions to a rule."""
    row: Any = connection.execute(table.statement(rule.query)).fetchone()
    if row[0]:
        return HealthCheck(rule.name, Level.FAULT, rule.broken.format(row[0]), REBUILD)
    return HealthCheck(rule.name, Level.OK, rule.kept)


def check_dead_rows(connection: Connection, table: Table) -> HealthCheck:
    """Warn when what changed rows left behind slows searches down."""
    row: Any = connection.execute(DEAD_ROWS, [relations(table)]).fetchone()
    dead, live = row
    if dead > max(MANY_DEAD_ROWS, LARGE_DEAD_SHARE * live):
        action = f"run: VACUUM (ANALYZE) {', '.join(relations(table))};"
        return HealthCheck("dead rows", Level.WARNING, f"{dead} dead rows besides {live}", action)
    return HealthCheck("dead rows", Level.OK, "few dead rows")


def vacuum(connection: Connection, table: Table) -> None:
    """Clear what changed rows left behind and renew the planner's statistics."""
    statement = "VACUUM (ANALYZE) {document}, {chunk}, {lexical}, {term}, {embedding}"
    with reported(connection):
        connection.execute(table.statement(statement))
