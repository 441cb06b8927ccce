"""Exit codes: what the result of a command, an error or a batch means for whoever called."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from ragpg.errors import RagpgError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ragpg.evaluation.report import Report
    from ragpg.pipeline.foreign_search import ForeignResult
    from ragpg.pipeline.prompt import Prompt
    from ragpg.pipeline.search import SearchResult
    from ragpg.types import (
        Answer,
        CheckedFile,
        ConflictReport,
        LocatedClaim,
        Receipt,
        StoreStatus,
        Verification,
    )


class ExitCode(IntEnum):
    """The exit code of a command."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOTHING_FOUND = 3
    CHECK_FAILED = 4
    INTERRUPTED = 130
    TERMINATED = 143


class FailOn(StrEnum):
    """The claims that let a verification fail."""

    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"


BY_SEVERITY = (ExitCode.FAILED, ExitCode.CHECK_FAILED, ExitCode.NOTHING_FOUND, ExitCode.OK)
"""The exit codes of a batch's lines, the most severe first."""


def of_error(error: RagpgError) -> ExitCode:
    """Return the exit code of an error."""
    return ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.FAILED


def of_batch(codes: list[ExitCode]) -> ExitCode:
    """Return the most severe exit code of a batch's lines."""
    return min(codes, key=BY_SEVERITY.index, default=ExitCode.OK)


def of_search(result: SearchResult | Prompt | ForeignResult) -> ExitCode:
    """Return the exit code of a search, also of one that is for a prompt."""
    return ExitCode.OK if result.hits else ExitCode.NOTHING_FOUND


def of_answer(answer: Answer, *, strict: bool) -> ExitCode:
    """Return the exit code of an answer.

    One of its claims must be supported, if it makes any. With `strict` it must make one, and all
    must be supported.
    """
    from ragpg.types import Verdict

    if not answer.answered:
        return ExitCode.NOTHING_FOUND
    is_supported = [claim.verdict is Verdict.SUPPORTED for claim in answer.claims]
    fails_strictly = not all(is_supported) or not is_supported
    fails = answer.is_unfounded or (strict and fails_strictly)
    return ExitCode.CHECK_FAILED if fails else ExitCode.OK


def fails(located: LocatedClaim, fail_on: FailOn) -> bool:
    """Return whether a claim lets a verification fail."""
    from ragpg.types import Finding, Verdict

    claim = located.claim
    if located.is_accepted or claim.verdict is Verdict.SUPPORTED:
        return False
    return fail_on is FailOn.UNSUPPORTED or claim.finding is Finding.CONTRADICTED


def of_verification(verification: Verification, *, fail_on: FailOn) -> ExitCode:
    """Return the exit code of a verification: which claims let it fail."""
    failing = any(fails(located, fail_on) for located in verification.claims)
    return ExitCode.CHECK_FAILED if failing else ExitCode.OK


def of_files(files: Iterable[CheckedFile], *, fail_on: FailOn) -> ExitCode:
    """Return the exit code of the verification of files: one that was not read counts most."""
    return of_batch(
        [
            ExitCode.FAILED if file.error else of_verification(file.verification, fail_on=fail_on)
            for file in files
        ]
    )


def of_conflicts(report: ConflictReport) -> ExitCode:
    """Return the exit code of `ragpg conflicts --check`: whether documents contradict others."""
    return ExitCode.CHECK_FAILED if report.conflicts else ExitCode.OK


def of_ingest(receipts: Sequence[Receipt], *, check: bool) -> ExitCode:
    """Return the exit code of an ingest; with `check`, a document that would change counts."""
    from ragpg.pipeline.ingest import NOTHING_DONE
    from ragpg.types import DocumentStatus

    if any(receipt.status is DocumentStatus.FAILED for receipt in receipts):
        return ExitCode.FAILED
    changes = any(receipt.status not in NOTHING_DONE for receipt in receipts)
    return ExitCode.CHECK_FAILED if check and changes else ExitCode.OK


def of_status(status: StoreStatus | None) -> ExitCode:
    """Return the exit code of `ragpg status --check`: only a fault is a failure."""
    from ragpg.types import Level

    checks = status.checks if status else ()
    has_fault = any(check.level is Level.FAULT for check in checks)
    return ExitCode.CHECK_FAILED if has_fault else ExitCode.OK


def of_repair(status: StoreStatus) -> ExitCode:
    """Return the exit code of `ragpg repair`: whether a fault is left."""
    return ExitCode.FAILED if of_status(status) is ExitCode.CHECK_FAILED else ExitCode.OK


def of_evaluation(report: Report) -> ExitCode:
    """Return the exit code of an evaluation: an error counts more than a failed check."""
    if any(result.error for result in report.results):
        return ExitCode.FAILED
    return ExitCode.CHECK_FAILED if report.failing or report.unmet else ExitCode.OK
