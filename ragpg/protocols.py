"""What the parts must be able to do, so that another part may take their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from ragpg.types import (
        Candidates,
        Chunk,
        Completion,
        Document,
        Embedding,
        Message,
        Model,
        Opinion,
        Query,
        Question,
        StoredDocument,
        StoreStatus,
        Vector,
        Vectors,
    )


class Tokenizer(Protocol):
    """Counts what a model reads."""

    @property
    def window(self) -> int:
        """The longest passage that the model reads whole, in tokens besides its special ones."""
        ...

    def counts(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not counted."""
        ...


class Embedder(Protocol):
    """Turns text into vectors of unit length."""

    @property
    def model(self) -> Model:
        """What the vectors come from; two models' may be compared if their fingerprints agree."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched; shape (len(texts), dimension)."""
        ...

    def embed_chunks(self, chunks: Sequence[Chunk]) -> list[Embedding]:
        """Embed what is searched: the passage of each chunk and, where it can be, its words."""
        ...

    def embed_query(self, text: str) -> Vector:
        """Embed what is asked; shape (dimension,)."""
        ...

    def embed_question(self, text: str) -> Question:
        """Embed what is asked and, where it can be, its words."""
        ...


class Reranker(Protocol):
    """Judges how well passages answer a question, each read together with it."""

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """A figure for each passage, the higher the better; raises ProviderError."""
        ...


class Entailment(Protocol):
    """Judges whether passages say what a claim says, each read together with it."""

    def load(self) -> None:
        """Get ready; raises ProviderError."""
        ...

    def judge(self, claim: str, passages: Sequence[str]) -> list[Opinion]:
        """An opinion of each passage; raises ProviderError."""
        ...


class LLM(Protocol):
    """A language model."""

    @property
    def name(self) -> str:
        """The model's name, as litellm has it."""
        ...

    @property
    def prompt_tokens(self) -> int:
        """The longest prompt that leaves room for the answer, in tokens."""
        ...

    def stream(self, messages: Sequence[Message]) -> Iterator[str | Completion]:
        """Yield the answer piece by piece, then its completion; raises ProviderError."""
        ...


class Writer(Protocol):
    """What documents are put into."""

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        embeddings: Sequence[Embedding],
        *,
        recipe: bytes,
        previous_source: str | None = None,
    ) -> bool:
        """Replace a document as a whole; `previous_source` goes with it.

        False where it was there already, from the same content by the same recipe.
        """
        ...


class Store(Writer, Protocol):
    """Where documents, chunks and vectors are kept; each change is a transaction."""

    def documents(self) -> list[StoredDocument]:
        """All documents, ordered by source."""
        ...

    def candidates(self, query: Query) -> Candidates:
        """Find chunks for a question."""
        ...

    def embeddings(self, passages: Iterable[bytes]) -> Mapping[bytes, Embedding]:
        """What is stored already, by the digest of the embedded text."""
        ...

    def adopt(self, source: str, *, origin: str | None, walked: bool) -> None:
        """Note where an unchanged document is read from now."""
        ...

    def remove(self, sources: Sequence[str]) -> None:
        """Remove documents, in one transaction."""
        ...

    def text(self, source: str) -> Document | None:
        """Read one document back, to the letter; None where there is none."""
        ...

    def texts(self) -> Iterator[Document]:
        """Read every document back, to the letter."""
        ...

    def rebuilding(self, *, model: Model, language: str) -> AbstractContextManager[Writer]:
        """Replace everything in one transaction by what is put into the writer that this gives.

        Until the end readers see the old rows, and so does this store: `texts` reads them.
        """
        ...

    def complete(self) -> Iterator[float]:
        """Build the index over vectors if it is missing, and tell which share is done."""
        ...

    def differing(self, chunks: Mapping[str, int]) -> list[str]:
        """The sources of which not just so many chunks are there, whole."""
        ...

    def status(self) -> StoreStatus:
        """Count, measure and check."""
        ...

    def vacuum(self) -> None:
        """Clear what changed rows left behind and renew the planner's statistics."""
        ...
