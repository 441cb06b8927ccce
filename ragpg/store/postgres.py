"""The store of documents in PostgreSQL: each operation's module is imported when it is used."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg.store import registry
from ragpg.store.connection import reported
from ragpg.store.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ragpg.protocols import DocumentWriter
    from ragpg.store.connection import Connection
    from ragpg.store.names import Table
    from ragpg.types import (
        Candidates,
        Chunk,
        Document,
        Embedding,
        EmbeddingModel,
        SearchRequest,
        StoredDocument,
        StoreStatus,
    )

AVERAGE_LENGTH = 60.0
"""Words of a chunk that count, its headings included: about half of 120 wordpieces."""


@dataclass(slots=True)
class PostgresStore:
    """A table of documents; fulfils `Store`. The connection is its maker's to close."""

    connection: Connection
    table: Table

    @classmethod
    def open(cls, connection: Connection, table: str) -> PostgresStore:
        """Open a table to read; raises NothingIngestedError where there is none."""
        return cls(connection, registry.open_table(connection, Name.parse(table)))

    @classmethod
    def create(
        cls,
        connection: Connection,
        table: str,
        *,
        model: EmbeddingModel,
        language: str,
        average_length: float = AVERAGE_LENGTH,
    ) -> PostgresStore:
        """Open a table to write, and make it where there is none.

        Raises ModelMismatchError if it holds another model's vectors. `average_length` is what
        BM25 takes for the words of an average chunk: a new table keeps it for good.
        """
        made = registry.create_table(
            connection,
            Name.parse(table),
            model=model,
            language=language,
            average_length=average_length,
        )
        return cls(connection, made)

    @property
    def model(self) -> EmbeddingModel:
        """The embedding model that the table was made with."""
        return self.table.model

    def uses_language(self, language: str) -> bool:
        """Whether its words are read in this language; raises ConfigurationError."""
        with reported(self.connection):
            return self.table.language == registry.find_language(self.connection, language)

    def check_model(self, model: EmbeddingModel) -> None:
        """Raise ModelMismatchError unless the table holds this model's vectors."""
        registry.check_model(self.table, model)

    def list_documents(self) -> list[StoredDocument]:
        """All documents, ordered by source."""
        from ragpg.store import read

        return read.documents(self.connection, self.table)

    def search(self, request: SearchRequest) -> Candidates:
        """Find chunks for a question."""
        from ragpg.store import search

        return search.candidates(self.connection, self.table, request)

    def find_embeddings(self, digests: Iterable[bytes]) -> Mapping[bytes, Embedding]:
        """What is stored already, by the digest of the embedded text."""
        from ragpg.store import read

        return read.embeddings(self.connection, self.table, digests)

    def upsert(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        embeddings: Sequence[Embedding],
        *,
        chunking_fingerprint: bytes,
        previous_source: str | None = None,
    ) -> bool:
        """Replace a document as a whole, in one transaction; `previous_source` goes with it."""
        from ragpg.store import write

        return write.put(
            self.connection,
            self.table,
            document,
            chunks,
            embeddings,
            chunking_fingerprint=chunking_fingerprint,
            previous_source=previous_source,
        )

    def build_vector_index(self) -> Iterator[float]:
        """Build the index over vectors where it is missing, and tell which share is done."""
        from ragpg.store import vector_index

        yield from vector_index.complete(self.connection, self.table)

    def update_origin(self, source: str, *, origin: str | None, from_directory: bool) -> None:
        """Note where an unchanged document is read from now."""
        from ragpg.store import write

        write.adopt(
            self.connection, self.table, source, origin=origin, from_directory=from_directory
        )

    def remove(self, sources: Sequence[str]) -> None:
        """Remove documents, in one transaction; an unknown source is none too many."""
        from ragpg.store import write

        write.remove(self.connection, self.table, sources)

    def read_document(self, source: str) -> Document | None:
        """Read one document back, to the letter; None where there is none."""
        from ragpg.store import read

        return read.text(self.connection, self.table, source)

    def read_documents(self) -> Iterator[Document]:
        """Read every document back, to the letter."""
        from ragpg.store import read

        return read.texts(self.connection, self.table)

    @contextmanager
    def replace_all(
        self, *, model: EmbeddingModel, language: str, average_length: float = AVERAGE_LENGTH
    ) -> Iterator[DocumentWriter]:
        """Replace everything in one transaction by what is put into the writer that this gives."""
        from ragpg.store import rebuild

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
        from ragpg.store import health

        return health.status(self.connection, self.table)

    def find_incomplete(self, chunks: Mapping[str, int]) -> list[str]:
        """The sources of which not just so many chunks, vectors and keywords are there."""
        from ragpg.store import read

        return read.differing(self.connection, self.table, chunks)

    def vacuum(self) -> None:
        """Clear what changed rows left behind and renew the planner's statistics."""
        from ragpg.store import health

        health.vacuum(self.connection, self.table)
