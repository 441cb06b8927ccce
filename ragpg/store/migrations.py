"""The steps from an older layout of a table to the present one."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ragpg.errors import DatabaseError
from ragpg.store.table import LAYOUT_VERSION
from ragpg.text.fenced_code import find_languages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import LiteralString

    from ragpg.store.table import Table

    Step: TypeAlias = LiteralString | Callable[[Table], None]

READ_DOCUMENTS = 100
"""Documents whose text is in memory at a time."""

# Either is a change of the catalogue alone, on every shard as well.
ADD_MODIFIED = "ALTER TABLE {document} ADD COLUMN modified timestamptz"
ADD_LANGUAGES = "ALTER TABLE {chunk} ADD COLUMN languages text[] NOT NULL DEFAULT '{{}}'"

FIND_FENCED = "SELECT DISTINCT doc_id FROM {chunk} WHERE body ~ '```|~~~'"
READ_BODIES = """
SELECT doc_id, array_agg(ordinal ORDER BY ordinal) AS ordinals,
    array_agg(body ORDER BY ordinal) AS bodies
FROM {chunk} WHERE doc_id = ANY(%s) GROUP BY doc_id
"""
# One row each time, which a cluster sends to its node.
SET_LANGUAGES = "UPDATE {chunk} SET languages = %s WHERE doc_id = %s AND ordinal = %s"


class Bodies(NamedTuple):
    """A row of READ_BODIES: the texts of a document's chunks."""

    doc_id: int
    ordinals: list[int]
    bodies: list[str]


def fill_languages(table: Table) -> None:
    """Find the languages of code in the chunks, from their text."""
    fenced = table.select_column(int, FIND_FENCED)
    with table.connection.cursor() as cursor:
        for first in range(0, len(fenced), READ_DOCUMENTS):
            doc_ids = fenced[first : first + READ_DOCUMENTS]
            for document in table.select(Bodies, READ_BODIES, [doc_ids]):
                cursor.executemany(table.statement(SET_LANGUAGES), list(language_rows(document)))


def language_rows(document: Bodies) -> Iterator[tuple[object, ...]]:
    """Yield the parameters of SET_LANGUAGES for the chunks that have code."""
    starts = [0, *accumulate(map(len, document.bodies[:-1]))]
    found = find_languages("".join(document.bodies), starts)
    for ordinal, languages in zip(document.ordinals, found, strict=True):
        if languages:
            yield list(languages), document.doc_id, ordinal


MIGRATIONS: Mapping[int, Sequence[Step]] = {2: (ADD_MODIFIED, ADD_LANGUAGES, fill_languages)}
"""What leads from the layout of a version to that of the next one."""


def migrate(
    table: Table,
    *,
    migrations: Mapping[int, Sequence[Step]] = MIGRATIONS,
    target: int = LAYOUT_VERSION,
) -> None:
    """Bring a table to the target's layout, inside the caller's transaction."""
    table.connection.execute(table.search_path)
    for version in range(table.layout_version, target):
        if version not in migrations:
            raise DatabaseError(
                f'the table "{table}" has a layout that this program does not know: '
                f"version {version}",
                hint="drop it, or choose another name with tableName, and ingest again",
            )
        for step in migrations[version]:
            if isinstance(step, str):
                table.execute(step)
            else:
                step(table)
    table.execute("UPDATE {registry} SET version = %s WHERE name = %s", [target, table.name])
