"""Paths to documents: files are discovered, read and decoded; front matter becomes metadata."""

from __future__ import annotations

from ragpg.documents.discover import (
    discover_files,
    find_files,
    measure_files,
    read_files,
    read_stdin,
)
from ragpg.documents.file_selection import FileSelection
from ragpg.documents.git import find_commit
from ragpg.documents.git_tree import find_in_tree
from ragpg.documents.parse import parse_again, parse_converted, parse_document
from ragpg.documents.walk import count_other_suffixes

__all__ = [
    "FileSelection",
    "count_other_suffixes",
    "discover_files",
    "find_commit",
    "find_files",
    "find_in_tree",
    "measure_files",
    "parse_again",
    "parse_converted",
    "parse_document",
    "read_files",
    "read_stdin",
]
