"""Paths to documents: files are discovered, read and decoded; front matter becomes metadata."""

from __future__ import annotations

from ragpg.documents.discover import discover_files, read_stdin
from ragpg.documents.file_selection import FileSelection
from ragpg.documents.parse import parse_document

__all__ = [
    "FileSelection",
    "discover_files",
    "parse_document",
    "read_stdin",
]
