"""Walks a parsed file key by key; an unknown one is answered with the nearest known one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.config.literal import literal
from ragpg.config.settings import SETTINGS
from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

TABLES = tuple(dict.fromkeys(setting.table for setting in SETTINGS.values() if setting.table))
FOREIGN = "ballerina"


def walk(document: Mapping[str, object], path: Path) -> Iterator[tuple[str, object]]:
    """Yield every dotted key with its value; raises ConfigurationError at an unknown one."""
    for name, value in document.items():
        if name in TABLES:
            if not isinstance(value, dict):
                message = f"{name} in {path} must be a table, [{name}], not {literal(value)}"
                raise ConfigurationError(message)
            for key, inner in value.items():
                yield _known(key, table=name, path=path), inner
        elif not name.startswith(FOREIGN):
            yield _known(name, table="", path=path), value


def _known(key: str, *, table: str, path: Path) -> str:
    name = f"{table}.{key}" if table else key
    if name in SETTINGS and SETTINGS[name].key == key:
        return name
    shown, suggestion = literal(name), _suggestion(key, table)
    raise ConfigurationError(f"unknown key {shown} in {path}: {suggestion}")


def _suggestion(key: str, table: str) -> str:
    """Say which key was meant: another spelling, another table, a similar name, or the nearest."""
    twins = [s for s in SETTINGS.values() if _fold(key) in {_fold(s.key), _fold(s.name)}]
    siblings = [s.name for s in SETTINGS.values() if s.table == table]
    for twin in twins:
        if twin.table == table:
            return f'did you mean "{twin.name}"?'
    if twins:
        return f"{twins[0].key} belongs {_places([twin.table for twin in twins])}"
    near = _closest(key, siblings, cutoff=0.6) or _closest(key, (*TABLES, *SETTINGS), cutoff=0.6)
    if near:
        return f"did you mean {near}?"
    return f"the nearest known key is {_closest(key, siblings, cutoff=0)}"


def _closest(key: str, names: Iterable[str], *, cutoff: float) -> str | None:
    """Return the most similar name as it is written in the file, if any is similar enough."""
    from difflib import get_close_matches

    spellings = {_fold(name.rpartition(".")[2]): name for name in reversed([*names])}
    found = get_close_matches(_fold(key), spellings, n=1, cutoff=cutoff)
    if not found:
        return None
    name = spellings[found[0]]
    return f"[{name}]" if name in TABLES else f'"{name}"'


def _fold(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _places(tables: list[str]) -> str:
    top = "at the top level, above the first [table]"
    return " or ".join(f"in [{table}]" if table else top for table in tables)
