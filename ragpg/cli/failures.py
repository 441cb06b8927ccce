"""Keeps questions that failed, where the user has asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ragpg.errors import DatabaseError
from ragpg.types import Answer, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.display.terminal import Terminal
    from ragpg.protocols import ChunkIndex

Event = TypeVar("Event")


@dataclass
class FailureLog:
    """Keeps the questions of a run that fail; where it cannot, it warns once."""

    index: ChunkIndex
    terminal: Terminal
    answer: Answer | None = None
    is_broken: bool = False

    def watch(self, events: Iterator[Event]) -> Iterator[Event]:
        """Yield all events, and remember the answer unless an error cuts it short."""
        self.answer = last = None
        for event in events:
            if isinstance(event, Answer):
                last = event
            yield event
        self.answer = last

    def keep(self) -> None:
        """Keep the question, if it was refused or a claim of its answer is not supported."""
        answer = self.answer
        if self.is_broken or answer is None:
            return
        if answer.answered and all(c.verdict is Verdict.SUPPORTED for c in answer.claims):
            return
        from ragpg.store.gap_log import keep_failure
        from ragpg.store.postgres import PostgresStore

        if not isinstance(self.index, PostgresStore):
            return
        reason = "claims" if answer.answered else "refused"
        try:
            keep_failure(self.index.table, answer, reason=reason)
        except DatabaseError as error:
            self.is_broken = True
            self.terminal.warn(f"the question is not kept for `ragpg gaps`: {error.message}")
