"""Tables that other programs made: what they have, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.types.embeddings import Vector


@dataclass(frozen=True, slots=True)
class ForeignTable:
    """A table, a view or the like, by its names and its columns' types as `format_type` has them.

    `keeps_order` says that rows lie as they were inserted, as far as none was changed.
    """

    schema: str
    name: str
    columns: Mapping[str, str]
    keeps_order: bool = True

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which columns of a foreign table are what.

    `layout` names what made the table. The source of a row is in the column `source`, or under the
    first of `source_keys` that its metadata have; `more` are columns that are metadata, too.
    `collections` is the table with the names of collections, which `collection` refers to. With
    `is_altered`, texts are not what they were before they were stored.
    """

    layout: str
    id: str | None
    text: str
    vector: str | None = None
    metadata: str | None = None
    source: str | None = None
    source_keys: Sequence[str] = ()
    more: Sequence[str] = ()
    collection: str | None = None
    collections: str | None = None
    is_altered: bool = False


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """A row of a foreign table.

    The vector is there if it was asked for; it need not be of unit length.
    """

    id: str
    text: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None
    vector: Vector | None = None
