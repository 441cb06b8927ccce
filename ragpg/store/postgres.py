"""The store of documents in PostgreSQL."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ragpg.store import care, read, rebuild, schema, search, vector_index, write
from ragpg.store.names import Name
from ragpg.store.vector_index import Load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ragpg.protocols import Writer
    from ragpg.store.connection import Connection
    from ragpg.store.names import Table
    from ragpg.types import (
        Candidates,
        Chunk,
        Document,
        Model,
        Query,
        StoredDocument,
        StoreStatus,
        Vector,
        Vectors,
    )

AVERAGE_LENGTH = 60.0
"""Words of a chunk that count, its headings included: about half of 120 wordpieces."""


@dataclass(slots=True)
class PostgresStore:
    """A table of documents; fulfils `Store`. The connection is its maker's to close."""

    connection: Connection
    table: Table
    _load: Load = field(default_factory=Load)

    @classmethod
    def open(cls, connection: Connection, table: str) -> PostgresStore:
        """Open a table to read; raises NothingIngestedError where there is none."""
        return cls(connection, schema.open_table(connection, Name.parse(table)))

    @classmethod
    def create(
        cls,
        connection: Connection,
        table: str,
        *,
        model: Model,
        language: str,
        average_length: float = AVERAGE_LENGTH,
    ) -> PostgresStore:
        """Open a table to write, and make it where there is none.

        Raises ModelMismatchError if it holds another model's vectors. Another language than the
        table's becomes the table's. `average_length` is what BM25 takes for the words of an average
        chunk: a new table keeps it for good.
        """
        made = schema.create_table(
            connection,
            Name.parse(table),
            model=model,
            language=language,
            average_length=average_length,
        )
        return cls(connection, rebuild.change_language(connection, made, language))

    @property
    def model(self) -> Model:
        """The embedding model that the table was made with."""
        return self.table.model

    def expect(self, model: Model) -> None:
        """Raise ModelMismatchError unless the table holds this model's vectors."""
        schema.check_model(self.table, model)

    def documents(self) -> list[StoredDocument]:
        """All documents, ordered by source."""
        return read.documents(self.connection, self.table)

    def candidates(self, query: Query) -> Candidates:
        """Find chunks for a question."""
        return search.candidates(self.connection, self.table, query)

    def vectors(self, passages: Iterable[bytes]) -> Mapping[bytes, Vector]:
        """Vectors already stored, by the SHA-256 of the embedded text."""
        return read.vectors(self.connection, self.table, passages)

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        *,
        recipe: bytes,
        previous_source: str | None = None,
    ) -> bool:
        """Replace a document as a whole, in one transaction; `previous_source` goes with it."""
        is_new = write.put(
            self.connection,
            self.table,
            document,
            chunks,
            vectors,
            recipe=recipe,
            previous_source=previous_source,
        )
        if is_new:
            self._load.grow(self.connection, self.table, vectors=len(chunks))
        return is_new

    def complete(self) -> Iterator[float]:
        """Build the index over vectors where it is missing, and tell which share is done."""
        yield from vector_index.complete(self.connection, self.table)
        self._load = Load()

    def adopt(self, source: str, *, origin: str | None, walked: bool) -> None:
        """Note where an unchanged document is read from now."""
        write.adopt(self.connection, self.table, source, origin=origin, walked=walked)

    def remove(self, sources: Sequence[str]) -> None:
        """Remove documents, in one transaction; an unknown source is none too many."""
        write.remove(self.connection, self.table, sources)

    def texts(self) -> Iterator[Document]:
        """Read every document back, to the letter."""
        return read.texts(self.connection, self.table)

    @contextmanager
    def rebuilding(
        self, *, model: Model, language: str, average_length: float = AVERAGE_LENGTH
    ) -> Iterator[Writer]:
        """Replace everything in one transaction by what is put into the writer that this gives."""
        with rebuild.rebuilding(
            self.connection,
            self.table,
            model=model,
            language=language,
            average_length=average_length,
        ) as new:
            yield new
        self.table = replace(new.table, name=self.table.name)

    def status(self) -> StoreStatus:
        """Count, measure and check."""
        return care.status(self.connection, self.table)

    def differing(self, chunks: Mapping[str, int]) -> list[str]:
        """The sources of which not just so many chunks, vectors and keywords are there."""
        return read.differing(self.connection, self.table, chunks)

    def vacuum(self) -> None:
        """Clear what changed rows left behind and renew the planner's statistics."""
        care.vacuum(self.connection, self.table)
