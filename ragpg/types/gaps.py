"""Questions that the documents did not answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class FailedQuestion:
    """A question that failed, as it is kept.

    `reason` is "refused" or "claims", `missing` are its terms that no passage mentions. `source`
    and the lines, which count from 1, are those of the best passage; None where there was none.
    """

    question: str
    asked: datetime
    reason: str
    missing: tuple[str, ...]
    source: str | None
    start_line: int | None
    end_line: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Failed questions of one meaning, the oldest first; there is at least one."""

    asked: tuple[FailedQuestion, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        """The different wordings, the oldest first."""
        return tuple(dict.fromkeys(failed.question for failed in self.asked))

    @property
    def missing(self) -> tuple[str, ...]:
        """The terms that no passage mentions, each once."""
        return tuple(dict.fromkeys(term for failed in self.asked for term in failed.missing))
