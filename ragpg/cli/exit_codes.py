"""Exit codes, and the rules by which one is chosen."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from ragpg.errors import RagpgError, UsageError

if TYPE_CHECKING:
    from ragpg.evaluation.report import Report


class ExitCode(IntEnum):
    """The exit code of a command."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOTHING_FOUND = 3
    CHECK_FAILED = 4
    INTERRUPTED = 130
    TERMINATED = 143


BY_SEVERITY = (ExitCode.FAILED, ExitCode.CHECK_FAILED, ExitCode.NOTHING_FOUND, ExitCode.OK)
"""The exit codes of a batch's lines, the most severe first."""


def of_error(error: RagpgError) -> ExitCode:
    """Return the exit code of an error."""
    return ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.FAILED


def of_batch(codes: list[ExitCode]) -> ExitCode:
    """Return the most severe exit code of a batch's lines."""
    return min(codes, key=BY_SEVERITY.index, default=ExitCode.OK)


def of_evaluation(report: Report) -> ExitCode:
    """Return the exit code of an evaluation: an error counts more than a failed check."""
    if any(result.error for result in report.results):
        return ExitCode.FAILED
    return ExitCode.CHECK_FAILED if report.failing or report.unmet else ExitCode.OK
