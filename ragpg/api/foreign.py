"""Opens tables of other programs, wherever they are."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from ragpg.adoption import milvus, presets
from ragpg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ragpg.config import Config
    from ragpg.types import ColumnMapping, ForeignRow, ForeignTable


@dataclass(frozen=True, slots=True)
class ForeignSource:
    """A foreign table that is open: what its columns are, a sample of its rows, and all of them.

    The argument of `read_sample` is the number of rows, that of `read_rows` whether they come with
    their vectors.
    """

    table: ForeignTable
    mapping: ColumnMapping
    read_sample: Callable[[int], list[ForeignRow]]
    read_rows: Callable[[bool], Iterator[ForeignRow]]


@contextmanager
def open_source(
    config: Config,
    name: str,
    *,
    url: str | None = None,
    columns: str | None = None,
    collection: str | None = None,
) -> Iterator[ForeignSource]:
    """Open a table by its name, or a collection of Milvus by its address; raises RagpgError.

    `url`, `columns` and `collection` are the options of `ragpg adopt`.
    """
    chosen = presets.parse_columns(columns)
    if not name.startswith(milvus.SCHEME):
        with open_table(config, name, url=url, chosen=chosen, collection=collection) as source:
            yield source
        return
    if url is not None or collection is not None:
        raise UsageError("--from and --collection do not go with an address of Milvus")
    with milvus.open_collection(milvus.parse_address(name)) as opened:
        known = milvus.choose_columns(opened.table, chosen)
        mapping = replace(presets.map_columns(opened.table, known), layout="Milvus")

        def read_sample(count: int) -> list[ForeignRow]:
            rows = opened.read_rows(mapping, with_vectors=True)
            return list(islice((row for row in rows if row.text and row.vector is not None), count))

        yield ForeignSource(
            opened.table,
            mapping,
            read_sample,
            lambda with_vectors: opened.read_rows(mapping, with_vectors=with_vectors),
        )


@contextmanager
def open_table(
    config: Config,
    name: str,
    *,
    url: str | None,
    chosen: dict[str, str],
    collection: str | None,
) -> Iterator[ForeignSource]:
    """Open a table of PostgreSQL."""
    from ragpg.api.database import open_foreign
    from ragpg.store.foreign import find_collection, find_foreign_table, read_rows, read_sample

    with open_foreign(config, url=url) as connection:
        table = find_foreign_table(connection, name)
        mapping = presets.map_columns(table, chosen)
        key = find_collection(connection, table, mapping, collection)
        place = (connection, table, mapping)
        yield ForeignSource(
            table,
            mapping,
            lambda count: read_sample(*place, collection=key, count=count),
            lambda with_vectors: read_rows(*place, collection=key, with_vectors=with_vectors),
        )
