"""Which documents, or which of their chunks, a search is restricted to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg import sql

from ragpg.store.names import document_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.store.connection import Connection
    from ragpg.store.names import Table
    from ragpg.types import SearchRequest

MOST_EXACT = 20_000
"""Up to so many chunks, to compare them all is faster than an index whose finds are filtered."""

FEW = 4_000
"""Chunks of a whole table that are all compared in a millisecond or two."""

WILDCARDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}

MATCHED = """
(document.doc_id = ANY(%(globs)s) OR document.source ~ ANY(ARRAY(
    SELECT pattern FROM unnest(%(globs)s::bigint[], %(patterns)s::text[]) AS glob (key, pattern)
    WHERE NOT EXISTS (SELECT FROM {document} WHERE doc_id = key)
)))
"""


# No row where there are too many to list. The lists stay what PostgreSQL writes: they come back to
# it, and thousands of Python's numbers would be slower than the search.
LISTING = """
SELECT {chunks}, coalesce(array_agg(doc_id)::text, '{{}}'),
    coalesce(array_agg(number)::text, '{{}}')
FROM ({passing} LIMIT %(most)s + 1) AS passing HAVING count(*) <= %(most)s
"""


@dataclass(frozen=True, slots=True)
class Grain:
    """What a condition passes or not, and how SQL says whether a row belongs to it.

    `passing` gives the keys of what passes, and a document's number of chunks; `chunks` is how many
    these are in all. A row's key is `listed` among them; where they are too many to list, the row
    is found by a `join` or, where an order must last that a join would destroy, by a `look` at it.
    """

    passing: LiteralString
    chunks: LiteralString
    listed: LiteralString
    join: LiteralString
    look: LiteralString


DOCUMENTS = Grain(
    passing="""
        SELECT doc_id, chunks AS number FROM {document} AS document
        WHERE chunks > 0 AND {condition}
    """,
    chunks="coalesce(sum(number), 0)::bigint",
    listed="doc_id = ANY(%(documents)s::bigint[])",
    join="doc_id IN (SELECT doc_id FROM {document} AS document WHERE {condition})",
    look="""(
        SELECT {condition} FROM {document} AS document WHERE document.doc_id = embedding.doc_id
    )""",
)
CHUNKS = Grain(
    passing="""
        SELECT doc_id, ordinal AS number
        FROM {chunk} AS chunk JOIN {document} AS document USING (doc_id)
        WHERE {condition}
    """,
    chunks="count(*)",
    listed="""(doc_id, ordinal) IN (
        SELECT * FROM unnest(%(documents)s::bigint[], %(ordinals)s::integer[])
    )""",
    join="""(doc_id, ordinal) IN (
        SELECT doc_id, ordinal FROM {chunk} AS chunk JOIN {document} AS document USING (doc_id)
        WHERE {condition}
    )""",
    look="""(
        SELECT {condition} FROM {chunk} AS chunk JOIN {document} AS document USING (doc_id)
        WHERE chunk.doc_id = embedding.doc_id AND chunk.ordinal = embedding.ordinal
    )""",
)
EVERYTHING = sql.SQL("true")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search: everywhere, or where a condition on a row's key holds.

    `look` is the same condition for a scan of the vectors in an index's order. The table has
    `total` chunks; `passed` is how many of them are searched, None where too much passes to list.
    """

    total: int
    passed: int | None
    condition: sql.Composable
    look: sql.Composable
    parameters: Mapping[str, Any]

    @property
    def chunks(self) -> int:
        """How many there are at most, and exactly if these are MOST_EXACT or less."""
        return self.total if self.passed is None else self.passed

    @property
    def whole(self) -> bool:
        """Whether everything is searched."""
        return self.condition is EVERYTHING

    @property
    def small(self) -> bool:
        """Whether so little of the table is left that no index is needed to find the best of it."""
        return not self.whole and self.chunks <= MOST_EXACT

    @property
    def narrow(self) -> bool:
        """Whether to compare all vectors is as fast as to go by the index, and finds all."""
        return self.small or self.chunks <= FEW


def choose(connection: Connection, table: Table, query: SearchRequest, *, chunks: int) -> Scope:
    """Find out where a question may look; the table has so many `chunks`."""
    parameters: dict[str, Any] = {}
    conditions = []
    if query.sources:
        conditions.append(sources(table, query.sources, parameters))
    grain = DOCUMENTS
    if query.filter:
        # Parsing, which most searches do without, is imported with it.
        from ragpg.filters import Column, columns
        from ragpg.store import filter_sql

        conditions.append(filter_sql.condition(query.filter, parameters))
        grain = CHUNKS if Column.HEADING in columns(query.filter) else DOCUMENTS
    if not conditions:
        return Scope(chunks, chunks, EVERYTHING, EVERYTHING, {})
    condition = sql.SQL(" AND ").join(conditions)
    passing = table.statement(grain.passing, condition=condition)
    listing = table.statement(LISTING, passing=passing, chunks=sql.SQL(grain.chunks))
    most = {**parameters, "most": MOST_EXACT}
    found: Any = connection.execute(listing, most).fetchone()
    if found is None:
        join = table.statement(grain.join, condition=condition)
        look = table.statement(grain.look, condition=condition)
        return Scope(chunks, None, join, look, parameters)
    passed, documents, numbers = found
    listed = sql.SQL(grain.listed)
    parameters = {"documents": documents, "ordinals": numbers}
    return Scope(chunks, passed, listed, listed, parameters)


def sources(table: Table, globs: Sequence[str], parameters: dict[str, Any]) -> sql.Composable:
    """The condition that a document matches a glob; a source that exists literally beats one."""
    parameters["globs"] = [document_id(glob) for glob in globs]
    parameters["patterns"] = [pattern(glob) for glob in globs]
    return table.statement(MATCHED)


def pattern(glob: str) -> str:
    """A glob as a regular expression: `*` and `?` stop at `/`, `**` does not."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    return "^" + "".join(WILDCARDS.get(part) or re.escape(part) for part in parts) + "$"
