"""Writes exports."""

from __future__ import annotations

import struct
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

from ragpg.archive.header import Header
from ragpg.archive.record import encode
from ragpg.archive.zstd import make_compressor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ragpg.types import IndexedDocument, TableContents

SIZES = struct.Struct("<II")
"""The bytes of a record's JSON and of its columns."""


def write_archive(
    file: BinaryIO, contents: TableContents, documents: Iterable[IndexedDocument]
) -> Iterator[IndexedDocument]:
    """Write documents to a file that can be sought in, and yield each one when it is written.

    The same contents and documents give the same bytes.
    """
    header, start = Header(contents), file.tell()
    file.write(header.encode())
    compressor, digest = make_compressor(), sha256()
    size = compressed = 0
    for document in documents:
        head, body = encode(document)
        record = SIZES.pack(len(head), len(body)) + head + body
        digest.update(record)
        size += len(record)
        compressed += file.write(compressor.compress(record))
        yield document
    compressed += file.write(compressor.flush())
    complete = replace(header, size=size, compressed=compressed, digest=digest.digest())
    file.seek(start)
    file.write(complete.encode())
    file.seek(0, 2)
