"""A table of documents: its relations, its constants, and the statements that run on it."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, LiteralString, TypeAlias, TypeVar

from psycopg import sql

from ragpg.errors import ConfigurationError, ModelMismatchError
from ragpg.store.error_messages import Access
from ragpg.store.locks import acquire_lock, limit_waits, share_lock
from ragpg.store.statements import select, select_column, transaction, translate_errors
from ragpg.text.scripts import normalize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import psycopg

    from ragpg.store.pgvector import Pgvector
    from ragpg.store.statements import Connection, Query
    from ragpg.types import EmbeddingModel

    Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any] | None

T = TypeVar("T")

LAYOUT_VERSION = 3
"""The version of the relations' layout that this program writes."""
OLDEST_READABLE = 2
"""The oldest layout that is read as it is, by roles that may not bring it up to date."""
FIELDS_SINCE = 3
"""The first layout with the times of files and the languages of code."""

AVERAGE_LENGTH = 60.0
"""BM25's average length of a chunk, in words with those of its headings: half of 120 wordpieces."""

MAX_DIMENSION = 4000
"""The highest dimension that pgvector's HNSW index takes for halfvec."""

REGISTRY = "ragpg_table"
REPLACEMENT = "ragpg_rebuild_"
"""With this begin the names of tables that a rebuild fills, until they replace others."""

# The order in which all transactions lock the relations.
RELATIONS = {
    "document": "_document",
    "chunk": "",
    "lexical": "_lexical",
    "term": "_term",
    "embedding": "_embedding",
}
INDEXES = {"terms": "_terms_idx", "vectors": "_vectors_idx", "digests": "_digests_idx"}


@dataclass(frozen=True, slots=True)
class TableSettings:
    """What a table is created with.

    `average_length` stays the same for the life of the table: the weights of a chunk would
    otherwise depend on the other chunks.
    """

    model: EmbeddingModel
    language: str
    average_length: float = AVERAGE_LENGTH

    def __post_init__(self) -> None:
        """Refuse vectors that cannot be indexed."""
        if self.model.dimension > MAX_DIMENSION:
            raise ConfigurationError(
                f'the vectors of "{self.model.name}" have {self.model.dimension} dimensions, '
                f"and pgvector indexes at most {MAX_DIMENSION}",
                hint="set dimensions in [embedding], if the model can shorten its vectors",
            )


WHOLE_TEXT = """
    preamble || coalesce((
        SELECT string_agg(body, '' ORDER BY ordinal) FROM {chunk} AS chunk
        WHERE chunk.doc_id = document.doc_id
    ), '')"""
"""A document's text, verbatim, in a query that calls its row `document`."""

VACUUM = "VACUUM (ANALYZE) {document}, {chunk}, {lexical}, {term}, {embedding}"
REPORT_CHANGES = "SELECT pg_stat_force_next_flush()"
REPORTS_SINCE = 150_000
"""The version of PostgreSQL from which on a session can report at once what it changed."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of documents, with the connection that its statements run on.

    In a statement `{document}`, `{chunk}`, `{lexical}`, `{term}` and `{embedding}` stand for its
    relations, `{terms}`, `{vectors}` and `{digests}` for its indexes, `{registry}` and
    `{dimension}` for what they say, and `{whole_text}` for a document's text. `lock_timeout` is the
    seconds that a writing transaction waits for a lock that others hold; None is for ever.
    `has_bit_index` says what kind of index over vectors the table had when it was opened.
    `is_on_citus` is whether the database belongs to a Citus cluster, `distributed` whether the user
    wants the table spread over it.
    """

    connection: Connection = field(repr=False, compare=False)
    schema: str
    name: str
    pgvector: Pgvector
    model: EmbeddingModel
    language: str
    average_length: float
    layout_version: int = LAYOUT_VERSION
    has_bit_index: bool = field(default=False, compare=False)
    lock_timeout: float | None = field(default=None, compare=False)
    is_on_citus: bool = field(default=False, compare=False)
    distributed: bool = field(default=False, compare=False)

    def statement(self, query: LiteralString, **parts: sql.Composable) -> sql.Composed:
        """Put the names of this table's relations and indexes into a statement."""
        relations = {name: self.identifier(suffix) for name, suffix in RELATIONS.items()}
        indexes = {name: sql.Identifier(self.name + suffix) for name, suffix in INDEXES.items()}
        constants = {
            "registry": sql.Identifier(self.schema, REGISTRY),
            "dimension": sql.Literal(self.model.dimension),
            "whole_text": sql.SQL(WHOLE_TEXT).format(**relations),
        }
        return sql.SQL(query).format(**relations, **indexes, **constants, **parts)

    def execute(
        self, query: LiteralString, parameters: Parameters = None, **parts: sql.Composable
    ) -> psycopg.Cursor[tuple[Any, ...]]:
        """Execute a statement."""
        return self.connection.execute(self.statement(query, **parts), parameters)

    def select(
        self,
        make: Callable[..., T],
        query: LiteralString,
        parameters: Parameters = None,
        **parts: sql.Composable,
    ) -> list[T]:
        """Return the rows of a query; `make` is called with the columns by their names."""
        return select(self.connection, make, self.statement(query, **parts), parameters)

    def select_column(
        self,
        make: Callable[[Any], T],
        query: LiteralString,
        parameters: Parameters = None,
        **parts: sql.Composable,
    ) -> list[T]:
        """Return the values of a query with one column."""
        return select_column(self.connection, make, self.statement(query, **parts), parameters)

    def copy_rows(
        self, query: LiteralString, types: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """Insert rows by a binary COPY."""
        with self.connection.cursor().copy(self.statement(query)) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def transaction(
        self,
        *settings: Query,
        isolation: Query | None = None,
        access: Access = Access.READ,
    ) -> Iterator[None]:
        """Run a transaction that sees pgvector's types and begins with `settings`.

        The isolation level has to be set before anything else.
        """
        first = [isolation, self.search_path] if isolation else [self.search_path]
        with transaction(self.connection, *first, *settings, access=access):
            yield

    @contextmanager
    def writing(self, *, access: Access = Access.WRITE) -> Iterator[None]:
        """Run a transaction as `transaction` does that waits for others `lock_timeout` at most."""
        with self.transaction(*limit_waits(self.lock_timeout), access=access):
            yield

    def lock(self) -> None:
        """Wait until no other transaction writes to the table, and keep others out of it."""
        acquire_lock(self.connection, str(self))

    def lock_documents(self, doc_ids: Iterable[int]) -> None:
        """Wait until no other transaction writes these documents, and keep others out of them.

        Other documents are written meanwhile; whoever calls `lock` waits.
        """
        share_lock(self.connection, str(self))
        acquire_lock(self.connection, *(f"{self} {doc_id}" for doc_id in sorted(doc_ids)))

    def lock_terms(self) -> None:
        """Wait until no other transaction counts terms, and keep others from it."""
        acquire_lock(self.connection, f"{self} terms")

    def vacuum(self) -> None:
        """Remove dead rows and update the planner's statistics; raises DatabaseError."""
        with translate_errors(self.connection):
            # Rows that this session deleted would count as dead again once it reports them.
            if self.connection.info.server_version >= REPORTS_SINCE:
                self.execute(REPORT_CHANGES)
            self.execute(VACUUM)

    def check_model(self, model: EmbeddingModel) -> None:
        """Raise ModelMismatchError unless the table's vectors are comparable with the model's."""
        own = self.model
        if (own.fingerprint, own.dimension) != (model.fingerprint, model.dimension):
            same = "its files, or settings of it such as wordVectors, are others now: undo that"
            undo = same if own.name == model.name else "configure that model"
            raise ModelMismatchError(
                f'the table "{self.name}" was made with the embedding model {describe(own)}, '
                f"not with {describe(model)}",
                hint=f"{undo}, or run `ragpg ingest --rebuild` to embed everything anew",
            )

    @property
    def search_path(self) -> sql.Composed:
        """The setting that makes pgvector visible, wherever it is installed, and nothing else."""
        schema = sql.Identifier(self.pgvector.schema)
        return sql.SQL("SET LOCAL search_path TO pg_catalog, {}, pg_temp").format(schema)

    def identifier(self, suffix: str) -> sql.Identifier:
        """Return the quoted name of the relation with this suffix."""
        return sql.Identifier(self.schema, self.name + suffix)

    def regclass(self, relation: str) -> str:
        """Return the name of a relation as a `regclass` is written."""
        return self.identifier(RELATIONS[relation]).as_string()

    @property
    def regclasses(self) -> list[str]:
        """The names of all relations as a `regclass` is written."""
        return [self.regclass(relation) for relation in RELATIONS]

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


def describe(model: EmbeddingModel) -> str:
    """Tell a model from others of the same name: its settings are part of the fingerprint."""
    fingerprint = model.fingerprint.hex()[:8]
    return f'"{model.name}" ({model.dimension} dimensions, fingerprint {fingerprint})'


def document_id(source: str) -> int:
    """Return the key of a document: 63 bits of the SHA-256 of its source in NFC."""
    return _hash(normalize(source))


def list_document_ids(source: str) -> list[int]:
    """Return the keys that a document may have: older versions did not normalise its source."""
    return list({document_id(source), _hash(source)})


def _hash(source: str) -> int:
    return int.from_bytes(hashlib.sha256(source.encode()).digest()[:8]) >> 1
