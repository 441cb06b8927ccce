"""A search in a table of another program, as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ragpg.adoption.assemble import name_source
from ragpg.text import utf8
from ragpg.types import Hit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ragpg.types import ColumnMapping, ForeignRow, ForeignTable


class ForeignResult(NamedTuple):
    """The hits of a search, best first."""

    hits: tuple[Hit, ...]


def make_hits(
    found: Iterable[tuple[ForeignRow, float]],
    table: ForeignTable,
    mapping: ColumnMapping,
    *,
    root: Path | None,
) -> ForeignResult:
    """Make hits of rows and their cosines: offsets and lines are those of the row's text."""
    hits = []
    for rank, (row, cosine) in enumerate(found, start=1):
        source = name_source(row, mapping, root=root) or f"{table.name}/{row.id}"
        title, text = row.metadata.get("title"), utf8.sanitise(row.text)
        name = utf8.sanitise(title) if isinstance(title, str) and title.strip() else source
        lines = max(len(text.splitlines()), 1)
        hits.append(Hit(rank, source, name, (), 0, len(text), 1, lines, text, cosine))
    return ForeignResult(tuple(hits))
