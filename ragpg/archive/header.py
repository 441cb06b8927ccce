"""The header of an export: JSON in a skippable frame, which every zstandard program passes over.

It stands before the compressed content and says how much that is, so that a reader can refuse it
before anything is unpacked.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO

from ragpg.archive.record import COLUMNS
from ragpg.errors import ArchiveError
from ragpg.types import EmbeddingModel, TableContents

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMAT = 1
"""The version of the file's format: one more where an older reader would read it wrongly."""
MAGIC = 0x184D2A57
"""Of a skippable frame: zstandard leaves the last four bits to choose."""
FRAME = struct.Struct("<II")
MAX_HEADER = 65_536
"""Bytes."""
PADDING = 512
"""The header's size is a multiple of this, whatever figures it gets in the end."""
LARGEST = 2**63 - 1
MAX_DIMENSION = 16_000
"""More than pgvector takes in any type."""
MAX_RATIO = 100
"""The bytes that a compressed byte may stand for: vectors do not compress, text to a quarter."""
ALWAYS_ALLOWED = 2**30
"""Bytes of content that are no danger however well they are compressed: they are not kept."""

NO_EXPORT = "is no file that `ragpg export` wrote"


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of its content.

    `columns` are the names of the values that each record has, in their order. `size` is the number
    of bytes of the content, `compressed` that of the frame that it is in, `digest` the SHA-256 of
    the content.
    """

    contents: TableContents
    columns: Sequence[str] = COLUMNS
    size: int = LARGEST
    compressed: int = LARGEST
    digest: bytes = bytes(32)

    def encode(self) -> bytes:
        """Return the skippable frame; its size does not depend on `size` and `compressed`."""
        payload = _to_json(self)
        longest = _to_json(replace(self, size=LARGEST, compressed=LARGEST))
        width = -(-len(longest) // PADDING) * PADDING
        return FRAME.pack(MAGIC, width) + payload.ljust(width)


def _to_json(header: Header) -> bytes:
    """Return the header as JSON."""
    contents = header.contents
    model = {
        "name": contents.model.name,
        "dimension": contents.model.dimension,
        "fingerprint": contents.model.fingerprint.hex(),
    }
    shape = {
        "format": FORMAT,
        "layout": contents.layout,
        "model": model,
        "language": contents.language,
        "average_length": contents.average_length,
        "documents": contents.documents,
        "chunks": contents.chunks,
        "columns": list(header.columns),
        "size": header.size,
        "compressed": header.compressed,
        "sha256": header.digest.hex(),
    }
    return json.dumps({"ragpg": shape}).encode()


def read_header(file: BinaryIO, *, name: str) -> Header:
    """Read the header at the beginning of a file; raises ArchiveError."""
    start = file.read(FRAME.size)
    if len(start) < FRAME.size:
        raise ArchiveError(f"{name} {NO_EXPORT}")
    magic, width = FRAME.unpack(start)
    if magic != MAGIC or width > MAX_HEADER:
        raise ArchiveError(f"{name} {NO_EXPORT}")
    payload = file.read(width)
    try:
        shape = json.loads(payload.decode())["ragpg"]
        version = shape["format"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ArchiveError(f"{name} {NO_EXPORT}") from error
    if version != FORMAT:
        raise ArchiveError(
            f"{name} has the format {version!r}, and this ragpg reads {FORMAT}",
            hint="export it again with this ragpg, or upgrade",
        )
    try:
        header = _parse(shape)
    except (ValueError, LookupError, TypeError) as error:
        raise ArchiveError(f"{name} is damaged: its header makes no sense") from error
    _refuse_bomb(header, name=name)
    return header


def _parse(shape: dict[str, Any]) -> Header:
    model = shape["model"]
    columns = shape["columns"]
    digest, fingerprint = bytes.fromhex(shape["sha256"]), bytes.fromhex(model["fingerprint"])
    average_length = shape["average_length"]
    is_known = set(COLUMNS) <= set(columns) and len(set(columns)) == len(columns) <= 100
    if not is_known or not all(isinstance(name, str) for name in columns):
        raise ValueError
    if len(digest) != 32 or not 1 <= len(fingerprint) <= 64:
        raise ValueError
    if not isinstance(average_length, int | float) or not math.isfinite(average_length):
        raise ValueError
    contents = TableContents(
        layout=_integer(shape["layout"], 1, 10_000),
        model=EmbeddingModel(
            _text(model["name"]), _integer(model["dimension"], 1, MAX_DIMENSION), fingerprint
        ),
        language=_text(shape["language"]),
        average_length=float(average_length),
        documents=_integer(shape["documents"]),
        chunks=_integer(shape["chunks"]),
    )
    size, compressed = _integer(shape["size"]), _integer(shape["compressed"])
    return Header(contents, tuple(columns), size, compressed, digest)


def _integer(value: object, low: int = 0, high: int = LARGEST) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 1 <= len(value) <= 1000:
        raise ValueError
    return value


def _refuse_bomb(header: Header, *, name: str) -> None:
    if header.size > max(ALWAYS_ALLOWED, MAX_RATIO * header.compressed):
        raise ArchiveError(
            f"{name} says that its {header.compressed:,} bytes are {header.size:,} when they are "
            f"unpacked: more than {MAX_RATIO} times as many",
            hint="it is no export of documents; nothing was unpacked",
        )
