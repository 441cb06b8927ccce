"""What was said in a conversation. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragpg.types import Answer

KEPT = 8
"""Turns that are remembered; chosen by hand."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as it was typed and as it stands alone, and its answer.

    `answer` is None where there is none: it was stopped, or something failed.
    """

    question: str
    standalone: str
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The last exchanges, in their order."""

    exchanges: tuple[Exchange, ...] = ()

    def add(self, exchange: Exchange) -> Conversation:
        """Return the conversation with one more exchange; the oldest may be forgotten."""
        return Conversation((*self.exchanges, exchange)[-KEPT:])

    @property
    def questions(self) -> list[str]:
        """The questions as they were typed."""
        return [exchange.question for exchange in self.exchanges]
