"""Figures against targets, and what becomes of them: a table, JSON, a line of Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some values, and the extremes."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Sum values up."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing; `ratio` is taken pair by pair, `met` is None without a target."""

    row: int
    what: str
    unit: str
    ours: Spread
    against: str
    theirs: Spread | None
    ratio: Spread | None
    target: str
    met: bool | None


def at_most(
    row: int,
    what: str,
    ours: Sequence[float],
    *,
    against: str,
    theirs: Sequence[float],
    factor: float,
    extra: float = 0.0,
    unit: str = "s",
) -> Figure:
    """Ours may cost `factor` times theirs, and `extra` on top."""
    pairs = list(zip(ours, theirs, strict=True))
    ratio = Spread.of([our / their for our, their in pairs])
    met = median([(our - extra) / their for our, their in pairs]) <= factor
    more = f" + {extra} {unit}" if extra else ""
    return Figure(
        row,
        what,
        unit,
        Spread.of(ours),
        against,
        Spread.of(theirs),
        ratio,
        f"≤ {factor} ×{more}",
        met,
    )


def faster(
    row: int,
    what: str,
    ours: Sequence[float],
    *,
    against: str,
    theirs: Sequence[float],
    factor: float | None = None,
    unit: str = "s",
) -> Figure:
    """Ours has to be faster than theirs `factor` times; the ratio is theirs to ours."""
    ratio = Spread.of([their / our for our, their in zip(ours, theirs, strict=True)])
    return Figure(
        row,
        what,
        unit,
        Spread.of(ours),
        against,
        Spread.of(theirs),
        ratio,
        f"≥ {factor} × faster" if factor else "",
        ratio.middle >= factor if factor else None,
    )


def limited(row: int, what: str, ours: Sequence[float], *, limit: float, unit: str) -> Figure:
    """Ours must not pass a limit."""
    spread = Spread.of(ours)
    return Figure(
        row, what, unit, spread, "", None, None, f"≤ {limit:g} {unit}", spread.middle <= limit
    )


def table(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """Rows of text, the head first."""
    head = ("#", "what", "ragpg", "against", "theirs", "ratio (min–max)", "target", "met")
    return [head, *(_cells(figure) for figure in sorted(figures, key=lambda figure: figure.row))]


def _cells(figure: Figure) -> tuple[str, ...]:
    met = {None: "", True: "yes", False: "no"}[figure.met]
    ratio = figure.ratio
    return (
        str(figure.row),
        figure.what,
        _quantity(figure.ours.middle, figure.unit),
        figure.against,
        _quantity(figure.theirs.middle, figure.unit) if figure.theirs else "",
        f"{ratio.middle:.2f} ({ratio.low:.2f}–{ratio.high:.2f})" if ratio else "",
        figure.target,
        met,
    )


def _quantity(value: float, unit: str) -> str:
    digits = {"s": 3 if value < 10 else 1, "ms": 1}.get(unit, 0)
    return f"{value:.{digits}f} {unit}"
