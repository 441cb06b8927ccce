"""An evaluation for a person: metrics, failures, changes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.display.escape import line
from ragpg.display.text import Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.evaluation.bootstrap import Difference
    from ragpg.evaluation.comparison import Comparison
    from ragpg.evaluation.report import MetricValue, Report

RANKS_CHANGED = "{} cases find the first relevant passage earlier than in {}, {} later"


def render_report(report: Report) -> Iterator[Text | Table]:
    """Yield everything about an evaluation, with blank lines between the parts."""
    parts: list[list[Text | Table]] = [
        [render_metrics(report)] if report.metrics else [],
        [*render_failures(report)],
        [*render_changes(report.comparison)] if report.comparison else [],
        [*render_ranks(report.comparison)] if report.comparison and report.between else [],
        [*render_summary(report)],
    ]
    present = [part for part in parts if part]
    for index, part in enumerate(present):
        if index:
            yield Text()
        yield from part


def render_metrics(report: Report) -> Table:
    """Make a table of the metrics and, with a baseline, of their changes."""
    differences = report.comparison.differences if report.comparison else {}
    names = ("before", "change", "p") if differences else ()
    heads = ("value", "95% interval", "cases", *names)
    table = Table(("metric", *heads), numbers=frozenset(range(1, len(heads) + 1)))
    for name, metric in report.metrics.items():
        row = [format_value(name, metric.value), format_interval(metric), str(metric.cases)]
        changes = format_difference(name, differences.get(name)) if differences else ()
        table.add(name, *row, *changes)
    return table


def render_failures(report: Report) -> Iterator[Text]:
    """Yield the cases that failed, each with the reasons."""
    for result in report.failing:
        status = "error " if result.error else "failed"
        yield Text.of(
            (f"{status} ", "bold red"),
            line(result.case.id),
            (f"  {line(result.case.location)}", "dim"),
        )
        for reason in result.failures:
            yield Text.of("       " + line(reason))


def render_changes(comparison: Comparison) -> Iterator[Text]:
    """Yield the cases that changed since the baseline."""
    for label, style, cases in (
        ("newly failing", "bold red", comparison.newly_failing),
        ("newly fixed", "green", comparison.newly_fixed),
    ):
        for case in cases:
            yield Text.of((f"{label} ", style), line(case))
    better, worse = len(comparison.better), len(comparison.worse)
    yield Text.of(RANKS_CHANGED.format(better, line(comparison.name), worse))


def render_ranks(comparison: Comparison) -> Iterator[Text]:
    """Yield the cases whose first relevant passage is found earlier or later, with its ranks."""
    for label, style, ranks in (
        ("better ", "green", comparison.better),
        ("worse  ", "bold red", comparison.worse),
    ):
        for case, (before, after) in ranks.items():
            change = f"  rank {before or 'none'} → {after or 'none'}"
            yield Text.of((label, style), line(case), (change, "dim"))


def render_summary(report: Report) -> Iterator[Text]:
    """Yield the thresholds that were not reached, and how many cases passed."""
    for threshold in report.unmet:
        name, metric = threshold.metric, report.metrics.get(threshold.metric)
        value = f"is {format_value(name, metric.value)}" if metric else "was not measured"
        yield Text.of(("below ", "bold red"), f"{name} {value}, not {threshold.minimum:g}")
    if any(result.passed is not None for result in report.results):
        failed = any(result.passed is False for result in report.results)
        yield Text.of((summarise_cases(report), "bold red" if failed else "green"))


def summarise_cases(report: Report) -> str:
    """Count the cases that passed, of those that are checked."""
    passed = [result.passed for result in report.results if result.passed is not None]
    return f"{sum(passed)} of {len(passed)} cases passed"


def format_value(name: str, value: float) -> str:
    """Format a metric's value: characters are whole numbers, all others have three digits."""
    return f"{value:,.0f}" if name.startswith("characters") else f"{value:.3f}"


def format_interval(metric: MetricValue) -> str:
    """Format the 95% interval of a metric."""
    return " … ".join(format_value(metric.name, end) for end in metric.interval or ())


def format_change(name: str, difference: Difference) -> str:
    """Format the change of a metric with its sign."""
    sign = "+" if difference.change >= 0 else "-"
    return sign + format_value(name, abs(difference.change))


def format_difference(name: str, difference: Difference | None) -> list[str]:
    """Format the value before, the change and the p-value, blank where there is no baseline."""
    if difference is None:
        return ["", "", ""]
    before = format_value(name, difference.before)
    return [before, format_change(name, difference), f"{difference.p:.3f}"]
