"""Tables of other programs into the store: as files, or row by row with their vectors."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from ragpg.adoption.stitch import PARAGRAPH, sort_pieces
from ragpg.errors import ConfigurationError, ModelMismatchError
from ragpg.markdown import find_line_starts
from ragpg.pipeline.write import Chunker
from ragpg.types import (
    Chunk,
    Embedding,
    Phase,
    Progress,
    Receipt,
    Unit,
    Work,
    expect_text,
    ignore,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from ragpg.adoption.assemble import Assembly, KeptDocument, KeptRow
    from ragpg.pipeline.ingest import Event
    from ragpg.protocols import Embedder
    from ragpg.types import (
        Document,
        EmbeddingModel,
        File,
        ForeignRow,
        QueryEmbedding,
        Report,
        UnreadableFile,
        Vectors,
    )

SAMPLE_ROWS = 8
MIN_COSINE = 0.99
"""Between a stored vector and the configured model's of the same text."""
PROGRESS_ROWS = 1_000
ROW_FINGERPRINT = sha256(b"rows of another table, as they were").digest()
"""The chunking fingerprint of documents whose chunks are the rows of a foreign table."""


def collect(rows: Iterable[ForeignRow], assembly: Assembly) -> Iterator[Progress]:
    """Read all rows of a foreign table, and tell now and then how many."""
    for row in rows:
        assembly.add(row)
        if assembly.rows % PROGRESS_ROWS == 0:
            yield Progress(Phase.READING, Unit.CHUNKS, assembly.rows)


def make_files(
    assembly: Assembly, chunker: Chunker, *, limit: int
) -> tuple[Iterator[File | UnreadableFile], Work]:
    """Return the documents of a foreign table as files, and how much they are.

    `limit` is the most bytes of one. Texts that were cut apart are put together again, unless the
    chunker keeps rows as they are.
    """
    keeps_rows = isinstance(chunker, RowChunker)
    join = partial(join_rows, assembly) if keeps_rows else assembly.stitch
    size = sum(expect_text(name, each.size) for name, each in assembly.documents.items())
    work = Work(len(assembly.documents), size)
    return assembly.make_files(join, max_bytes=limit), work


def recount(
    events: Iterable[Event], assembly: Assembly, *, dimension: int
) -> Generator[Event, None, None]:
    """Pass the events of an ingest on, and count rows whose vectors were kept as reused."""
    for event in events:
        kept = assembly.documents.get(event.source) if isinstance(event, Receipt) else None
        if isinstance(event, Receipt) and kept and event.embedded:
            lacking = sum(row.dimension != dimension for row in kept.rows)
            embedded = min(lacking, event.embedded)
            yield replace(event, embedded=embedded, reused=event.chunks - embedded)
        else:
            yield event


def check_sample(rows: Sequence[ForeignRow], embedder: Embedder, *, table: str) -> None:
    """Raise ModelMismatchError unless the model makes the vectors that a table has.

    `rows` are a sample of it.
    """
    import numpy as np

    if not rows:
        raise ConfigurationError(f"{table!r} has no row with a text and a vector")
    vectors = [row.vector for row in rows if row.vector is not None]
    made = embedder.embed_passages([row.text for row in rows])
    name = embedder.model.name
    dimensions = {len(vector) for vector in vectors}
    if dimensions != {made.shape[1]}:
        found = ", ".join(map(str, sorted(dimensions)))
        raise mismatch(
            table, f"have {found} dimensions, and those of {name!r} have {made.shape[1]}"
        )
    stored = np.array(vectors)
    lengths = np.maximum(np.linalg.norm(stored, axis=1), 1e-9)
    worst = float(((stored * made).sum(axis=1) / lengths).min())
    if not worst >= MIN_COSINE:
        raise mismatch(
            table,
            f"are not those that {name!r} makes of the same texts: their cosine is as low as "
            f"{worst:.2f}",
        )


def mismatch(table: str, reason: str) -> ModelMismatchError:
    """Return the error for a table of another model."""
    return ModelMismatchError(
        f"the vectors of {table!r} {reason}",
        hint="configure the model that made them in [embedding], or leave the option out: "
        "`ragpg adopt` then embeds the texts itself",
    )


def join_rows(assembly: Assembly, document: KeptDocument) -> str:
    """Return the texts of a document's rows, one after the other, whole."""
    return PARAGRAPH.join(piece.text for piece in sort_pieces(assembly.read_pieces(document)))


@dataclass(frozen=True, slots=True)
class RowChunker(Chunker):
    """Makes a chunk of each row of the documents of an assembly, and chunks any other as usual.

    `rows` has the rows by the digest of the chunk that was made of them.
    """

    assembly: Assembly
    rows: dict[bytes, KeptRow] = field(default_factory=dict)

    @property
    def fingerprint(self) -> bytes:
        """That of chunks which are rows."""
        return ROW_FINGERPRINT

    def chunk(self, document: Document) -> list[Chunk]:
        """Divide a document at the ends of its rows."""
        kept = self.assembly.documents.get(document.source)
        body = join_rows(self.assembly, kept) if kept else ""
        if kept is None or not document.text.endswith(body):
            return Chunker.chunk(self, document)
        return list(self._cut(document, kept, len(document.text) - len(body)))

    def _cut(self, document: Document, kept: KeptDocument, start: int) -> Iterator[Chunk]:
        pieces = self.assembly.read_pieces(kept)
        by_piece = dict(zip(map(id, pieces), kept.rows, strict=True))
        ordered = sort_pieces(pieces)
        lines = find_line_starts(document.text)
        for ordinal, piece in enumerate(ordered):
            is_last = ordinal == len(ordered) - 1
            end = start + len(piece.text) + (0 if is_last else len(PARAGRAPH))
            text = document.text[start:end]
            first = start + len(text) - len(text.lstrip())
            last = start + len(text.rstrip()) - 1
            place = (bisect_right(lines, first), bisect_right(lines, last))
            chunk = Chunk(ordinal, (), text, start, end, *place, content=piece.text)
            self.rows[chunk.digest] = by_piece[id(piece)]
            yield chunk
            start = end


@dataclass(frozen=True, slots=True)
class KeptEmbedder:
    """An `Embedder` that takes the vectors of rows, and has only what lacks one embedded."""

    embedder: Embedder
    chunker: RowChunker

    @property
    def model(self) -> EmbeddingModel:
        """The model that the vectors come from."""
        return self.embedder.model

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; shape (len(texts), dimension)."""
        return self.embedder.embed_passages(texts)

    def embed_query(self, text: str) -> QueryEmbedding:
        """Embed a query."""
        return self.embedder.embed_query(text)

    def embed_chunks(self, chunks: Sequence[Chunk], *, report: Report = ignore) -> list[Embedding]:
        """Return the vectors of rows, and embed all other chunks."""
        kept = {chunk.digest: self._find(chunk.digest) for chunk in chunks}
        missing = [chunk for chunk in chunks if kept[chunk.digest] is None]
        made = iter(self.embedder.embed_chunks(missing, report=report) if missing else ())
        report(len(chunks) - len(missing))
        return [kept[chunk.digest] or next(made) for chunk in chunks]

    def _find(self, digest: bytes) -> Embedding | None:
        row = self.chunker.rows.get(digest)
        if row is None or row.dimension != self.model.dimension:
            return None
        return Embedding(self.chunker.assembly.read_vector(row))
