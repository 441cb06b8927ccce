"""The values that the parts exchange."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import numpy as np
    import numpy.typing as npt

    from ragpg.filters import Expression

    Vector: TypeAlias = npt.NDArray[np.float32]
    """One embedding, shape (dimension,), of unit length."""
    Vectors: TypeAlias = npt.NDArray[np.float32]
    """Embeddings, shape (count, dimension), each row of unit length."""


# --- documents ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of one document as they were read.

    `source` names the document in the table, `origin` is the absolute path it came from (None for
    standard input). `walked` says that it was found below a directory, not named by itself: only
    such documents are ever pruned.
    """

    source: str
    origin: str | None
    content: bytes
    digest: bytes
    walked: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that was found or named but could not be read, and why."""

    source: str
    origin: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """A decoded document.

    `text` is the whole file without its BOM, newlines as in the file; `body_start` is the offset
    (in code points) at which the searchable text begins, behind the front matter, which is
    `metadata`. `digest` is the SHA-256 of the file's bytes, `size` their number.
    """

    source: str
    origin: str | None
    text: str
    digest: bytes
    size: int
    title: str
    metadata: Mapping[str, Any]
    body_start: int
    walked: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """A contiguous part of a document, `document.text[start:end] == text`.

    A document's chunks partition its text from the first chunk's `start` to the end. `heading` is
    the path of headings that the chunk stands under. `content` is the chunk as it is searched:
    without markup, a table's head repeated where the chunk continues a table, `context` what it is
    introduced with; a chunk that comes out of the store lacks both. Offsets are code points, `end`
    exclusive; lines count from 1, `end_line` inclusive.
    """

    ordinal: int
    heading: tuple[str, ...]
    text: str
    start: int
    end: int
    start_line: int
    end_line: int
    context: str = ""
    content: str = ""

    @property
    def passage(self) -> str:
        """The text that is embedded: where the chunk stands, then what it says."""
        return f"{self.context}\n{self.content}" if self.context else self.content

    @property
    def digest(self) -> bytes:
        """What tells this passage from others: 16 bytes of its SHA-256."""
        from hashlib import sha256

        return sha256(self.passage.encode()).digest()[:16]


@dataclass(frozen=True, slots=True)
class Embedding:
    """What a model makes of a chunk: a vector of its passage, and codes of its words.

    `words` is empty where the model gives no vectors of words; see `ragpg.embedding.words`.
    """

    vector: Vector
    words: bytes = b""


@dataclass(frozen=True, slots=True)
class Question:
    """What a model makes of a question: its vector, and those of its words, of unit length.

    `vectors` has the shape (words, n), None where the model gives no vectors of words.
    """

    vector: Vector
    words: tuple[str, ...] = ()
    vectors: Vectors | None = None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A row of the table of documents."""

    source: str
    origin: str | None
    digest: bytes
    recipe: bytes
    title: str
    chunks: int
    size: int
    ingested: datetime
    walked: bool


class Status(StrEnum):
    """What an ingest did, or would do, with a document."""

    ADDED = "added"
    CHANGED = "changed"
    RENAMED = "renamed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    MISSING = "missing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one document; `embedded` and `reused` count chunks."""

    source: str
    origin: str | None
    status: Status
    previous_source: str | None = None
    chunks: int = 0
    embedded: int = 0
    reused: int = 0
    error: str | None = None


# --- retrieval ------------------------------------------------------------------------------


class Mode(StrEnum):
    """How passages are found."""

    HYBRID = "hybrid"
    DENSE = "dense"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the store needs it; an arm without its part (`vector`, `text`) stays silent.

    `sources` are globs; a candidate's source must match one of them, if there are any. The filter
    must hold for its document and its headings.
    `limit` is the number of candidates that each arm returns at most.
    """

    text: str | None
    vector: Vector | None
    limit: int
    ef_search: int = 100
    sources: tuple[str, ...] = ()
    filter: Expression | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that an arm of the search found.

    `similarity` is the cosine to the question and `bm25` the BM25 score; either is None where that
    arm did not rank the chunk among its first. `cosine` and `overlap` are the same two scores
    whichever arm found the chunk: None only where the question came without a vector or a text,
    and an `overlap` of 0 where no term matches. `matched` holds the question's terms in the chunk,
    `around` is the mean cosine of the chunks before and behind it, `words` its `Embedding.words`.
    """

    source: str
    title: str
    chunk: Chunk
    similarity: float | None
    bm25: float | None
    matched: frozenset[str] = frozenset()
    cosine: float | None = None
    overlap: float | None = None
    around: float | None = None
    words: bytes = b""


class Scan(StrEnum):
    """How vectors are looked through: all of them, by the index, or by that of their signs."""

    EXACT = "exact"
    INDEX = "index"
    BITS = "bits"


@dataclass(frozen=True, slots=True)
class Plan:
    """How the store searched: how many chunks it has, and how many of them passed the conditions.

    `passed` is None where these are too many to be counted. `vectors` is what the database was
    asked to do, None where no vectors were compared; it may know something cheaper than an index.
    """

    chunks: int = 0
    passed: int | None = 0
    vectors: Scan | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the store found: candidates in no particular order, and the question's terms.

    `terms` maps each term of the question to its inverse document frequency in the table; a term
    that the table lacks has the highest. `searched` is the number of chunks that were looked
    through.
    """

    found: tuple[Candidate, ...]
    terms: Mapping[str, float] = field(default_factory=dict)
    searched: int = 0
    plan: Plan = field(default_factory=Plan)


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage: `text` is the file's own text from `start` to `end`, to the letter."""

    rank: int
    source: str
    title: str
    heading: tuple[str, ...]
    start: int
    end: int
    start_line: int
    end_line: int
    text: str
    score: float


# --- answers --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation: `hit.text[start:end]` is `quote`; `number` is the hit's rank."""

    hit: Hit
    number: int
    quote: str


class Verdict(StrEnum):
    """Whether the cited passages say what a claim says."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    UNCITED = "uncited"


class Opinion(NamedTuple):
    """How likely a passage entails a claim, and how likely it contradicts it, each 0…1."""

    entails: float
    contradicts: float


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer; `score` in 0…1 ranks claims by how well they are supported."""

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    score: float
    why: str | None = None
    supported_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LocatedClaim:
    """A claim of a text: its words are the text's from `start` to `end`.

    `quotes` are what its verdict speaks of.
    """

    claim: Claim
    start: int
    end: int
    quotes: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """The claims of a text in their order."""

    claims: tuple[LocatedClaim, ...]

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The quotations that the verdicts speak of, each once."""
        return tuple(dict.fromkeys(quote for each in self.claims for quote in each.quotes))

    @property
    def supported(self) -> int:
        """How many claims the documents say."""
        return sum(each.claim.verdict is Verdict.SUPPORTED for each in self.claims)

    @property
    def unsupported(self) -> int:
        """How many claims they don't say."""
        return len(self.claims) - self.supported


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds."""

    retrieve: float
    generate: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What `ask` found out; `text` is None where the documents don't say.

    `confidence` is what that was decided by, before a model had a say; see refusal.confidence.
    """

    question: str
    text: str | None
    model: str
    citations: tuple[Citation, ...]
    claims: tuple[Claim, ...]
    hits: tuple[Hit, ...]
    usage: Mapping[str, Any] | None
    timings: Timings
    confidence: float = 0.0

    @property
    def answered(self) -> bool:
        """Whether the documents say."""
        return self.text is not None


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a language model; `role` is "system" or "user"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """The end of a model's stream; `finish_reason` is "stop" or "length"."""

    finish_reason: str
    usage: Mapping[str, Any] | None = None


# --- the store ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Model:
    """The embedding model that a table's vectors come from; see Embedder."""

    name: str
    dimension: int
    fingerprint: bytes


class Level(StrEnum):
    """How bad what a check found is: only a fault makes results wrong."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Check:
    """What a look at the table's health found, and what to do about it."""

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
    model: Model
    language: str
    counts: Mapping[str, int]
    sizes: Mapping[str, int]
    checks: tuple[Check, ...]
