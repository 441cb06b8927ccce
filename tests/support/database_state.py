"""The whole state of a table: compared with another one's, and searched for half-written parts."""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

import numpy as np

from ragpg.api import database
from ragpg.cli.session import Session
from ragpg.types import Level
from tests.support.command_line import in_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.store.postgres import PostgresStore
    from tests.support.command_line import Project

# Everything but vectors and the time of the ingest.
DOCUMENTS = """
SELECT doc_id, source, origin, walked, digest, recipe, title, metadata, preamble, body_start, size,
    chunks
FROM {document} ORDER BY doc_id
"""
CHUNKS = """
SELECT doc_id, ordinal, heading, body, start_at, end_at, start_line, end_line
FROM {chunk} ORDER BY doc_id, ordinal
"""
WORDS = """
SELECT doc_id, ordinal, terms, weights::text
FROM {lexical} ORDER BY doc_id, ordinal
"""
TERMS = "SELECT term, frequency FROM {term} ORDER BY term"
PASSAGES = "SELECT doc_id, ordinal, passage_digest FROM {embedding} ORDER BY doc_id, ordinal"
VECTORS = "SELECT vector FROM {embedding} ORDER BY doc_id, ordinal"


@dataclass(frozen=True, slots=True)
class State:
    """The rows of a table's tables; `vectors` belong to `passages`."""

    documents: list[Any]
    chunks: list[Any]
    words: list[Any]
    terms: list[Any]
    passages: list[Any]
    vectors: Any

    def texts(self) -> dict[str, str]:
        """Every document's text by its source."""
        bodies: dict[int, str] = {}
        for key, _, _, body, *_ in self.chunks:
            bodies[key] = bodies.get(key, "") + body
        return {row[1]: row[8] + bodies.get(row[0], "") for row in self.documents}


@contextmanager
def opened(project: Project) -> Iterator[PostgresStore]:
    """Open the store that commands in a project use."""
    with (
        in_directory(project.directory, project.environment),
        database.open_store(Session().config) as store,
    ):
        yield store


def state(project: Project) -> State:
    """Read everything at one moment."""
    with opened(project) as store, store.table.connection.transaction():
        store.table.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        store.table.connection.execute(store.table.search_path)
        return State(
            documents=rows(store, DOCUMENTS),
            chunks=rows(store, CHUNKS),
            words=rows(store, WORDS),
            terms=rows(store, TERMS),
            passages=rows(store, PASSAGES),
            vectors=np.array([value.to_numpy() for (value,) in rows(store, VECTORS)], np.float32),
        )


def undisturbed(project: Project) -> State:
    """The state that one ingest leaves, in a database whose vectors are of no other making."""
    other = project.with_own_table().within({"RAGPG_DB_NAME": "undisturbed"})
    other.ok("ingest", "docs")
    return state(other)


def rows(store: PostgresStore, query: LiteralString) -> list[Any]:
    """Fetch what a statement says of the store's tables."""
    return store.table.execute(query).fetchall()


def assert_whole(found: State) -> None:
    """Every document has its text, its chunks, their vectors and words; every term its count."""
    texts = found.texts()
    for key, source, *_, size, chunks in found.documents:
        content = texts[source].encode()
        assert (hashlib.sha256(content).digest(), len(content)) == (digest(found, key), size)
        assert [row[1] for row in found.chunks if row[0] == key] == list(range(chunks))
    keys = [row[:2] for row in found.chunks]
    assert {row[0] for row in keys} <= {row[0] for row in found.documents}
    assert [row[:2] for row in found.words] == keys
    assert [row[:2] for row in found.passages] == keys
    assert dict(found.terms) == recounted(found)


def digest(found: State, key: int) -> bytes:
    """The stored digest of a document."""
    [value] = [row[4] for row in found.documents if row[0] == key]
    return bytes(value)


def recounted(found: State) -> Counter[int]:
    """In how many chunks each term is; 0 stands for the chunks themselves."""
    count = Counter(term for row in found.words for term in row[2])
    if found.words:
        count[0] = len(found.words)
    return count


def assert_same(one: State, other: State) -> None:
    """The same documents in the same state; vectors differ in their last bits with their batch."""
    for part in ("documents", "chunks", "words", "terms", "passages"):
        assert getattr(one, part) == getattr(other, part)
    lengths = np.linalg.norm(one.vectors, axis=1) * np.linalg.norm(other.vectors, axis=1)
    cosines = (one.vectors * other.vectors).sum(axis=1) / lengths
    assert cosines.min(initial=1.0) > 0.999


def assert_sound(project: Project) -> None:
    """The program's own checks find no fault."""
    with opened(project) as store:
        assert [check for check in store.status().checks if check.level is Level.FAULT] == []
