"""The definitions of relations and indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql
from psycopg.types.json import Jsonb

from ragpg.store.table import LAYOUT_VERSION, REGISTRY

if TYPE_CHECKING:
    from ragpg.store.statements import Connection
    from ragpg.store.table import Table

CREATE_REGISTRY = """
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

# Text, terms and vectors are in different relations: in one row PostgreSQL would store the vector
# out of line, which makes an exact scan five times as slow. All keys but the term's begin with the
# document, and nothing else is unique, as a distributed table demands. Foreign keys are not named
# after the table, whose name changes at the end of a rebuild. Every document updates terms, hence
# the fill factor. A term is its dimension in the sparse vectors; 0 counts all chunks.
CREATE_RELATIONS = (
    """
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
    modified timestamptz,
    chunks integer NOT NULL,
    ingested timestamptz NOT NULL DEFAULT now()
)
""",
    """
CREATE TABLE {chunk} (
    doc_id bigint CONSTRAINT document REFERENCES {document} ON DELETE CASCADE,
    ordinal integer,
    start_at integer NOT NULL,
    end_at integer NOT NULL,
    start_line integer NOT NULL,
    end_line integer NOT NULL,
    heading text[] NOT NULL,
    languages text[] NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (doc_id, ordinal)
)
""",
    """
CREATE TABLE {lexical} (
    doc_id bigint,
    ordinal integer,
    terms integer[] NOT NULL,
    weights sparsevec(268435456) NOT NULL,
    PRIMARY KEY (doc_id, ordinal),
    CONSTRAINT chunk FOREIGN KEY (doc_id, ordinal) REFERENCES {chunk} ON DELETE CASCADE
)
""",
    """
CREATE TABLE {term} (
    term integer PRIMARY KEY,
    frequency integer NOT NULL
) WITH (fillfactor = 90)
""",
    """
CREATE TABLE {embedding} (
    doc_id bigint,
    ordinal integer,
    passage_digest bytea NOT NULL,
    vector halfvec({dimension}) NOT NULL,
    words bytea NOT NULL,
    PRIMARY KEY (doc_id, ordinal),
    CONSTRAINT chunk FOREIGN KEY (doc_id, ordinal) REFERENCES {chunk} ON DELETE CASCADE
)
""",
    """
ALTER TABLE {lexical} ALTER COLUMN terms SET STORAGE MAIN, ALTER COLUMN weights SET STORAGE MAIN
""",
    """
ALTER TABLE {embedding} ALTER COLUMN vector SET STORAGE PLAIN, ALTER COLUMN words SET STORAGE MAIN
""",
)

# New entries wait in a list that every search reads, and go into the index together: one by one
# they took as long as parsing the text. Half a megabyte of them costs a search a millisecond.
CREATE_TERM_INDEX = """
CREATE INDEX {terms} ON {lexical} USING gin (terms) WITH (gin_pending_list_limit = 512)
"""
CREATE_DIGEST_INDEX = "CREATE INDEX {digests} ON {embedding} (passage_digest)"
CREATE_INDEXES = (CREATE_TERM_INDEX, CREATE_DIGEST_INDEX)

REGISTER = """
INSERT INTO {registry} (name, version, fingerprint, dimension, model, language, average_length)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


def create_registry(connection: Connection, schema: str) -> None:
    """Create the registry of a schema's tables, if it is not there."""
    registry = sql.Identifier(schema, REGISTRY)
    connection.execute(sql.SQL(CREATE_REGISTRY).format(registry=registry))


def create_relations(table: Table) -> None:
    """Create a table's relations, without indexes, and enter it into the registry."""
    model, settings = table.model, (table.language, table.average_length)
    name = Jsonb({"name": model.name})
    table.connection.execute(table.search_path)
    for statement in CREATE_RELATIONS:
        table.execute(statement)
    row = (table.name, LAYOUT_VERSION, model.fingerprint, model.dimension, name, *settings)
    table.execute(REGISTER, row)
    if table.distributed:
        from ragpg.store.distribution import distribute

        distribute(table)


def create_indexes(table: Table) -> None:
    """Create a table's indexes, except the one over vectors."""
    table.connection.execute(table.search_path)
    for statement in CREATE_INDEXES:
        table.execute(statement)
