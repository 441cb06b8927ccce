"""Reads exports, which anybody may have written, or changed."""

from __future__ import annotations

import os
import stat
from collections import deque
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

from ragpg.archive.header import read_header
from ragpg.archive.record import InvalidRecordError, decode
from ragpg.archive.writer import SIZES
from ragpg.archive.zstd import ZstdError, make_decompressor
from ragpg.errors import ArchiveError
from ragpg.text.scripts import normalize

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from ragpg.types import IndexedDocument

PIECE = 1 << 20
"""Bytes that are read, or unpacked, at a time."""
RECORD_EXPANSION = 32
"""The most bytes of a record for a byte that a text may have: 400 are a chunk, and a vector of
4,000 dimensions takes 8,000."""
RECORD_ALLOWANCE = 64 << 20
"""Bytes of a record that are always allowed."""


class ArchiveReader:
    """An export, of which only the header has been read.

    `max_text` is the most bytes of a document's text. `name` is the file's for messages. Raises
    ArchiveError where the file is no export, or not as long as it says.
    """

    def __init__(self, file: BinaryIO, *, name: str, max_text: int) -> None:
        self._file = file
        self._name = name
        self._max_text = max_text
        self.header = read_header(file, name=name)
        self._start = file.tell()
        self._check_length()

    def check(self) -> None:
        """Unpack everything once, and keep nothing; raises ArchiveError if it is damaged."""
        deque(self._unpack(), maxlen=0)

    def read_documents(self) -> Iterator[IndexedDocument]:
        """Yield the documents; raises ArchiveError if one of them cannot be."""
        contents, columns = self.header.contents, self.header.columns
        records = _Buffer(self._unpack())
        documents = chunks = 0
        last, names = "", set()
        while size := records.take(SIZES.size):
            head, body = self._take_record(records, size)
            try:
                item = decode(head, body, names=columns, dimension=contents.model.dimension)
            except (InvalidRecordError, RecursionError) as error:
                reason = f"document {documents + 1}: {error}"
                raise self._damaged(reason.partition("\n")[0]) from error
            self._check_size(item)
            source = item.document.source
            if source <= last or normalize(source) in names:
                raise self._damaged(f"document {documents + 1} is there twice, or out of order")
            last = source
            names.add(normalize(source))
            documents += 1
            chunks += len(item.chunks)
            yield item
        if (documents, chunks) != (contents.documents, contents.chunks):
            raise self._damaged("it has more or fewer documents than it says")

    def _unpack(self) -> Generator[bytes, None, None]:
        """Yield the content piece by piece, and then raise ArchiveError if it is another one."""
        self._file.seek(self._start)
        decompressor, digest = make_decompressor(), sha256()
        left = self.header.size
        while not decompressor.eof:
            packed = self._file.read(PIECE) if decompressor.needs_input else b""
            if decompressor.needs_input and not packed:
                raise self._damaged("it ends too early")
            try:
                piece = decompressor.decompress(packed, max_length=PIECE)
            except ZstdError as error:
                raise self._damaged("it cannot be unpacked") from error
            left -= len(piece)
            if left < 0:
                raise self._damaged("it unpacks to more than it says")
            digest.update(piece)
            yield piece
        if decompressor.unused_data or self._file.read(1):
            raise self._damaged("something follows its end")
        if left or digest.digest() != self.header.digest:
            raise self._damaged("its content is not the one that its header is of")

    def _take_record(self, records: _Buffer, sizes: bytes) -> tuple[bytes, bytes]:
        """Return the JSON and the columns of the next record."""
        if len(sizes) < SIZES.size:
            raise self._damaged("a document is cut")
        head, body = SIZES.unpack(sizes)
        if head + body > RECORD_ALLOWANCE + RECORD_EXPANSION * self._max_text:
            raise ArchiveError(
                f"{self._name} has a document of {head + body:,} bytes, which is too large",
                hint="raise maxFileBytes in [ingest]",
            )
        taken = records.take(head), records.take(body)
        if (len(taken[0]), len(taken[1])) != (head, body):
            raise self._damaged("a document is cut")
        return taken

    def _check_length(self) -> None:
        """Refuse a file that is longer or shorter than its header says."""
        try:
            status = os.fstat(self._file.fileno())
        except OSError:
            return
        expected = self._start + self.header.compressed
        if stat.S_ISREG(status.st_mode) and status.st_size != expected:
            raise self._damaged(
                f"it has {status.st_size:,} bytes, and {expected:,} when it is whole"
            )

    def _check_size(self, item: IndexedDocument) -> None:
        document = item.document
        if document.size > self._max_text:
            raise ArchiveError(
                f"{self._name} has {document.source!r} with {document.size:,} bytes, and "
                f"maxFileBytes is {self._max_text:,}",
                hint="raise maxFileBytes in [ingest]",
            )

    def _damaged(self, reason: str) -> ArchiveError:
        hint = "copy or export it again; nothing was imported"
        return ArchiveError(f"{self._name} is damaged: {reason}", hint=hint)


class _Buffer:
    """Bytes that come in pieces, taken in other pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._buffer = bytearray()

    def take(self, count: int) -> bytes:
        """Return the next bytes: fewer where there are no more."""
        while len(self._buffer) < count and (piece := next(self._pieces, None)) is not None:
            self._buffer += piece
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken
