"""Tables for the tests of the store, filled and examined."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, LiteralString

from ragpg.store.postgres import PostgresStore
from ragpg.types import Candidates, Document, EmbeddedDocument, Embedding, Level
from tests.support.documents import (
    DIMENSION,
    FINGERPRINT,
    MODEL,
    axis,
    chunks,
    document,
    embeddings,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence

    from ragpg.protocols import DocumentWriter
    from ragpg.store.statements import Connection
    from ragpg.types import Chunk

names = (f"table_{number}" for number in count(1))


def new_store(connection: Connection, table: str | None = None, **changes: Any) -> PostgresStore:
    """Make a table, or open it to write."""
    wanted: dict[str, Any] = {"model": MODEL, "language": "english", **changes}
    return PostgresStore.create(connection, next(names) if table is None else table, **wanted)


@contextmanager
def replaced(store: PostgresStore, **settings: Any) -> Iterator[PostgresStore]:
    """Give a new store to fill, which replaces this one at the end."""
    with store.prepare_replacement(**settings) as new:
        yield new
        list(new.build_vector_index())
        with store.replace_by(new):
            pass


def read_documents(store: PostgresStore) -> list[Document]:
    """Every document with its text, ordered by source."""
    return [made for name in sources(store) if (made := store.read_document(name))]


def upsert(
    store: DocumentWriter,
    document: Document,
    chunks: Sequence[Chunk],
    embeddings: Sequence[Embedding],
    **settings: Any,
) -> bool:
    """Put one document into the store."""
    [written] = store.upsert([EmbeddedDocument(document, chunks, embeddings, **settings)])
    return written


def put(
    store: DocumentWriter,
    source: str,
    *bodies: str,
    seed: int = 0,
    dimension: int = DIMENSION,
    **changes: Any,
) -> Document:
    """Put a document of these chunks into the store."""
    made = document(source, *bodies, title=source)
    drawn = embeddings(len(bodies), seed=seed, dimension=dimension)
    upsert(store, made, chunks(*bodies), drawn, **{"chunking_fingerprint": FINGERPRINT, **changes})
    return made


def put_on_axes(
    store: PostgresStore, source: str, *bodies: str, heading: Sequence[str] = ()
) -> None:
    """Put a document of these chunks into the store, the first along the first axis and so on."""
    parts = chunks(*bodies, heading=heading)
    upsert(
        store,
        document(source, *bodies),
        parts,
        [Embedding(axis(n)) for n in range(len(bodies))],
        chunking_fingerprint=FINGERPRINT,
    )


def rows(store: PostgresStore, query: LiteralString) -> list[Any]:
    """Fetch what a statement says of the store's tables."""
    return store.table.execute(query).fetchall()


def sound(store: PostgresStore) -> bool:
    """Whether no check finds a fault, and every term's frequency is that of a recount."""
    recount = """
        SELECT unnest(terms) AS term, count(*) FROM {lexical} GROUP BY term
    """
    frequencies = dict(rows(store, "SELECT term, frequency FROM {term}"))
    number = frequencies.pop(0, 0)
    status = store.status()
    return (
        all(check.level is not Level.FAULT for check in status.checks)
        and frequencies == dict(rows(store, recount))
        and number == status.counts["chunks"] == status.counts["embeddings"]
    )


def sources(store: PostgresStore) -> list[str]:
    """The documents' names."""
    return [stored.source for stored in store.list_documents()]


WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "bdfgklmnprst"]


def zipf(generator: random.Random, length: int) -> list[str]:
    """Draw words as a language does: a few often, most of them seldom."""
    weights = [1 / (rank + 3) for rank in range(len(WORDS))]
    return generator.choices(WORDS, weights, k=length)


def keyword_texts(found: Candidates) -> list[str]:
    """What was found by words, best first."""
    ranked = [candidate for candidate in found.items if candidate.in_keyword_results]
    return [c.chunk.text for c in sorted(ranked, key=lambda c: -(c.bm25 or 0))]
