"""What the exchangeable parts must be able to do, by role."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol, Self

from ragpg.types import ignore

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from ragpg.types import (
        Candidates,
        Chunk,
        Completion,
        Corpus,
        Document,
        EmbeddedDocument,
        Embedding,
        EmbeddingModel,
        Message,
        NliScores,
        PlaceMap,
        QueryEmbedding,
        Report,
        SearchRequest,
        StoredDocument,
        Vectors,
    )


class Tokenizer(Protocol):
    """Counts tokens as an embedding model does."""

    @property
    def window(self) -> int:
        """The longest passage that the model reads whole, in tokens besides its special ones."""
        ...

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, special tokens not counted."""
        ...


class Embedder(Protocol):
    """Turns text into vectors of unit length."""

    @property
    def model(self) -> EmbeddingModel:
        """The model that the vectors come from."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; shape (len(texts), dimension)."""
        ...

    def embed_chunks(self, chunks: Sequence[Chunk], *, report: Report = ignore) -> list[Embedding]:
        """Embed chunks and, where the model can, their words; report how many are done."""
        ...

    def embed_query(self, text: str) -> QueryEmbedding:
        """Embed a query and, where the model can, its words."""
        ...


class Reranker(Protocol):
    """Scores passages by reading each together with the query."""

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """Return a relevance score for each passage, higher is better; raises ProviderError."""
        ...


class NliModel(Protocol):
    """Decides whether passages entail or contradict a claim."""

    def load(self) -> None:
        """Load the model now; raises ProviderError."""
        ...

    def predict(self, claim: str, passages: Sequence[str]) -> list[NliScores]:
        """Return the probabilities for each passage; raises ProviderError."""
        ...


class Reader(Protocol):
    """Reads a claim or a question together with a text."""

    def read_claim(self, claim: str, texts: Sequence[tuple[str, str]]) -> list[float | None]:
        """Return for each pair of headings and a text the log-odds that the claim follows.

        None where the model cannot tell.
        """
        ...

    def read_question(
        self,
        question: str,
        passages: Sequence[tuple[str, Sequence[str]]],
        *,
        is_enough: Callable[[float], bool] | None = None,
    ) -> float | None:
        """Return the log-odds that the best segment of some passages answers a question.

        A passage is its headings and its segments. Passages, best first, need not be read after
        those whose log-odds are enough. None where the model cannot tell.
        """
        ...


class LLM(Protocol):
    """A language model."""

    @property
    def name(self) -> str:
        """The model's name, as litellm writes it."""
        ...

    @property
    def host(self) -> str | None:
        """Host and port of its server, None if they are not known."""
        ...

    @property
    def prompt_tokens(self) -> int:
        """The longest prompt that leaves room for the answer, in tokens."""
        ...

    def stream(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None
    ) -> Generator[str | Completion, None, None]:
        """Yield the answer piece by piece, then its completion; raises ProviderError.

        With a JSON Schema, the answer is JSON of that shape, as far as the model supports it.

        Closing it closes the connection.
        """
        ...


class ChunkIndex(Protocol):
    """Where chunks are searched."""

    def search(self, request: SearchRequest) -> Candidates:
        """Return the best chunks of each retriever."""
        ...

    def read_document(self, source: str) -> Document | None:
        """Return a document with its text, verbatim; None where there is none."""
        ...

    def read_places(self, sources: Iterable[str]) -> Mapping[str, PlaceMap]:
        """Return the places of those documents that were converted, by source."""
        ...


class CorpusReader(Protocol):
    """Where documents are read to be compared with each other."""

    def read_corpus(self, request: SearchRequest) -> Corpus:
        """Return the documents that pass globs and filter, with at most `limit` chunks."""
        ...


class DocumentWriter(Protocol):
    """Where documents are written."""

    def upsert(self, documents: Sequence[EmbeddedDocument]) -> list[bool]:
        """Insert or replace documents of different sources, all in one transaction.

        Returns for each whether it was written: False if the same content with the same chunking
        was stored already.
        """
        ...

    def find_written(self, documents: Sequence[EmbeddedDocument]) -> list[bool]:
        """Return for each document whether it is stored, after an `upsert` that was interrupted.

        Nothing else can be done with the store then.
        """
        ...


class DocumentStore(DocumentWriter, Protocol):
    """Where documents, chunks and embeddings are kept; each change is a transaction."""

    def list_documents(self) -> list[StoredDocument]:
        """Return all documents, ordered by source."""
        ...

    def read_document(self, source: str) -> Document | None:
        """Return a document with its text, verbatim; None where there is none."""
        ...

    def find_embeddings(self, digests: Iterable[bytes]) -> Mapping[bytes, Embedding]:
        """Return the stored embeddings of texts, by `Chunk.digest`."""
        ...

    def update_origin(
        self,
        source: str,
        *,
        origin: str | None,
        from_directory: bool,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Record where an unchanged document is read from now, and its metadata, if given."""
        ...

    def record_modified(self, times: Mapping[str, datetime]) -> None:
        """Record when the files of documents were last modified, where that is not known yet."""
        ...

    def remove(self, sources: Sequence[str]) -> None:
        """Remove documents, all in one transaction; unknown sources are ignored."""
        ...

    def prepare_replacement(
        self, *, model: EmbeddingModel, language: str
    ) -> AbstractContextManager[DocumentStore]:
        """Give a store to fill beside this one, which others use meanwhile.

        It has what an earlier run with this model and language had written when it was killed.
        """
        ...

    def replace_by(self, new: Self) -> AbstractContextManager[None]:
        """Let writers wait, and put another store in the place of this one at the end."""
        ...

    def uses_language(self, language: str) -> bool:
        """Return whether its keywords are parsed in a language; raises ConfigurationError."""
        ...

    def build_vector_index(self, *, added: float = math.inf) -> Iterator[float]:
        """Build the vector index if it is missing, or if `added` chunks have made it too small.

        Yields the share that is done.
        """
        ...

    def find_incomplete(self, chunks: Mapping[str, int]) -> list[str]:
        """Return the sources whose stored number of chunks differs from the expected one."""
        ...

    def vacuum(self) -> None:
        """Remove dead rows and update the planner's statistics."""
        ...
