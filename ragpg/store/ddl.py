"""The tables' definitions, and the step from each version of them to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql
from psycopg.types.json import Jsonb

from ragpg.errors import DatabaseError
from ragpg.store.names import REGISTRY, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.store.connection import Connection

VERSION = 2
"""The layout that this program reads and writes."""

MIGRATIONS: Mapping[int, str] = {}
"""Statements that bring a table from the layout of one version to the next one's."""

REGISTER = """
CREATE TABLE IF NOT EXISTS {registry} (
    name text COLLATE "C" PRIMARY KEY,
    version integer NOT NULL,
    fingerprint bytea NOT NULL,
    dimension integer NOT NULL,
    model jsonb NOT NULL,
    language text NOT NULL,
    average_length real NOT NULL
)
"""

# Text, terms and vectors live apart: in one row PostgreSQL would push the vector out of line,
# which makes an exact scan five times as slow. All keys but the term's begin with the document,
# and nothing else is unique: what a distributed table demands. Every document updates terms, for
# which their pages keep room. A term is its place in sparse vectors; 0 stands for all chunks.
LAYOUT = """
CREATE TABLE {document} (
    doc_id bigint PRIMARY KEY,
    source text COLLATE "C" NOT NULL,
    origin text,
    walked boolean NOT NULL,
    digest bytea NOT NULL,
    recipe bytea NOT NULL,
    title text NOT NULL,
    metadata jsonb NOT NULL,
    preamble text NOT NULL,
    body_start integer NOT NULL,
    size bigint NOT NULL,
    chunks integer NOT NULL,
    ingested timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE {chunk} (
    doc_id bigint REFERENCES {document} ON DELETE CASCADE,
    ordinal integer,
    start_at integer NOT NULL,
    end_at integer NOT NULL,
    start_line integer NOT NULL,
    end_line integer NOT NULL,
    heading text[] NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (doc_id, ordinal)
);
CREATE TABLE {lexical} (
    doc_id bigint,
    ordinal integer,
    terms integer[] NOT NULL,
    weights sparsevec(268435456) NOT NULL,
    PRIMARY KEY (doc_id, ordinal),
    FOREIGN KEY (doc_id, ordinal) REFERENCES {chunk} ON DELETE CASCADE
);
CREATE TABLE {term} (
    term integer PRIMARY KEY,
    frequency integer NOT NULL
) WITH (fillfactor = 90);
CREATE TABLE {embedding} (
    doc_id bigint,
    ordinal integer,
    passage_digest bytea NOT NULL,
    vector halfvec({dimension}) NOT NULL,
    words bytea NOT NULL,
    PRIMARY KEY (doc_id, ordinal),
    FOREIGN KEY (doc_id, ordinal) REFERENCES {chunk} ON DELETE CASCADE
);
ALTER TABLE {lexical} ALTER COLUMN terms SET STORAGE MAIN, ALTER COLUMN weights SET STORAGE MAIN;
ALTER TABLE {embedding} ALTER COLUMN vector SET STORAGE PLAIN, ALTER COLUMN words SET STORAGE MAIN
"""

INDEXES = """
CREATE INDEX {terms} ON {lexical} USING gin (terms) WITH (fastupdate = off);
CREATE INDEX {digests} ON {embedding} (passage_digest)
"""

# One bit of each component: a fifth of the size that an index over whole vectors has. It finds
# several times as many candidates as are wanted, and these are compared exactly; 22,000 passages:
# 96% of the 50 nearest in 2.4 ms, with 16 neighbours instead of 8 the same, in 100 bytes more.
BIT_INDEX = """
CREATE INDEX {vectors} ON {embedding}
USING hnsw ((binary_quantize(vector)::bit({dimension})) bit_hamming_ops) WITH (m = 8)
"""
VALUE_INDEX = "CREATE INDEX {vectors} ON {embedding} USING hnsw (vector halfvec_cosine_ops)"

ENTER = """
INSERT INTO {registry} (name, version, fingerprint, dimension, model, language, average_length)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


def make_registry(connection: Connection, schema: str) -> None:
    """Make the registry of a schema's tables, if it is not there."""
    registry = sql.Identifier(schema, REGISTRY)
    connection.execute(sql.SQL(REGISTER).format(registry=registry))


def make_tables(connection: Connection, table: Table) -> None:
    """Make a table and enter it into the registry; its indexes are made apart."""
    model = table.model
    connection.execute(table.path)
    connection.execute(table.statement(LAYOUT))
    name, constants = Jsonb({"name": model.name}), (table.language, table.average_length)
    entry = (table.name, VERSION, model.fingerprint, model.dimension, name, *constants)
    connection.execute(table.statement(ENTER), entry)


def make_indexes(connection: Connection, table: Table) -> None:
    """Make the indexes of a table, except that over its vectors."""
    connection.execute(table.path)
    connection.execute(table.statement(INDEXES))


def make_vector_index(connection: Connection, table: Table) -> None:
    """Make the index over a table's vectors."""
    statement = BIT_INDEX if table.by_bits else VALUE_INDEX
    connection.execute(table.statement(statement))


def migrate(
    connection: Connection,
    table: Table,
    version: int,
    *,
    migrations: Mapping[int, str] = MIGRATIONS,
    target: int = VERSION,
) -> None:
    """Bring a table from an older layout to the present one, inside the caller's transaction."""
    connection.execute(table.path)
    for step in range(version, target):
        if step not in migrations:
            raise DatabaseError(
                f'the table "{table}" has a layout that this program does not know: version {step}',
                hint="drop it, or choose another name with tableName, and ingest again",
            )
        connection.execute(table.statement(migrations[step]))
    update = "UPDATE {registry} SET version = %s WHERE name = %s"
    connection.execute(table.statement(update), [target, table.name])
