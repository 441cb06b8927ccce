"""Results summarised: metrics with their intervals, thresholds, curves. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from ragpg.errors import UsageError
from ragpg.evaluation import bootstrap, metrics
from ragpg.evaluation.metrics import METRICS, REFUSAL_AUC
from ragpg.text.suggestions import find_closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.evaluation.cases import Case
    from ragpg.evaluation.comparison import Comparison
    from ragpg.evaluation.run import CaseResult


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A metric's value over `cases` cases with its 95% interval; a single case has none."""

    name: str
    value: float
    interval: tuple[float, float] | None
    cases: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """The smallest value of a metric that is accepted."""

    metric: str
    minimum: float

    def is_met(self, metrics: Mapping[str, MetricValue]) -> bool:
        """Return whether the metric was measured and reaches the minimum."""
        return self.metric in metrics and metrics[self.metric].value >= self.minimum


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a file of cases.

    `metrics` has those that at least one case was measured by. `about` describes for people what
    was measured, as names and values. `between` are the names of two versions and their commits,
    where these were compared: the results are those of the second one.
    """

    name: str
    results: tuple[CaseResult, ...]
    metrics: Mapping[str, MetricValue]
    thresholds: tuple[Threshold, ...] = ()
    comparison: Comparison | None = None
    about: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    between: tuple[tuple[str, str], ...] = ()

    @property
    def unmet(self) -> list[Threshold]:
        """The thresholds that were not reached."""
        return [threshold for threshold in self.thresholds if not threshold.is_met(self.metrics)]

    @property
    def failing(self) -> list[CaseResult]:
        """The cases that failed a check or ended in an error."""
        return [result for result in self.results if result.failures]

    @property
    def recall_curve(self) -> list[tuple[int, float]]:
        """Mean recall@k for each k from 1 to 10, as (k, recall)."""
        ranks = [result.ranks for result in self.results if result.ranks]
        return [(k, fmean(metrics.recall(r, k) for r in ranks)) for k in range(1, 11) if ranks]

    @property
    def roc(self) -> list[tuple[float, float]]:
        """For each threshold, the share of answerable and of unanswerable questions refused."""
        unanswerable, answerable = refusal_scores(self.results)
        return metrics.roc(unanswerable, answerable) if unanswerable and answerable else []


def summarise(results: Sequence[CaseResult]) -> dict[str, MetricValue]:
    """Return the mean of each metric over the cases that it was measured for; AUC for refusal."""
    values = {name: [r.values[name] for r in results if name in r.values] for name in METRICS}
    summary = {name: mean(name, measured) for name, measured in values.items() if measured}
    unanswerable, answerable = refusal_scores(results)
    if unanswerable and answerable:
        area = metrics.auc(unanswerable, answerable)
        interval = bootstrap.auc_interval(unanswerable, answerable)
        cases = len(unanswerable) + len(answerable)
        summary[REFUSAL_AUC] = MetricValue(REFUSAL_AUC, area, interval, cases)
    return {name: summary[name] for name in METRICS if name in summary}


def mean(name: str, values: Sequence[float]) -> MetricValue:
    """Return a mean with its 95% interval."""
    interval = bootstrap.interval(values) if len(values) > 1 else None
    return MetricValue(name, fmean(values), interval, len(values))


def refusal_scores(results: Iterable[CaseResult]) -> tuple[list[float], list[float]]:
    """Return the negated answerability of unanswerable and of answerable questions."""
    scores: dict[bool | None, list[float]] = {False: [], True: [], None: []}
    for result in results:
        if result.answer is not None:
            scores[result.case.expects_answer].append(-result.answer.answerability)
    return scores[False], scores[True]


def parse_threshold(text: str) -> Threshold:
    """Parse `METRIC=VALUE`; raises UsageError."""
    name, _, number = text.partition("=")
    if name not in METRICS:
        similar = find_closest(name, METRICS)
        hint = f"did you mean {similar!r}?" if similar else f"there are: {', '.join(METRICS)}"
        raise UsageError(f"--min {text!r}: there is no metric {name!r}", hint=hint)
    try:
        minimum = float(number)
    except ValueError:
        minimum = math.nan
    if not math.isfinite(minimum):
        raise UsageError(f"--min {text!r} must be METRIC=VALUE, such as {name}=0.8")
    return Threshold(name, minimum)


def require_measurable(
    thresholds: Iterable[Threshold], cases: Sequence[Case], *, name: str
) -> None:
    """Raise UsageError if a threshold is for a metric that applies to no case."""
    kinds = {case.expects_answer for case in cases}
    for threshold in thresholds:
        metric = threshold.metric
        applies = any(METRICS[metric].applies_to(case) for case in cases)
        if not applies or (metric == REFUSAL_AUC and not {True, False} <= kinds):
            raise UsageError(f"--min {metric}: no case of {name} is measured by it")
