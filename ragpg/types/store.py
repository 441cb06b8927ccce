"""A table of documents: its name and its state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.types.embeddings import EmbeddingModel


MAX_TABLE_NAME_BYTES = 48
"""PostgreSQL cuts names at 63 bytes, and the names of further tables and indexes begin with it."""
MAX_SCHEMA_NAME_BYTES = 63


@dataclass(frozen=True, slots=True)
class TableName:
    """A table's name, with its schema where one is given."""

    schema: str | None
    table: str

    @classmethod
    def parse(cls, text: str) -> TableName:
        """Parse "table" or "schema.table"; raises ConfigurationError."""
        schema, dot, table = text.rpartition(".")
        parts = text.split(".")
        # psycopg takes a percent sign for a parameter, even in a quoted name.
        if len(parts) > 2 or not all(parts) or not text.isprintable() or "%" in text:
            raise ConfigurationError(
                f"tableName {text!r} cannot be a table's name",
                hint='write table or schema.table, without "%" and control characters',
            )
        if schema == "information_schema" or schema.startswith("pg_"):
            raise ConfigurationError(
                f"tableName {text!r} lies in a schema of PostgreSQL's own",
                hint="choose another schema",
            )
        sizes = len(table.encode()), len(schema.encode())
        if sizes[0] > MAX_TABLE_NAME_BYTES or sizes[1] > MAX_SCHEMA_NAME_BYTES:
            raise ConfigurationError(
                f"tableName {text!r} is too long",
                hint=f"a table's name has at most {MAX_TABLE_NAME_BYTES} bytes, "
                f"a schema's at most {MAX_SCHEMA_NAME_BYTES}",
            )
        return cls(schema if dot else None, table)

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}" if self.schema else self.table


class Level(StrEnum):
    """How serious the result of a health check is: only a fault makes search results wrong."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of one health check, and what to do about it."""

    name: str
    level: Level
    message: str
    action: str | None = None


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """The state of a table.

    `server` names the database and the versions, `counts` has rows ("documents", "chunks",
    "terms", "embeddings") and `sizes` bytes ("table", "index", "total").
    """

    server: Mapping[str, str | int]
    table: str
    model: EmbeddingModel
    language: str
    counts: Mapping[str, int]
    sizes: Mapping[str, int]
    checks: tuple[HealthCheck, ...]
