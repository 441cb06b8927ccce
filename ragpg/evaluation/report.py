"""Results summed up: figures with their intervals, what had to be reached, curves. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from statistics import fmean
from typing import TYPE_CHECKING

from ragpg.errors import UsageError
from ragpg.evaluation import bootstrap, metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ragpg.evaluation.cases import Case
    from ragpg.evaluation.comparison import Comparison
    from ragpg.evaluation.run import Result


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure: what it says, and which cases have a part in it."""

    name: str
    about: str
    counts: Callable[[Case], bool]


def _searched(case: Case) -> bool:
    return case.retrievable


def _spanned(case: Case) -> bool:
    return case.retrievable and bool(case.evidence)


def _answerable(case: Case) -> bool:
    return case.expects_answer is True


def _unanswerable(case: Case) -> bool:
    return case.expects_answer is False


METRICS = {
    metric.name: metric
    for metric in (
        Metric("recall@1", "Share of the gold passages among the first hit", _searched),
        Metric("recall@3", "Share of the gold passages among three hits", _searched),
        Metric("recall@5", "Share of the gold passages among five hits", _searched),
        Metric("recall@10", "Share of the gold passages among ten hits", _searched),
        Metric("mrr@10", "1/rank of the first relevant hit", _searched),
        Metric("ndcg@10", "Ranking of documents, each by its best hit", _searched),
        Metric("token_recall@5", "Share of the gold text that is returned", _spanned),
        Metric("token_precision@5", "Share of the returned text that is gold", _spanned),
        Metric("token_iou@5", "Gold text returned, of all gold and returned text", _spanned),
        Metric("characters@5", "Characters of five hits: less is better", _searched),
        Metric("characters@10", "Characters of ten hits: less is better", _searched),
        Metric("answered", "Answerable questions that are answered", _answerable),
        Metric("refused", "Unanswerable questions that are refused", _unanswerable),
        Metric("refusal_auc", "How well confidence tells the two apart (0.5: by chance)", bool),
        Metric("passed", "Cases that pass their checks", lambda case: case.checked),
    )
}
AUC = "refusal_auc"


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's value over `cases` cases with its 95% interval; a single case has none."""

    name: str
    value: float
    interval: tuple[float, float] | None
    cases: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a metric has to reach."""

    metric: str
    least: float

    def met(self, figures: Mapping[str, Figure]) -> bool:
        """Whether it does."""
        return self.metric in figures and figures[self.metric].value >= self.least


@dataclass(frozen=True, slots=True)
class Report:
    """All that came out of a file of cases.

    `figures` lack the metrics that nothing was measured by; `about` says what was, for people.
    """

    name: str
    results: tuple[Result, ...]
    figures: Mapping[str, Figure]
    thresholds: tuple[Threshold, ...] = ()
    comparison: Comparison | None = None
    about: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0

    @property
    def unmet(self) -> list[Threshold]:
        """The thresholds that were not reached."""
        return [one for one in self.thresholds if not one.met(self.figures)]

    @property
    def failing(self) -> list[Result]:
        """The cases that failed a check, or that a model failed."""
        return [result for result in self.results if result.failures]

    @property
    def recall_curve(self) -> list[tuple[int, float]]:
        """Recall by the number of hits, from 1 to 10."""
        ranks = [result.ranks for result in self.results if result.ranks]
        return [(k, fmean(metrics.recall(r, k) for r in ranks)) for k in range(1, 11) if ranks]

    @property
    def roc(self) -> list[tuple[float, float]]:
        """Shares of refused questions for each threshold: answerable ones, unanswerable ones."""
        unsure, sure = confidences(self.results)
        return metrics.roc(unsure, sure) if unsure and sure else []


def figures(results: Iterable[Result]) -> dict[str, Figure]:
    """Sum results up, in the order of METRICS."""
    results = list(results)
    measured = {name: [r.values[name] for r in results if name in r.values] for name in METRICS}
    found = {name: mean(name, values) for name, values in measured.items() if values}
    unsure, sure = confidences(results)
    if unsure and sure:
        area = metrics.auc(unsure, sure)
        interval = bootstrap.auc_interval(unsure, sure)
        found[AUC] = Figure(AUC, area, interval, len(unsure) + len(sure))
    return {name: found[name] for name in METRICS if name in found}


def mean(name: str, values: Sequence[float]) -> Figure:
    """A mean with its interval."""
    interval = bootstrap.interval(values) if len(values) > 1 else None
    return Figure(name, fmean(values), interval, len(values))


def confidences(results: Iterable[Result]) -> tuple[list[float], list[float]]:
    """How doubtful it was that the documents answer: of unanswerable and of answerable questions.

    The greater, the more doubtful: confidences with their sign changed.
    """
    found: dict[bool | None, list[float]] = {False: [], True: [], None: []}
    for result in results:
        if result.answer is not None:
            found[result.case.expects_answer].append(-result.answer.answerability)
    return found[False], found[True]


def threshold(written: str) -> Threshold:
    """Read `METRIC=VALUE`; raises UsageError."""
    name, _, number = written.partition("=")
    if name not in METRICS:
        near = get_close_matches(name, METRICS, n=1)
        known = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(METRICS)}"
        raise UsageError(f"--min {written!r}: there is no metric {name!r}", hint=known)
    try:
        least = float(number)
    except ValueError:
        least = math.nan
    if not math.isfinite(least):
        raise UsageError(f"--min {written!r} must be METRIC=VALUE, such as {name}=0.8")
    return Threshold(name, least)


def refuse_unmeasured(thresholds: Iterable[Threshold], cases: Sequence[Case], *, name: str) -> None:
    """Raise UsageError where no case has a part in a metric that has to reach something."""
    for wanted in thresholds:
        kinds = {case.expects_answer for case in cases}
        counted = any(METRICS[wanted.metric].counts(case) for case in cases)
        if not counted or (wanted.metric == AUC and not {True, False} <= kinds):
            raise UsageError(f"--min {wanted.metric}: no case of {name} is measured by it")
