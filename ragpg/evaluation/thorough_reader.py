"""Reading on where a question is decided: its confidence is told, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ragpg.protocols import Reader


@dataclass(frozen=True, slots=True)
class ThoroughReader:
    """Reads as another reader does, all passages of each question; fulfils `Reader`."""

    reader: Reader

    def read_claim(self, claim: str, texts: Sequence[tuple[str, str]]) -> list[float | None]:
        """Return for each pair of headings and a text the log-odds that the claim follows."""
        return self.reader.read_claim(claim, texts)

    def read_question(
        self,
        question: str,
        passages: Sequence[tuple[str, Sequence[str]]],
        *,
        is_enough: Callable[[float], bool] | None = None,  # noqa: ARG002 - nothing is
    ) -> float | None:
        """Return the log-odds that the best segment of all passages answers a question."""
        return self.reader.read_question(question, passages)
