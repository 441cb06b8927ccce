"""Suggests the key that a misspelt one stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.config.settings import SETTINGS, TABLES
from ragpg.text.suggestions import find_closest

if TYPE_CHECKING:
    from collections.abc import Iterable


def suggest_key(key: str, table: str) -> str:
    """Return a hint on an unknown key of a table.

    It names the key in its right spelling, else its right table, else a similar key or table,
    else the least different key of the same table.
    """
    namesakes = [s for s in SETTINGS.values() if _fold(key) in {_fold(s.key), _fold(s.name)}]
    siblings = [s.name for s in SETTINGS.values() if s.table == table]
    for namesake in namesakes:
        if namesake.table == table:
            return f'did you mean "{namesake.name}"?'
    if namesakes:
        return f"{namesakes[0].key} belongs {_places([setting.table for setting in namesakes])}"
    if similar := _closest(key, siblings) or _closest(key, (*TABLES, *SETTINGS)):
        return f"did you mean {similar}?"
    return f"the nearest known key is {_closest(key, siblings, cutoff=0)}"


def _closest(key: str, names: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the most similar name as it is written in the file, if any is similar enough."""
    spellings = {_fold(name.rpartition(".")[2]): name for name in reversed([*names])}
    spelling = find_closest(_fold(key), spellings, cutoff=cutoff)
    if spelling is None:
        return None
    name = spellings[spelling]
    return f"[{name}]" if name in TABLES else f'"{name}"'


def _fold(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _places(tables: list[str]) -> str:
    top = "at the top level, above the first [table]"
    return " or ".join(f"in [{table}]" if table else top for table in tables)
