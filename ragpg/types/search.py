"""What is searched for, and what is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ragpg.types.places import NO_PLACES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.filters import Expression
    from ragpg.types.documents import Chunk
    from ragpg.types.embeddings import Vector
    from ragpg.types.places import Locator, PlaceMap


class Mode(StrEnum):
    """Which retrievers are used: the dense one, the keyword one, or both."""

    HYBRID = "hybrid"
    DENSE = "dense"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A query as the store needs it.

    The dense retriever is skipped without `vector`, the keyword retriever without `text`. `sources`
    are globs; a candidate's source must match one of them, if there are any. The filter must hold
    for its document and its headings. Each retriever returns at most `limit` candidates.
    """

    text: str | None
    vector: Vector | None
    limit: int
    ef_search: int = 100
    sources: tuple[str, ...] = ()
    filter: Expression | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that a retriever found.

    `cosine` is None where the request had no vector. `bm25` is None where it had no text, and 0
    where no term matches. Both are there whichever retriever found the chunk; `in_dense_results`
    and `in_keyword_results` say which did. `matched_terms` are the query's terms in the chunk,
    `neighbour_cosine` is the mean cosine of the chunks before and after it, and `word_codes` are
    those of its `Embedding`. `commit` is that of the document.
    """

    source: str
    title: str
    chunk: Chunk
    in_dense_results: bool = False
    in_keyword_results: bool = False
    cosine: float | None = None
    bm25: float | None = None
    neighbour_cosine: float | None = None
    matched_terms: frozenset[str] = frozenset()
    word_codes: bytes = b""
    commit: str | None = None

    @property
    def position(self) -> tuple[str, int]:
        """Source and ordinal: identifies the chunk, and breaks ties."""
        return self.source, self.chunk.ordinal


class Scan(StrEnum):
    """How vectors are compared: EXACT all, INDEX by HNSW, BITS by HNSW over their sign bits."""

    EXACT = "exact"
    INDEX = "index"
    BITS = "bits"


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """How the store searched.

    `matching_chunks` is the number of chunks that passed globs and filter, None where these are too
    many to be counted. `scan` is None where no vectors were compared.
    """

    total_chunks: int = 0
    matching_chunks: int | None = 0
    scan: Scan | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates for a query, in no particular order.

    `idf` maps each term of the query to its inverse document frequency in the table; a term that
    the table lacks has the highest. `searched_chunks` is the number of chunks that were searched.
    """

    items: tuple[Candidate, ...]
    idf: Mapping[str, float] = field(default_factory=dict)
    searched_chunks: int = 0
    plan: SearchPlan = field(default_factory=SearchPlan)


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage: `text` is the file's own text from `start` to `end`, verbatim.

    `table_head` is the head of the table that the passage begins in the middle of, as Markdown,
    `converted` says that the document was made from another format: its lines are none of the
    file's, and `places` are those of its lines. `commit` is the one of git that the document was
    read from, if it was.
    """

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
    table_head: str = ""
    commit: str | None = None
    converted: bool = False
    places: PlaceMap = NO_PLACES

    @property
    def place(self) -> Locator | None:
        """The page, slide or cells where the passage begins, if its document was converted."""
        return self.places.find(self.start_line, self.end_line)
