"""A table in one file: a header that says what is in it, then zstandard-compressed records."""

from __future__ import annotations

from ragpg.archive.header import Header
from ragpg.archive.reader import ArchiveReader
from ragpg.archive.writer import write_archive

__all__ = ["ArchiveReader", "Header", "write_archive"]
