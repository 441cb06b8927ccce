"""What a person reads of an evaluation: figures, what failed, what changed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.display.escape import line
from ragpg.display.text import Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ragpg.evaluation.bootstrap import Difference
    from ragpg.evaluation.comparison import Comparison
    from ragpg.evaluation.report import Figure, Report

MOVED = "{} cases find the first relevant passage earlier than in {}, {} later"


def number(name: str, value: float) -> str:
    """A metric's value: characters are whole, shares have three digits."""
    return f"{value:,.0f}" if name.startswith("characters") else f"{value:.3f}"


def interval(figure: Figure) -> str:
    """The 95% interval of a figure."""
    if figure.interval is None:
        return ""
    return " … ".join(number(figure.name, end) for end in figure.interval)


def change(name: str, moved: Difference) -> str:
    """How far a figure moved, with its sign."""
    return ("+" if moved.change >= 0 else "-") + number(name, abs(moved.change))


def figures(report: Report) -> Table:
    """All that was measured, and beside it how it was before."""
    moved: Mapping[str, Difference] = report.comparison.differences if report.comparison else {}
    names = ("before", "change", "p") if moved else ()
    heads = ("value", "95% interval", "cases", *names)
    table = Table(("metric", *heads), numbers=frozenset(range(1, len(heads) + 1)))
    for name, figure in report.figures.items():
        row = [number(name, figure.value), interval(figure), str(figure.cases)]
        table.add(name, *row, *(beside(name, moved) if moved else ()))
    return table


def beside(name: str, moved: Mapping[str, Difference]) -> list[str]:
    """A figure over the same cases of the baseline, how far it moved, and by what chance."""
    if name not in moved:
        return ["", "", ""]
    one = moved[name]
    return [number(name, one.before), change(name, one), f"{one.p:.3f}"]


def failures(report: Report) -> Iterator[Text]:
    """The cases that failed, each with the reasons."""
    for result in report.failing:
        failed = "error " if result.error else "failed"
        yield Text.of(
            (f"{failed} ", "bold red"),
            line(result.case.id),
            (f"  {line(result.case.place)}", "dim"),
        )
        for reason in result.failures:
            yield Text.of("       " + line(reason))


def changes(comparison: Comparison) -> Iterator[Text]:
    """What became of the baseline's cases."""
    for word, style, cases in (
        ("newly failing", "bold red", comparison.newly_failing),
        ("newly fixed", "green", comparison.newly_fixed),
    ):
        for case in cases:
            yield Text.of((f"{word} ", style), line(case))
    counts = len(comparison.better), len(comparison.worse)
    yield Text.of(MOVED.format(counts[0], line(comparison.name), counts[1]))


def summary(report: Report) -> Iterator[Text]:
    """Whether all is as it should be."""
    for one in report.unmet:
        figure = report.figures.get(one.metric)
        is_now = f"is {number(one.metric, figure.value)}" if figure else "was not measured"
        yield Text.of(("below ", "bold red"), f"{one.metric} {is_now}, not {one.least:g}")
    checked = [result for result in report.results if result.passed is not None]
    if checked:
        passed = sum(result.passed is True for result in checked)
        style = "green" if passed == len(checked) else "bold red"
        yield Text.of((f"{passed} of {len(checked)} cases passed", style))


def everything(report: Report) -> Iterator[Text | Table]:
    """All of it, parts with a blank line between them."""
    parts: list[list[Text | Table]] = [
        [figures(report)] if report.figures else [],
        [*failures(report)],
        [*changes(report.comparison)] if report.comparison else [],
        [*summary(report)],
    ]
    present = [part for part in parts if part]
    for index, part in enumerate(present):
        if index:
            yield Text()
        yield from part
