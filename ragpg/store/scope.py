"""Which documents a search is restricted to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ragpg.store.write import document_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.store.connection import Connection
    from ragpg.store.names import Table

MOST_EXACT = 20_000
"""Up to so many chunks, to compare them all is faster than an index whose finds are filtered."""

FEW = 4_000
"""Chunks of a whole table that are all compared in a millisecond or two."""

WILDCARDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}

MATCHING = """
SELECT doc_id, chunks
FROM {document} AS document
JOIN unnest(%(keys)s::bigint[], %(patterns)s::text[]) AS glob (key, pattern)
    ON doc_id = key OR source ~ pattern AND NOT EXISTS (SELECT FROM {document} WHERE doc_id = key)
GROUP BY doc_id, chunks
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search: in all documents (None) or in some; `chunks` is what these have."""

    documents: list[int] | None
    chunks: int

    @property
    def small(self) -> bool:
        """Whether so little of the table is left that no index is needed to find the best of it."""
        return self.documents is not None and self.chunks <= MOST_EXACT

    @property
    def narrow(self) -> bool:
        """Whether to compare all vectors is as fast as to go by the index, and finds all."""
        return self.small or self.chunks <= FEW


def match_sources(connection: Connection, table: Table, globs: Sequence[str]) -> Scope:
    """Find the documents that globs match; a source that exists literally beats a glob."""
    parameters = {
        "keys": [document_id(glob) for glob in globs],
        "patterns": [pattern(glob) for glob in globs],
    }
    rows: Any = connection.execute(table.statement(MATCHING), parameters).fetchall()
    return Scope([key for key, _ in rows], sum(chunks for _, chunks in rows))


def pattern(glob: str) -> str:
    """A glob as a regular expression: `*` and `?` stop at `/`, `**` does not."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    return "^" + "".join(WILDCARDS.get(part) or re.escape(part) for part in parts) + "$"
