"""Exchangeable parts of the pipeline that are fast and predictable, and a store for them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from ragpg.chunking import Limits
from ragpg.pipeline.write import Chunker
from ragpg.store.postgres import PostgresStore
from ragpg.types import (
    Completion,
    Embedding,
    EmbeddingModel,
    File,
    QueryEmbedding,
    UnreadableFile,
    Work,
    ignore,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from ragpg.store.statements import Connection
    from ragpg.types import Chunk, Message, Report, Vectors

DIMENSION = 64
MODEL = EmbeddingModel("hashed words", DIMENSION, b"hashed-words-1")

_tables = count(1)


class WordTokenizer:
    """Every word is a token."""

    window = 200

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Return the number of words of each text."""
        return [len(text.split()) for text in texts]


CHUNKER = Chunker(WordTokenizer(), Limits(max_tokens=24, min_tokens=8), "english")


@dataclass(frozen=True, slots=True)
class HashingEmbedder:
    """Embeds a text by feature hashing of its words: texts with common words are similar.

    `calls` has the contents of the chunks that were embedded, call by call.
    """

    calls: list[list[str]] = field(default_factory=list)
    model: EmbeddingModel = MODEL

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; shape (len(texts), DIMENSION)."""
        vectors = np.full((len(texts), DIMENSION), 1e-3, np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"\w+", text.casefold()):
                row[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % DIMENSION] += 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def embed_chunks(self, chunks: Sequence[Chunk], *, report: Report = ignore) -> list[Embedding]:
        """Embed chunks, record the call, and report them one by one."""
        self.calls.append([chunk.content for chunk in chunks])
        vectors = self.embed_passages([chunk.embedded_text for chunk in chunks])
        for _ in chunks:
            report(1)
        return [Embedding(vector) for vector in vectors]

    def embed_query(self, text: str) -> QueryEmbedding:
        """Embed a query."""
        return QueryEmbedding(self.embed_passages([text])[0])


@dataclass(frozen=True, slots=True)
class ScriptedLLM:
    """Answers with the same pieces each time, then completes or fails."""

    pieces: Sequence[str]
    finish_reason: str = "stop"
    error: Exception | None = None
    name: str = "scripted"
    host: str | None = None
    prompt_tokens: int = 10_000
    prompts: list[Sequence[Message]] = field(default_factory=list)

    def stream(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None
    ) -> Generator[str | Completion, None, None]:
        """Yield the pieces, then the completion or the error."""
        self.prompts.append(messages)
        yield from self.pieces
        if self.error:
            raise self.error
        yield Completion(self.finish_reason, {"total_tokens": len(self.pieces)})


def new_table(connection: Connection) -> PostgresStore:
    """Make a new, empty table for these embeddings."""
    name = f"pipeline_{next(_tables)}"
    return PostgresStore.create(connection, name, model=MODEL, language="english")


def measure(files: Sequence[File | UnreadableFile]) -> Work:
    """Return the work that files are."""
    return Work(len(files), sum(len(f.content) for f in files if isinstance(f, File)))


def file(
    source: str, text: str | bytes, *, origin: str | None = None, from_directory: bool = False
) -> File:
    """Make a file of a text."""
    content = text.encode() if isinstance(text, str) else text
    return File(source, origin, content, hashlib.sha256(content).digest(), from_directory)
