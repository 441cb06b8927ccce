"""One document as bytes, and back: JSON for what is said once, packed columns for the rest.

Integers and numbers are little-endian, half-precision vectors as IEEE 754 has them.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from codecs import BOM_UTF8
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ragpg.markdown import find_line_starts
from ragpg.retrieval.late_interaction import CODE_SIZE
from ragpg.text.fenced_code import find_languages
from ragpg.types import PLACES_KEY, Chunk, Document, IndexedDocument, TermWeights

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

COLUMNS = (
    *("text", "bounds", "vectors", "digests", "word_sizes", "words"),
    *("term_counts", "terms", "weights"),
)
"""What a record has besides its JSON. `bounds` are the offsets at which chunks begin, and the end
of the last one."""

MAX_LINE_LENGTH = 16_384
"""Characters of a source, an origin or a title."""
MAX_TERM = 2**28
MAX_TERMS = 16_000
MAX_WEIGHT = 2.3
"""BM25 with k1 = 1.2 gives less than 2.2."""
MAX_DEPTH = 100
"""Of metadata; front matter is half as deep at most."""
DIGEST_SIZE = 16
NORM_TOLERANCE = 0.02
"""How far half precision and a careless model take a vector from unit length."""


class InvalidRecordError(ValueError):
    """What a record says cannot be; the message says what."""


def encode(item: IndexedDocument) -> tuple[bytes, bytes]:
    """Return the JSON of a document and its columns; the same for the same document."""
    document, chunks = item.document, item.chunks
    bounds = [chunk.start for chunk in chunks] + [chunk.end for chunk in chunks[-1:]]
    columns = (
        document.text.encode(),
        np.array(bounds, "<u4").tobytes(),
        item.vectors.astype("<f2").tobytes(),
        b"".join(item.digests),
        np.array([len(codes) for codes in item.word_codes], "<u4").tobytes(),
        b"".join(item.word_codes),
        np.array([len(terms.dimensions) for terms in item.terms], "<u4").tobytes(),
        b"".join(terms.dimensions.astype("<i4").tobytes() for terms in item.terms),
        b"".join(terms.weights.astype("<f4").tobytes() for terms in item.terms),
    )
    shape = {
        "source": document.source,
        "origin": document.origin,
        "from_directory": document.from_directory,
        "digest": document.digest.hex(),
        "chunking": item.chunking_fingerprint.hex(),
        "size": document.size,
        "modified": write_time(document.modified),
        "title": document.title,
        "metadata": document.metadata,
        "body_start": document.body_start,
        "headings": [chunk.heading for chunk in chunks],
        "columns": [len(column) for column in columns],
    }
    dumped = json.dumps(shape, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return dumped.encode(), b"".join(columns)


def write_time(time: datetime | None) -> str | None:
    """Write a time in UTC."""
    return time.astimezone(UTC).isoformat() if time else None


def decode(head: bytes, body: bytes, *, names: Sequence[str], dimension: int) -> IndexedDocument:
    """Return a document whose parts fit each other; raises InvalidRecordError.

    `names` are the columns in their order; those that are not known here are passed over.
    """
    shape = _parse(head)
    columns = _split_columns(shape.get("columns"), body, names=names)
    document = _read_document(shape, columns["text"])
    chunks = list(_read_chunks(document.text, columns["bounds"], shape.get("headings")))
    count = len(chunks)
    return IndexedDocument(
        document,
        chunks,
        _bytes(shape.get("chunking"), "chunking", range(1, 65)),
        _read_vectors(columns["vectors"], count=count, dimension=dimension),
        _read_words(columns["word_sizes"], columns["words"], count=count),
        _read_digests(columns["digests"], count=count),
        _read_terms(columns, count=count),
    )


def _parse(head: bytes) -> dict[str, Any]:
    """Parse the JSON of a record."""
    try:
        shape = json.loads(head.decode())
    except (ValueError, RecursionError) as error:
        raise InvalidRecordError("a document's JSON cannot be read") from error
    if not isinstance(shape, dict):
        raise InvalidRecordError("a document's JSON cannot be read")
    return shape


def _split_columns(sizes: object, body: bytes, *, names: Sequence[str]) -> Mapping[str, bytes]:
    """Return the columns of a record by their names."""
    if not isinstance(sizes, list) or len(sizes) != len(names):
        raise InvalidRecordError("columns are missing")
    _require(all(type(size) is int and size >= 0 for size in sizes), "a column has no size")
    _require(sum(sizes) == len(body), "the columns are longer or shorter than they should be")
    ends = np.cumsum([0, *sizes]).tolist()
    return {name: body[start:end] for name, (start, end) in zip(names, pairwise(ends), strict=True)}


def _read_document(shape: Mapping[str, Any], content: bytes) -> Document:
    """Return the document without its chunks, if its text has the digest that it says.

    The digest of a document that was converted from another format is that of a file that the
    export does not have.
    """
    source, origin, title = shape.get("source"), shape.get("origin"), shape.get("title")
    _require(_is_line(source), "it has no source")
    _require(origin is None or _is_line(origin), "its origin is no path")
    _require(_is_line(title), "its title is no text")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise InvalidRecordError("its text is not UTF-8") from error
    _require("\0" not in text, "its text has a NUL")
    digest, size = _bytes(shape.get("digest"), "digest", range(32, 33)), shape.get("size")
    _require(type(size) is int and 0 <= size < 2**63, "its size is no number of bytes")
    metadata, body_start = shape.get("metadata"), shape.get("body_start")
    _require(isinstance(metadata, dict) and _is_storable(metadata), "its metadata are no metadata")
    files = (content, BOM_UTF8 + content)
    is_own = any((sha256(file).digest(), len(file)) == (digest, size) for file in files)
    is_converted = PLACES_KEY in (metadata or {})
    _require(is_own or is_converted, "its text is not the one that its digest is of")
    _require(type(body_start) is int and 0 <= body_start <= len(text), "its front matter is off")
    return Document(
        source=str(source),
        origin=origin,
        text=text,
        digest=digest,
        size=size or 0,
        title=str(title),
        metadata=metadata or {},
        body_start=body_start or 0,
        from_directory=shape.get("from_directory") is True,
        modified=_read_time(shape.get("modified")),
    )


def _read_time(value: object) -> datetime | None:
    """Return a time, if there is one."""
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(str(value))
        _require(time.tzinfo is not None, "a time has no zone")
        return time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidRecordError("a time cannot be read") from error


def _read_chunks(text: str, packed: bytes, headings: object) -> Iterator[Chunk]:
    """Cut a text into the chunks that partition it: no chunk can say what the text does not."""
    bounds = _unpack(packed, "<u4").tolist()
    if not isinstance(headings, list) or len(headings) != max(len(bounds) - 1, 0):
        raise InvalidRecordError("not every chunk has its headings")
    _require(len(bounds) != 1, "its chunks do not end")
    if not bounds:
        return
    _require(all(a < b for a, b in pairwise(bounds)), "its chunks overlap")
    _require(bounds[-1] == len(text), "its chunks do not end with its text")
    lines = find_line_starts(text)
    starts = [start - bounds[0] for start in bounds[:-1]]
    languages = find_languages(text[bounds[0] :], starts)
    for ordinal, ((start, end), heading) in enumerate(zip(pairwise(bounds), headings, strict=True)):
        body = text[start:end]
        first = start + len(body) - len(body.lstrip())
        last = start + len(body.rstrip()) - 1
        _require(first <= last, "it has a chunk without text")
        is_heading = isinstance(heading, list) and all(isinstance(part, str) for part in heading)
        _require(is_heading and _is_storable(heading), "a heading is not text")
        first_line, last_line = bisect_right(lines, first), bisect_right(lines, last)
        yield Chunk(
            ordinal,
            tuple(heading),
            body,
            start,
            end,
            first_line,
            last_line,
            languages=languages[ordinal],
        )


def _read_vectors(packed: bytes, *, count: int, dimension: int) -> npt.NDArray[np.float16]:
    """Return the vectors, each of unit length."""
    vectors = _unpack(packed, "<f2")
    _require(vectors.size == count * dimension, "not every chunk has its vector")
    vectors = vectors.reshape(count, dimension)
    _require(bool(np.isfinite(vectors).all()), "a vector is not finite")
    norms = np.linalg.norm(vectors.astype(np.float32), axis=1)
    is_unit = (norms == 0) | (abs(norms - 1) <= NORM_TOLERANCE)
    _require(bool(is_unit.all()), "a vector is not of unit length")
    return vectors.astype(np.float16, copy=False)


def _read_digests(packed: bytes, *, count: int) -> list[bytes]:
    """Return the digest of each chunk's embedded text."""
    _require(len(packed) == count * DIGEST_SIZE, "not every chunk has its digest")
    return [packed[i : i + DIGEST_SIZE] for i in range(0, len(packed), DIGEST_SIZE)]


def _read_words(sizes: bytes, packed: bytes, *, count: int) -> list[bytes]:
    """Return the codes of each chunk's words."""
    ends = np.cumsum(_unpack(sizes, "<u4"), dtype=np.int64)
    _require(len(ends) == count, "not every chunk has the codes of its words")
    _require((ends[-1] if count else 0) == len(packed), "codes of words are missing")
    _require(not (ends % CODE_SIZE).any(), "the code of a word is cut")
    return [packed[start:end] for start, end in pairwise([0, *ends.tolist()])]


def _read_terms(columns: Mapping[str, bytes], *, count: int) -> list[TermWeights]:
    """Return the terms of each chunk, ascending, with their weights."""
    counts = _unpack(columns["term_counts"], "<u4").astype(np.int64)
    terms, weights = _unpack(columns["terms"], "<i4"), _unpack(columns["weights"], "<f4")
    ends = np.cumsum(counts)
    _require(len(counts) == count, "not every chunk has its terms")
    total = int(ends[-1]) if count else 0
    _require(len(terms) == len(weights) == total, "terms are missing")
    _require(not (counts > MAX_TERMS).any(), "a chunk has too many terms")
    _require(not ((terms < 1) | (terms > MAX_TERM)).any(), "a term is out of range")
    is_weight = np.isfinite(weights) & (weights > 0) & (weights < MAX_WEIGHT)
    _require(bool(is_weight.all()), "a term's weight is out of range")
    ascends = np.diff(terms) > 0
    ascends[ends[(ends > 0) & (ends < total)] - 1] = True
    _require(bool(ascends.all()), "the terms of a chunk are out of order")
    return [
        TermWeights(terms[start:end], weights[start:end])
        for start, end in pairwise([0, *ends.tolist()])
    ]


def _unpack(packed: bytes, kind: str) -> npt.NDArray[Any]:
    """Return the numbers of a column."""
    _require(len(packed) % np.dtype(kind).itemsize == 0, "a column is cut")
    return np.frombuffer(packed, kind)


def _bytes(value: object, name: str, sizes: range) -> bytes:
    """Return bytes that are written as hexadecimal digits."""
    try:
        parsed = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        parsed = b""
    _require(len(parsed) in sizes, f"its {name} is no digest")
    return parsed


def _is_line(value: object) -> bool:
    """Return whether a value is text that a name or a title can be."""
    return isinstance(value, str) and 0 < len(value) <= MAX_LINE_LENGTH and _is_storable(value)


def _is_storable(value: object, depth: int = 0) -> bool:
    """Return whether PostgreSQL can store a JSON value: no NUL, no half characters, no NaN."""
    if depth > MAX_DEPTH:
        return False
    match value:
        case str():
            return (value.isascii() and "\0" not in value) or _is_unicode(value)
        case float():
            return bool(np.isfinite(value))
        case list() | tuple():
            return all(_is_storable(part, depth + 1) for part in value)
        case dict():
            return all(_is_storable(part, depth + 1) for pair in value.items() for part in pair)
    return value is None or isinstance(value, int)


def _is_unicode(value: str) -> bool:
    """Return whether text can be written as UTF-8, and has no NUL."""
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _require(condition: bool, message: str) -> None:  # noqa: FBT001 - reads as an assertion
    """Raise InvalidRecordError unless a condition holds."""
    if not condition:
        raise InvalidRecordError(message)
