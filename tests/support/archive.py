"""Exports: whole ones, and such as somebody has changed."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from ragpg.archive import ArchiveReader, Header, write_archive
from ragpg.archive.record import COLUMNS, encode
from ragpg.archive.zstd import make_compressor
from ragpg.text.fenced_code import find_languages
from ragpg.types import IndexedDocument, TableContents, TermWeights
from tests.support.documents import FINGERPRINT, MODEL, chunks, document, vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TEXTS = {
    "a.md": ("# Apples\n\n", "Apples are red.\n\n", "Ein Äpfelchen fällt.\n"),
    "code.md": ("```python\n1 + 1\n", "2 + 2\n```\n"),
    "empty.md": (),
    "z/b.md": ("# Boats\n\nBoats float.\n",),
}
CODE = bytes(range(7))
LIMIT = 1_000_000
MODIFIED = datetime(2026, 11, 30, 9, 44, 21, 123456, UTC)


def indexed(source: str, *bodies: str, seed: int = 0) -> IndexedDocument:
    """Make a document with all that belongs to it."""
    count = len(bodies)
    made = document(source, *bodies, title=f"Title of {source}", metadata={"tags": ["ä", 1.5]})
    terms = TermWeights(np.array([3, 2**28], np.int32), np.array([0.5, 2.0], np.float32))
    none = TermWeights(np.array([], np.int32), np.array([], np.float32))
    drawn = vectors(count, seed=seed).astype(np.float16)
    return IndexedDocument(
        replace(made, origin=f"docs/{source}", from_directory=True, modified=MODIFIED),
        located(chunks(*bodies, heading=("Title", "Part")), made.text),
        FINGERPRINT,
        drawn,
        [CODE * (n % 3) for n in range(count)],
        [bytes([n]) * 16 for n in range(count)],
        [terms if n % 2 == 0 else none for n in range(count)],
    )


def located(parts: Sequence[Any], text: str) -> list[Any]:
    """Give chunks the lines that they are on."""

    def line(offset: int) -> int:
        return text.count("\n", 0, offset) + 1

    languages = find_languages(text, [part.start for part in parts])
    return [
        replace(
            part,
            context="",
            content="",
            languages=languages[part.ordinal],
            start_line=line(part.start + len(part.text) - len(part.text.lstrip())),
            end_line=line(part.start + len(part.text.rstrip()) - 1),
        )
        for part in parts
    ]


DOCUMENTS = [indexed(source, *bodies, seed=n) for n, (source, bodies) in enumerate(TEXTS.items())]


def contents_of(documents: Sequence[IndexedDocument]) -> TableContents:
    """What a table of documents says of itself."""
    total = sum(len(item.chunks) for item in documents)
    return TableContents(2, MODEL, "pg_catalog.english", 60.0, len(documents), total)


def written(documents: Sequence[IndexedDocument] = DOCUMENTS) -> bytes:
    """The file of documents."""
    file = io.BytesIO()
    assert list(write_archive(file, contents_of(documents), documents)) == list(documents)
    return file.getvalue()


def read(content: bytes, *, limit: int = LIMIT) -> list[IndexedDocument]:
    """The documents of a file, read as `ragpg import` does."""
    reader = ArchiveReader(io.BytesIO(content), name="'x'", max_text=limit)
    reader.check()
    return list(reader.read_documents())


def sealed(content: bytes, contents: TableContents, **header: Any) -> bytes:
    """A file of uncompressed content, whose checksums are right, whatever is in it."""
    compressor = make_compressor()
    packed = compressor.compress(content) + compressor.flush()
    sizes = {"size": len(content), "compressed": len(packed), "digest": sha256(content).digest()}
    return Header(contents, **{**sizes, **header}).encode() + packed


def forged(
    item: IndexedDocument,
    *,
    altered: Mapping[str, Callable[[bytes], bytes]] | None = None,
    **changes: object,
) -> bytes:
    """A file with one document, of which keys and columns were changed."""
    head, body = encode(item)
    shape = json.loads(head)
    parts: dict[str, bytes] = {}
    for name, size in zip(COLUMNS, shape["columns"], strict=True):
        parts[name], body = body[:size], body[size:]
    for name, change in (altered or {}).items():
        parts[name] = change(parts[name])
    shape = {**shape, "columns": [len(part) for part in parts.values()], **changes}
    head, body = json.dumps(shape).encode(), b"".join(parts.values())
    record = struct.pack("<II", len(head), len(body)) + head + body
    return sealed(record, contents_of([item]))


def assert_equal(one: IndexedDocument, other: IndexedDocument) -> None:
    """Two documents are the same, with all that belongs to them."""
    for name in ("document", "chunks", "chunking_fingerprint", "word_codes", "digests"):
        assert getattr(one, name) == getattr(other, name)
    assert one.vectors.tobytes() == other.vectors.tobytes()
    assert len(one.terms) == len(other.terms)
    for mine, theirs in zip(one.terms, other.terms, strict=True):
        assert mine.dimensions.tolist() == theirs.dimensions.tolist()
        assert mine.weights.tolist() == theirs.weights.tolist()
