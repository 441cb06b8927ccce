"""Documents against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg import conflicts
from ragpg.types import ConflictReport, Phase, Progress, SearchRequest, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.filters import Expression
    from ragpg.protocols import CorpusReader

MAX_CHUNKS = 20_000
"""Chunks that are compared; of a larger table the first ones, by source."""


def find_conflicts(
    reader: CorpusReader, *, sources: tuple[str, ...] = (), where: Expression | None = None
) -> Iterator[Progress | ConflictReport]:
    """Compare what documents state; no model is loaded. Raises DatabaseError.

    Yields how many documents are read, then the conflicts.
    """
    request = SearchRequest(None, None, MAX_CHUNKS, sources=sources, filter=where)
    corpus = reader.read_corpus(request)
    total = len(corpus.documents)
    statements: list[conflicts.Statement] = []
    for done, document in enumerate(corpus.documents):
        yield Progress(Phase.CHECKING, Unit.DOCUMENTS, done, total, source=document.source)
        statements += conflicts.read_statements(document)
    yield Progress(Phase.CHECKING, Unit.DOCUMENTS, total, total)
    found = tuple(conflicts.find_conflicts(statements, corpus.vectors))
    yield ConflictReport(found, total, len(corpus.vectors), len(statements), corpus.skipped)
