"""Exit codes: the one place that decides them."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from ragpg.errors import RagpgError, UsageError

if TYPE_CHECKING:
    from ragpg.evaluation.report import Report


class Outcome(IntEnum):
    """How a command ended."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOTHING_FOUND = 3
    CHECK_FAILED = 4
    INTERRUPTED = 130
    TERMINATED = 143


# In a batch the gravest outcome of its lines counts.
GRAVITY = (Outcome.FAILED, Outcome.CHECK_FAILED, Outcome.NOTHING_FOUND, Outcome.DONE)


def of(failure: RagpgError) -> Outcome:
    """Decide what a failure means for whoever called."""
    return Outcome.USAGE if isinstance(failure, UsageError) else Outcome.FAILED


def gravest(outcomes: list[Outcome]) -> Outcome:
    """Sum the outcomes of many lines up."""
    return min(outcomes, key=GRAVITY.index, default=Outcome.DONE)


def of_evaluation(report: Report) -> Outcome:
    """Decide how cases ended: a model that failed is graver than a check that did."""
    if any(result.error for result in report.results):
        return Outcome.FAILED
    return Outcome.CHECK_FAILED if report.failing or report.unmet else Outcome.DONE
