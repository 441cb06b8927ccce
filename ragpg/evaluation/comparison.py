"""Results compared with a baseline: what `ragpg eval --json` printed earlier."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ragpg.errors import UsageError
from ragpg.evaluation import bootstrap
from ragpg.evaluation.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.evaluation.bootstrap import Difference
    from ragpg.evaluation.run import CaseResult


@dataclass(frozen=True, slots=True)
class BaselineCase:
    """A case of the baseline."""

    passed: bool | None
    first_relevant_rank: int | None
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Changes since the baseline `name`, over the `shared` cases.

    A case is better if its mrr@10 rose or, where that is equal, its recall@5. `better` and `worse`
    map cases to the rank of their first relevant hit, before and now.
    """

    name: str
    shared: int
    newly_failing: tuple[str, ...]
    newly_fixed: tuple[str, ...]
    better: Mapping[str, tuple[int | None, int | None]]
    worse: Mapping[str, tuple[int | None, int | None]]
    differences: Mapping[str, Difference]


def parse_baseline(content: bytes, *, name: str) -> dict[str, BaselineCase]:
    """Parse a baseline; raises UsageError."""
    try:
        cases = json.loads(content)["cases"]
        return {case["id"]: _parse_case(case) for case in cases}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{name!r} is no baseline", hint="`ragpg eval CASES --json > FILE` writes one"
        ) from error


def to_baseline(results: Iterable[CaseResult]) -> dict[str, BaselineCase]:
    """Return results of another version as a baseline."""
    return {r.case.id: BaselineCase(r.passed, r.first_relevant_rank, r.values) for r in results}


def _parse_case(case: Mapping[str, Any]) -> BaselineCase:
    rank, passed = case["first_relevant_rank"], case["passed"]
    values = {key: float(value) for key, value in case.get("values", {}).items()}
    if not isinstance(rank, int | None) or not isinstance(passed, bool | None):
        raise TypeError
    if not all(map(math.isfinite, values.values())):
        raise ValueError
    return BaselineCase(passed, rank, values)


def compare(
    results: Iterable[CaseResult], baseline: Mapping[str, BaselineCase], *, name: str
) -> Comparison:
    """Compare results with the baseline's cases of the same id."""
    pairs = [(baseline[r.case.id], r) for r in results if r.case.id in baseline]
    ranks = {r.case.id: (past.first_relevant_rank, r.first_relevant_rank) for past, r in pairs}
    changes = {r.case.id: _quality(r.values) - _quality(past.values) for past, r in pairs}
    return Comparison(
        name=name,
        shared=len(pairs),
        newly_failing=_changed(pairs, was=True),
        newly_fixed=_changed(pairs, was=False),
        better={case: ranks[case] for case, change in changes.items() if change > 0},
        worse={case: ranks[case] for case, change in changes.items() if change < 0},
        differences=_differences(pairs),
    )


def _quality(values: Mapping[str, float]) -> float:
    """Return a sort key, higher is better: mrr@10, then recall@5."""
    return 1000 * values.get("mrr@10", 0.0) + values.get("recall@5", 0.0)


def _changed(pairs: Sequence[tuple[BaselineCase, CaseResult]], *, was: bool) -> tuple[str, ...]:
    return tuple(r.case.id for past, r in pairs if past.passed is was and r.passed is (not was))


def _differences(pairs: Sequence[tuple[BaselineCase, CaseResult]]) -> dict[str, Difference]:
    """Compare each metric over the cases that it was measured for both times."""
    differences = {}
    for name in METRICS:
        both = [
            (p.values[name], r.values[name])
            for p, r in pairs
            if name in p.values and name in r.values
        ]
        if both:
            before, after = zip(*both, strict=True)
            differences[name] = bootstrap.compare_means(before, after)
    return differences
