"""Units in one form, however they are written, and amounts in another unit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ragpg.lexicon import units


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the table: one of it is `factor` of its dimension's base unit, above `zero`."""

    name: str
    dimension: str
    factor: float
    zero: float = 0.0


def find_unit(spelling: str) -> str | None:
    """Return the name of the unit that a symbol or a name stands for, or None.

    Symbols are taken as they are written, and in other cases only where one unit can be meant;
    names in any case, in singular and plural.
    """
    spelling = "_".join(spelling.replace("\u03bc", "µ").split())  # a Greek mu for the micro sign
    symbols, names, folded = _index_spellings()
    lower = spelling.casefold()
    return symbols.get(spelling) or names.get(lower) or folded.get(lower)


def units_agree(first: str, second: str) -> bool:
    """Return whether two names of units can stand for one unit: "pound" is of money, too."""
    ambiguous = units.AMBIGUOUS
    return (
        first == second
        or second in ambiguous.get(first, frozenset())
        or first in ambiguous.get(second, frozenset())
    )


def convert(value: float, unit: str, *, to: str) -> float | None:
    """Return an amount in another unit, None for units of different dimensions.

    Months and years are no multiples of days: they are a dimension of their own.
    """
    known = _list_units()
    source, target = known.get(unit), known.get(to)
    if source is None or target is None or source.dimension != target.dimension:
        return None
    return (value * source.factor + source.zero - target.zero) / target.factor


@cache
def _list_units() -> dict[str, Unit]:
    """Return the units by name, those with a prefix included."""
    found: dict[str, Unit] = {}
    for name, dimension, size, _, _, prefixes in _list_rows():
        factor, _, zero = size.partition("+")
        unit = Unit(name, dimension, float(factor), float(zero or 0))
        found[name] = unit
        for prefix in prefixes.split():
            label, multiple = units.PREFIXES[prefix]
            found[label + name] = Unit(label + name, dimension, unit.factor * multiple)
    return found


@cache
def _index_spellings() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return the units by symbol, by name in lower case, and by symbol in lower case."""
    symbols: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, _, _, short, long, prefixes in _list_rows():
        for prefix in ("", *prefixes.split()):
            label = units.PREFIXES[prefix][0] if prefix else ""
            symbols |= {prefix + symbol: label + name for symbol in short.split()}
            for spelled in (name, *long.split()):
                names |= {label + spelled: label + name, f"{label}{spelled}s": label + name}
    symbols |= units.INFORMAL
    meanings: dict[str, set[str]] = {}
    for symbol, name in symbols.items():
        meanings.setdefault(symbol.casefold(), set()).add(name)
    folded = {
        symbol: next(iter(found))
        for symbol, found in meanings.items()
        if len(found) == 1 and len(symbol) > 1
    }
    return symbols, names, folded


def _list_rows() -> list[list[str]]:
    return [line.split("|") for line in units.UNITS.strip().splitlines()]
