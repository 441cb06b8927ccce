"""Search by vectors in a table of another program, as it is, without writing anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from psycopg import sql

from ragpg.errors import UsageError
from ragpg.store.foreign import make_row, reading, restrict, select_rows
from ragpg.store.pgvector import INSTALLED_EXTENSION

if TYPE_CHECKING:
    from ragpg.store.statements import Connection
    from ragpg.types import ColumnMapping, ForeignRow, ForeignTable, Vector

TYPES = {name: sql.SQL(name) for name in ("vector", "halfvec", "sparsevec")}
_TYPE = re.compile(r'(?:.*\.)?"?(vector|halfvec|sparsevec)"?(\(\d+\))?')
SETTINGS = tuple(
    map(sql.SQL, ("SET LOCAL ivfflat.probes = 20", "SET LOCAL hnsw.ef_search = {ef_search}"))
)
"""An index over lists finds little in one of them, which is the default."""
LARGEST_EF_SEARCH = 1_000

# The order of an index may be a little off: hits are sorted by what was selected.
NEAREST = sql.SQL(
    " AND {text} IS NOT NULL AND {vector} IS NOT NULL{same_dimension}"
    " ORDER BY foreign_row.{vector} <=> {query}::{type} LIMIT {limit}"
)
SAME_DIMENSION = sql.SQL(" AND vector_dims({vector}) = {dimension}")


class ForeignHit(NamedTuple):
    """A row that was found, and the cosine of its vector to the query's."""

    row: ForeignRow
    cosine: float


def search_foreign(
    connection: Connection,
    table: ForeignTable,
    mapping: ColumnMapping,
    query: Vector,
    *,
    collection: str | None,
    limit: int,
) -> list[ForeignHit]:
    """Return the rows whose vectors are nearest, best first.

    Where the table has an index for the cosine, PostgreSQL may use it; else all are compared.
    """
    statement = select_rows(table, mapping, with_vectors=True) + restrict(mapping, collection)
    statement += nearest(table, mapping, query, limit=limit)
    ef_search = sql.Literal(min(max(100, 2 * limit), LARGEST_EF_SEARCH))
    settings = [setting.format(ef_search=ef_search) for setting in SETTINGS]
    with reading(connection, *settings):
        set_search_path(connection)
        rows = [make_row(row, n) for n, row in enumerate(connection.execute(statement), start=1)]
    hits = [ForeignHit(row, cosine(row.vector, query)) for row in rows if row.vector is not None]
    return sorted(hits, key=lambda hit: -hit.cosine)


def nearest(
    table: ForeignTable, mapping: ColumnMapping, query: Vector, *, limit: int
) -> sql.Composed:
    """Return the end of the statement: which rows, in which order, and how many."""
    vector_type = table.columns[mapping.vector or ""]
    parsed = _TYPE.fullmatch(vector_type)
    if not parsed:
        raise UsageError(f"{vector_type!r} is no type of vectors that can be searched")
    kind, modifier = parsed.groups()
    vector = sql.Identifier(mapping.vector or "")
    same = SAME_DIMENSION.format(vector=vector, dimension=sql.Literal(len(query)))
    return NEAREST.format(
        text=sql.Identifier(mapping.text),
        vector=vector,
        same_dimension=sql.SQL("") if modifier or kind == "sparsevec" else same,
        query=sql.Literal(write_vector(query, kind)),
        type=TYPES[kind],
        limit=sql.Literal(limit),
    )


def write_vector(vector: Vector, kind: str) -> str:
    """Write a vector as pgvector reads one of that type."""
    if kind != "sparsevec":
        return f"[{','.join(map(repr, vector.tolist()))}]"
    entries = (f"{index}:{value!r}" for index, value in enumerate(vector.tolist(), start=1))
    return f"{{{','.join(entries)}}}/{len(vector)}"


def set_search_path(connection: Connection) -> None:
    """Let the transaction see pgvector, wherever it is, and nothing else."""
    installed = connection.execute(INSTALLED_EXTENSION).fetchall()
    schemas = [sql.Identifier(row[1]) for row in installed]
    path = sql.SQL(", ").join([sql.SQL("pg_catalog"), *schemas, sql.SQL("pg_temp")])
    connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(path))


def cosine(first: Vector, second: Vector) -> float:
    """Return the cosine of two vectors."""
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / lengths if lengths else 0.0
