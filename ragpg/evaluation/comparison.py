"""Results beside those of another time: what `ragpg eval --json` printed then."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ragpg.errors import UsageError
from ragpg.evaluation import bootstrap
from ragpg.evaluation.report import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.evaluation.bootstrap import Difference
    from ragpg.evaluation.run import Result


@dataclass(frozen=True, slots=True)
class Past:
    """A case as it was."""

    passed: bool | None
    first_relevant_rank: int | None
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since the baseline `name`, over the `shared` cases.

    `better` and `worse` cases find the first relevant passage earlier or later, or more or fewer of
    the gold passages among five; with each goes its rank before and now.
    """

    name: str
    shared: int
    newly_failing: tuple[str, ...]
    newly_fixed: tuple[str, ...]
    better: Mapping[str, tuple[int | None, int | None]]
    worse: Mapping[str, tuple[int | None, int | None]]
    differences: Mapping[str, Difference]


def parse(content: bytes, *, name: str) -> dict[str, Past]:
    """Read a baseline; raises UsageError."""
    try:
        cases = json.loads(content)["cases"]
        return {case["id"]: _past(case) for case in cases}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{name!r} is no baseline", hint="`ragpg eval CASES --json > FILE` writes one"
        ) from error


def _past(case: Mapping[str, Any]) -> Past:
    rank, passed = case["first_relevant_rank"], case["passed"]
    values = {key: float(value) for key, value in case.get("values", {}).items()}
    if not isinstance(rank, int | None) or not isinstance(passed, bool | None):
        raise TypeError
    if not all(map(math.isfinite, values.values())):
        raise ValueError
    return Past(passed, rank, values)


def compare(results: Iterable[Result], before: Mapping[str, Past], *, name: str) -> Comparison:
    """Compare cases by their id."""
    pairs = [(before[r.case.id], r) for r in results if r.case.id in before]
    ranks = {r.case.id: (past.first_relevant_rank, r.first_relevant_rank) for past, r in pairs}
    moved = {r.case.id: _found(r.values) - _found(past.values) for past, r in pairs}
    return Comparison(
        name=name,
        shared=len(pairs),
        newly_failing=_changed(pairs, was=True),
        newly_fixed=_changed(pairs, was=False),
        better={case: ranks[case] for case, by in moved.items() if by > 0},
        worse={case: ranks[case] for case, by in moved.items() if by < 0},
        differences=_differences(pairs),
    )


def _found(values: Mapping[str, float]) -> float:
    """What is compared of a case: above all where its first relevant passage is."""
    return 1000 * values.get("mrr@10", 0.0) + values.get("recall@5", 0.0)


def _changed(pairs: Sequence[tuple[Past, Result]], *, was: bool) -> tuple[str, ...]:
    return tuple(r.case.id for past, r in pairs if past.passed is was and r.passed is (not was))


def _differences(pairs: Sequence[tuple[Past, Result]]) -> dict[str, Difference]:
    """Each metric over the cases that it was measured for both times."""
    found = {}
    for name in METRICS:
        both = [
            (p.values[name], r.values[name])
            for p, r in pairs
            if name in p.values and name in r.values
        ]
        if both:
            before, after = zip(*both, strict=True)
            found[name] = bootstrap.difference(before, after)
    return found
