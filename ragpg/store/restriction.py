"""The documents, or their chunks, that a search is restricted to by globs and a filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString, NamedTuple

from psycopg import sql

from ragpg.store.table import document_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.store.table import Table
    from ragpg.types import SearchRequest

MAX_EXACT_CHUNKS = 20_000
"""Up to this number of matching chunks an exact scan is faster than a filtered index scan."""

SMALL_TABLE_CHUNKS = 4_000
"""An exact scan of a whole table of this size takes a millisecond or two."""

MIN_BROAD_SHARE = 0.1
"""Documents are not listed where so much of a large table matches: a scan finds enough of them."""
SAMPLED_DOCUMENTS = 1_000

FIND_LITERAL = "SELECT doc_id FROM {document} WHERE doc_id = ANY(%s)"
# How a source begins is compared in a tenth of the time that an expression takes.
MATCHES_GLOB = sql.SQL("""
(document.doc_id = ANY(%(literal)s) OR CASE
    WHEN octet_length(document.source) = char_length(document.source)
    THEN document.source ^@ ANY(%(prefixes)s::text[]) AND document.source ~ ANY(%(regexes)s::text[])
    ELSE normalize(document.source) ~ ANY(%(regexes)s::text[])
END)
""")

# The key of a document is a hash: those with the lowest ones are a fair sample.
SAMPLE = """
SELECT coalesce(sum(chunks) FILTER (WHERE {condition})::float8 / nullif(sum(chunks), 0), 0)
FROM (SELECT * FROM {document} ORDER BY doc_id LIMIT %(sampled)s) AS document
"""

# No row where there are too many to list. The lists stay as PostgreSQL writes them: they are sent
# back to it, and to convert thousands of numbers would take longer than the search.
LIST_MATCHES = """
SELECT {chunk_count} AS chunks, coalesce(array_agg(doc_id)::text, '{{}}') AS doc_ids,
    coalesce(array_agg(number)::text, '{{}}') AS numbers
FROM ({matches} LIMIT %(max_rows)s + 1) AS matches HAVING count(*) <= %(max_rows)s
"""


@dataclass(frozen=True, slots=True)
class FilterLevel:
    """The rows that a condition is evaluated for: documents, or their chunks.

    `matches` selects the keys of the rows that match, `chunk_count` is how many chunks these are.
    A row's key is compared with the list of matches (`is_listed`). Where they are too many for a
    list, the condition is joined (`is_joined`) or, in a scan that takes few rows from an index,
    evaluated for each row of `searched` (`holds_for_row`).
    """

    matches: LiteralString
    chunk_count: LiteralString
    is_listed: LiteralString
    is_joined: LiteralString
    holds_for_row: LiteralString


DOCUMENT_LEVEL = FilterLevel(
    matches="""
        SELECT doc_id, chunks AS number FROM {document} AS document
        WHERE chunks > 0 AND {condition}
    """,
    chunk_count="coalesce(sum(number), 0)::bigint",
    is_listed="doc_id = ANY(%(doc_ids)s::bigint[])",
    is_joined="doc_id IN (SELECT doc_id FROM {document} AS document WHERE {condition})",
    holds_for_row="""(
        SELECT {condition} FROM {document} AS document WHERE document.doc_id = searched.doc_id
    )""",
)
CHUNK_LEVEL = FilterLevel(
    matches="""
        SELECT chunk.doc_id, ordinal AS number
        FROM {chunk} AS chunk JOIN {document} AS document ON document.doc_id = chunk.doc_id
        WHERE {condition}
    """,
    chunk_count="count(*)",
    is_listed="""(doc_id, ordinal) IN (
        SELECT * FROM unnest(%(doc_ids)s::bigint[], %(ordinals)s::integer[])
    )""",
    is_joined="""(doc_id, ordinal) IN (
        SELECT chunk.doc_id, ordinal
        FROM {chunk} AS chunk JOIN {document} AS document ON document.doc_id = chunk.doc_id
        WHERE {condition}
    )""",
    holds_for_row="""(
        SELECT {condition}
        FROM {chunk} AS chunk JOIN {document} AS document ON document.doc_id = chunk.doc_id
        WHERE chunk.doc_id = searched.doc_id AND chunk.ordinal = searched.ordinal
    )""",
)
TRUE = sql.SQL("true")


@dataclass(frozen=True, slots=True)
class Matches:
    """A row of LIST_MATCHES; the lists are arrays as PostgreSQL writes them."""

    chunks: int
    doc_ids: str
    numbers: str


class BroadCondition(NamedTuple):
    """A condition on documents, and about the share of a table's chunks that it leaves."""

    condition: sql.Composable
    share: float


@dataclass(frozen=True, slots=True)
class Restriction:
    """A condition on the key of a row; TRUE where the whole table is searched.

    `index_condition` is the same condition for a scan of an index, whose relation is `searched`.
    The table has `total_chunks`; `matching_chunks` of them are searched, None where these are too
    many to be listed. `broad` is there where much of a large table matches.
    """

    total_chunks: int
    matching_chunks: int | None
    condition: sql.Composable
    index_condition: sql.Composable
    parameters: Mapping[str, Any]
    broad: BroadCondition | None = None

    @property
    def max_chunks(self) -> int:
        """The highest possible number of matching chunks; exact up to MAX_EXACT_CHUNKS."""
        return self.total_chunks if self.matching_chunks is None else self.matching_chunks

    @property
    def is_whole_table(self) -> bool:
        """Whether everything is searched."""
        return self.condition is TRUE

    @property
    def is_selective(self) -> bool:
        """Whether so few chunks match that a search needs no index."""
        return not self.is_whole_table and self.max_chunks <= MAX_EXACT_CHUNKS

    @property
    def prefers_exact_scan(self) -> bool:
        """Whether an exact scan of the vectors is as fast as one of their index."""
        return self.is_selective or self.max_chunks <= SMALL_TABLE_CHUNKS


def restrict(table: Table, request: SearchRequest, *, total_chunks: int) -> Restriction:
    """Evaluate the globs and the filter of a request."""
    parameters: dict[str, Any] = {}
    conditions = []
    level = DOCUMENT_LEVEL
    if request.sources:
        conditions.append(glob_condition(table, request.sources, parameters))
    if request.filter:
        # Imported only where there is a filter: most searches have none.
        from ragpg.filters import find_columns
        from ragpg.store.filter_sql import filter_condition

        conditions.append(filter_condition(table, request.filter, parameters))
        if any(column.is_of_chunk for column in find_columns(request.filter)):
            level = CHUNK_LEVEL
    if not conditions:
        return Restriction(total_chunks, total_chunks, TRUE, TRUE, {})
    condition = sql.SQL(" AND ").join(conditions)
    broad = None
    if level is DOCUMENT_LEVEL and total_chunks > MAX_EXACT_CHUNKS:
        share = sample(table, condition, parameters)
        broad = BroadCondition(condition, share) if share >= MIN_BROAD_SHARE else None
    found = [] if broad else list_matches(table, level, condition, parameters)
    if not found:
        joined = table.statement(level.is_joined, condition=condition)
        for_row = table.statement(level.holds_for_row, condition=condition)
        return Restriction(total_chunks, None, joined, for_row, parameters, broad)
    [matches] = found
    listed = sql.SQL(level.is_listed)
    parameters = {"doc_ids": matches.doc_ids, "ordinals": matches.numbers}
    return Restriction(total_chunks, matches.chunks, listed, listed, parameters)


def sample(table: Table, condition: sql.Composable, parameters: Mapping[str, Any]) -> float:
    """Return about the share of a table's chunks whose document meets a condition."""
    sampled = {**parameters, "sampled": SAMPLED_DOCUMENTS}
    [share] = table.select_column(float, SAMPLE, sampled, condition=condition)
    return share


def list_matches(
    table: Table, level: FilterLevel, condition: sql.Composable, parameters: Mapping[str, Any]
) -> list[Matches]:
    """Return what matches as the only element; nothing where that is too much to list."""
    return table.select(
        Matches,
        LIST_MATCHES,
        {**parameters, "max_rows": MAX_EXACT_CHUNKS},
        matches=table.statement(level.matches, condition=condition),
        chunk_count=sql.SQL(level.chunk_count),
    )


def glob_condition(
    table: Table, globs: Sequence[str], parameters: dict[str, Any]
) -> sql.Composable:
    """Return the condition that a source matches a glob; a literal source is no glob."""
    from ragpg.text.globs import find_prefix, to_regex

    keys = [document_id(glob) for glob in globs]
    literal = set(table.select_column(int, FIND_LITERAL, [keys]))
    parameters["literal"] = list(literal)
    wild = [glob for key, glob in zip(keys, globs, strict=True) if key not in literal]
    parameters["prefixes"] = [find_prefix(glob) for glob in wild]
    parameters["regexes"] = [to_regex(glob) for glob in wild]
    return MATCHES_GLOB
