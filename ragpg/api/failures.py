"""Keeps questions that failed, where the user has asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ragpg.errors import DatabaseError
from ragpg.types import Answer, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ragpg.store.postgres import PostgresStore

Event = TypeVar("Event")


class FailureLog:
    """Keeps the questions of one store that fail; where it cannot, it warns once."""

    def __init__(self, store: PostgresStore, *, warn: Callable[[str], None]) -> None:
        self.last: Answer | None = None
        self._store = store
        self._warn = warn
        self._is_broken = False

    def watch(self, events: Iterator[Event]) -> Iterator[Event]:
        """Yield all events; afterwards `last` is the answer, None if an error cut it short."""
        self.last = answer = None
        for event in events:
            if isinstance(event, Answer):
                answer = event
            yield event
        self.last = answer

    def keep(self, answer: Answer | None) -> None:
        """Keep the question, if it was refused or a claim of its answer is not supported."""
        reason = find_failure(answer) if answer else None
        if self._is_broken or answer is None or reason is None:
            return
        from ragpg.store.gap_log import keep_failure

        try:
            keep_failure(self._store.table, answer, reason=reason)
        except DatabaseError as error:
            self._is_broken = True
            hint = f" ({error.hint})" if error.hint else ""
            self._warn(f"the question is not kept for `ragpg gaps`: {error.message}{hint}")


def find_failure(answer: Answer) -> str | None:
    """Return why a question failed: "refused" or "claims"; None if it did not."""
    if not answer.answered:
        return "refused"
    is_supported = all(claim.verdict is Verdict.SUPPORTED for claim in answer.claims)
    return None if is_supported else "claims"
