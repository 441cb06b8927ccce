"""The names in the database: what a table is called, and everything that belongs to it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from psycopg import sql

from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from ragpg.types import EmbeddingModel

LONGEST_NAME = 48
"""Bytes of a table's name: PostgreSQL cuts at 63, and the longest suffix has to fit behind it."""

ENOUGH_BITS = 256
"""Dimensions from which on the signs alone tell vectors apart."""

REGISTRY = "ragpg_table"

# The order in which everything locks them.
TABLES = {
    "document": "_document",
    "chunk": "",
    "lexical": "_lexical",
    "term": "_term",
    "embedding": "_embedding",
}
INDEXES = {"terms": "_terms_idx", "vectors": "_vectors_idx", "digests": "_digests_idx"}


@dataclass(frozen=True, slots=True)
class Name:
    """A table's name, and its schema where one was given."""

    schema: str | None
    table: str

    @classmethod
    def parse(cls, text: str) -> Name:
        """Read "table" or "schema.table"."""
        schema, dot, table = text.rpartition(".")
        parts = text.split(".")
        # To psycopg a percent sign begins a parameter, in a name as well.
        if len(parts) > 2 or not all(parts) or not text.isprintable() or "%" in text:
            raise ConfigurationError(
                f"tableName {text!r} cannot be a table's name",
                hint='write table or schema.table, without "%" and control characters',
            )
        if len(table.encode()) > LONGEST_NAME or len(schema.encode()) > 63:
            raise ConfigurationError(
                f"tableName {text!r} is too long",
                hint=f"a table's name has at most {LONGEST_NAME} bytes, a schema's at most 63",
            )
        return cls(schema if dot else None, table)

    @property
    def registry(self) -> sql.Identifier:
        """The registry of tables: in the schema, or where PostgreSQL's search path finds it."""
        return sql.Identifier(self.schema, REGISTRY) if self.schema else sql.Identifier(REGISTRY)

    @property
    def relations(self) -> list[str]:
        """Names of all tables and indexes that belong to the table."""
        return [self.table + suffix for suffix in (*TABLES.values(), *INDEXES.values())]

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}" if self.schema else self.table


@dataclass(frozen=True, slots=True)
class Extension:
    """pgvector as it is installed in a database: `version` is (0, 8, 5)."""

    version: tuple[int, ...]
    schema: str

    @property
    def iterates(self) -> bool:
        """Whether an index scan goes on until enough rows have passed the filter."""
        return self.version >= (0, 8)

    def __str__(self) -> str:
        return ".".join(map(str, self.version))


@dataclass(frozen=True, slots=True)
class Table:
    """One of our tables: its place and the constants that it was made with.

    `average_length` is BM25's average of words in a chunk: a constant, lest a chunk's weights
    depend on the others.
    """

    schema: str
    name: str
    extension: Extension
    model: EmbeddingModel
    language: str
    average_length: float

    def statement(self, query: LiteralString, **parts: sql.Composable) -> sql.Composed:
        """Fill the names of this table's tables and indexes into a statement."""
        relations = {kind: self.identifier(suffix) for kind, suffix in TABLES.items()}
        indexes = {kind: sql.Identifier(self.name + suffix) for kind, suffix in INDEXES.items()}
        constants = {
            "registry": sql.Identifier(self.schema, REGISTRY),
            "dimension": sql.Literal(self.model.dimension),
        }
        return sql.SQL(query).format(**relations, **indexes, **constants, **parts)

    @property
    def by_bits(self) -> bool:
        """Whether the index over vectors has one bit of each component."""
        return self.model.dimension >= ENOUGH_BITS

    def identifier(self, suffix: str) -> sql.Identifier:
        """The quoted name of one of this table's tables."""
        return sql.Identifier(self.schema, self.name + suffix)

    @property
    def path(self) -> sql.Composed:
        """Make pgvector's types and operators visible, wherever it is installed, and no more."""
        schema = sql.Identifier(self.extension.schema)
        return sql.SQL("SET LOCAL search_path TO pg_catalog, {}, pg_temp").format(schema)

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


def document_id(source: str) -> int:
    """The key of a document: 63 bits of the SHA-256 of its source."""
    return int.from_bytes(hashlib.sha256(source.encode()).digest()[:8]) >> 1
