"""The head of a table for passages that begin in the middle of one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ragpg.markdown.table_head import begins_with_row, find_table_head

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ragpg.protocols import ChunkIndex
    from ragpg.types import Hit


def add_table_heads(hits: Iterable[Hit], index: ChunkIndex) -> tuple[Hit, ...]:
    """Read the head of its table for each hit that begins with a row."""
    return tuple(_add_table_head(hit, index) if begins_with_row(hit.text) else hit for hit in hits)


def _add_table_head(hit: Hit, index: ChunkIndex) -> Hit:
    document = index.read_document(hit.source)
    head = find_table_head(document.text, hit.start) if document else ""
    return replace(hit, table_head=head) if head else hit
