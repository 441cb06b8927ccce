"""Looks at a table after a fault: each document wholly old, wholly new, or not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from tests.support.database_state import assert_whole, opened, state

from tools.torture.world import FaultError, rows_by_digest

if TYPE_CHECKING:
    from tests.support.database_state import State

    from tools.torture.world import Rows, World

# A rebuild that was killed is gone on with. The indexes of primary keys keep the name that they had
# while a table was rebuilt.
LEFT_BEHIND = """
SELECT relname::text FROM pg_catalog.pg_class
WHERE relkind = 'r' AND relname LIKE '%%rebuild%%' AND NOT EXISTS (
    SELECT FROM ragpg_table WHERE strpos(relname, name) = 1 AND name <> 'ragpg'
)
UNION ALL
SELECT name FROM ragpg_table WHERE name <> 'ragpg' AND to_regclass(name || '_document') IS NULL
"""


def check(world: World, *, before: State | None) -> State:
    """Check everything and return what is there; raises FaultError.

    Each document is as it was `before`, or as a clean ingest of one of its editions.
    """
    # With `--check` the index's recall would be measured: vectors of the tiny model are too alike.
    checks = json.loads(world.command("status", "--json"))["checks"]
    if faults := [check for check in checks if check["level"] == "fault"]:
        raise FaultError(f"faults: {faults}")
    found = state(world.project)
    try:
        assert_whole(found)
    except AssertionError as error:
        raise FaultError(f"the table is not whole: {error}") from error
    known = dict(world.clean)
    if before is not None:
        known |= rows_by_digest(before)
    for digest, rows in rows_by_digest(found).items():
        if digest not in known:
            raise FaultError(f"a document has a text of no edition: {rows.document}")
        compare(rows, known[digest])
    with opened(world.project) as store:
        if left := store.table.connection.execute(LEFT_BEHIND).fetchall():
            raise FaultError(f"tables were left behind: {left}")
    return found


def compare(rows: Rows, clean: Rows) -> None:
    """Raise FaultError unless a document is as a clean ingest leaves it."""
    for part in ("chunks", "words", "passages"):
        if getattr(rows, part) != getattr(clean, part):
            raise FaultError(f"{part} of {rows.document[1]} differ from those of a clean ingest")
    if len(rows.vectors):
        one, other = np.asarray(rows.vectors), np.asarray(clean.vectors)
        lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        if ((one * other).sum(axis=1) / lengths).min() < 0.999:
            raise FaultError(f"vectors of {rows.document[1]} differ from those of a clean ingest")


def sources_of(found: State) -> set[str]:
    """The names of the documents in a table."""
    return {row[1] for row in found.documents}
