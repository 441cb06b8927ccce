"""Files and directories as documents: found, read, decoded, their front matter told apart."""

from __future__ import annotations

from ragpg.documents.finding import find, read_stdin
from ragpg.documents.parsing import parse, restore
from ragpg.documents.selection import Selection
from ragpg.text.globs import match

__all__ = ["Selection", "find", "match", "parse", "read_stdin", "restore"]
