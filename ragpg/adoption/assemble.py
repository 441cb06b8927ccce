"""Rows of a foreign table to files, as if each document had been kept as one."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ragpg.adoption.stitch import (
    NODE,
    NUMBER_KEYS,
    OFFSET_KEYS,
    PAGE_KEYS,
    Piece,
    Position,
    find_position,
    parse_node,
    stitch,
)
from ragpg.documents.front_matter import parse_front_matter
from ragpg.text import utf8
from ragpg.types import File, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ragpg.types import ColumnMapping, ForeignRow, ForeignTable, Vector

MAX_SOURCE_LENGTH = 1_000
"""Characters."""
TECHNICAL_KEYS = frozenset(
    {*OFFSET_KEYS, *PAGE_KEYS, *NUMBER_KEYS, NODE, "_node_type", "_split_overlap", "loc"}
)
"""What metadata say of a chunk, and not of its document."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row: where in the assembly's file its text begins, how many bytes it has, and its place.

    If the row has a vector, that stands behind the text, in half precision.
    """

    start: int
    size: int
    position: Position
    dimension: int = 0


@dataclass(slots=True)
class KeptDocument:
    """The rows of a document, and the metadata that all of them share."""

    rows: list[KeptRow] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    size: int = 0


class Assembly:
    """Rows by their documents; the texts are in a temporary file, so that any table fits.

    `root` is the project's directory: a path below it is a source relative to it.
    """

    def __init__(
        self,
        table: ForeignTable,
        mapping: ColumnMapping,
        *,
        root: Path | None,
        file: BinaryIO,
    ) -> None:
        self._table = table
        self._mapping = mapping
        self._root = root
        self._file = file
        self._end = 0
        self.documents: dict[str, KeptDocument] = {}
        self.rows = 0
        self.skipped = 0

    def add(self, row: ForeignRow) -> None:
        """Keep a row; one without text is left out."""
        if not row.text.strip():
            self.skipped += 1
            return
        content = utf8.sanitise(row.text).encode()
        source = name_source(row, self._mapping, root=self._root) or f"{self._table.name}/{row.id}"
        document = self.documents.setdefault(source, KeptDocument())
        vector = b"" if row.vector is None else row.vector.astype("<f2").tobytes()
        position = find_position(row.metadata)
        document.rows.append(KeptRow(self._end, len(content), position, len(vector) // 2))
        document.size += len(content)
        document.metadata = share(document.metadata, row.metadata)
        self._end += self._file.write(content + vector)
        self.rows += 1

    def read_pieces(self, document: KeptDocument) -> list[Piece]:
        """Return the texts of a document's rows, in the order in which they were added."""
        return [Piece(self.read_text(row), row.position) for row in document.rows]

    def read_text(self, row: KeptRow) -> str:
        """Return the text of a row."""
        self._file.seek(row.start)
        return self._file.read(row.size).decode()

    def read_vector(self, row: KeptRow) -> Vector:
        """Return the vector of a row, made to be of unit length."""
        import numpy as np

        self._file.seek(row.start + row.size)
        vector = np.frombuffer(self._file.read(2 * row.dimension), "<f2").astype(np.float32)
        unit: Vector = vector / max(float(np.linalg.norm(vector)), 1e-9)
        return unit

    def make_files(
        self, join: Callable[[KeptDocument], str], *, max_bytes: int
    ) -> Iterator[File | UnreadableFile]:
        """Yield a file for each document, with its metadata as front matter before its text."""
        for source, document in self.documents.items():
            if document.size > max_bytes:
                reason = f"{document.size:,} bytes, more than maxFileBytes ({max_bytes:,})"
                yield UnreadableFile(source, None, reason)
                continue
            content = add_front_matter(join(document), document.metadata or {}).encode()
            yield File(source, None, content, sha256(content).digest())

    def stitch(self, document: KeptDocument) -> str:
        """Return the text that a document's rows were cut out of."""
        return stitch(self.read_pieces(document))


def name_source(row: ForeignRow, mapping: ColumnMapping, *, root: Path | None) -> str | None:
    """Return the name of the document that a row is of; None where nothing says it."""
    if mapping.source is not None:
        value = row.source
    else:
        places = (row.metadata, parse_node(row.metadata.get(NODE)))
        named = [place[key] for place in places for key in mapping.source_keys if place.get(key)]
        value = next((name for name in named if isinstance(name, str)), None)
    name = utf8.sanitise(value or "").strip()
    if not name or len(name) > MAX_SOURCE_LENGTH or not name.isprintable():
        return None
    if _SCHEME.match(name):
        return name
    path = Path(name)
    if root and path.is_absolute() and path.is_relative_to(root) and path != root:
        return path.relative_to(root).as_posix()
    return posixpath.normpath(name)


def share(known: dict[str, Any] | None, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what metadata have in common with those that are known."""
    if known is None:
        return {key: value for key, value in metadata.items() if key not in TECHNICAL_KEYS}
    return {key: value for key, value in known.items() if metadata.get(key) == value}


def add_front_matter(text: str, metadata: Mapping[str, Any]) -> str:
    """Put metadata before a text; what it has itself wins, and what cannot be written is left out.

    A stored text is read again when it is chunked anew, so that metadata have to be in it.
    """
    import yaml

    own = parse_front_matter(text)
    body = text[own.body_start :] if own.metadata else text
    merged = json.loads(json.dumps({**metadata, **own.metadata}, default=str))
    if not merged:
        return text
    written = yaml.safe_dump(merged, allow_unicode=True, sort_keys=True, width=1_000)
    whole = f"---\n{written}---\n{body}"
    parsed = parse_front_matter(whole)
    is_read = parsed.warning is None and whole[parsed.body_start :] == body
    return whole if is_read and parsed.metadata else text
