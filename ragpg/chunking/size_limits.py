"""How large a chunk may be, in characters and tokens, and how tokens are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.protocols import Tokenizer

SOFT_MAX_CHARACTERS = 1000
"""Characters, markup included; a longer chunk costs OVER_LIMIT_COST. Chosen by hand."""
MAX_CHARACTERS = 2000
"""Characters, markup included, that no chunk exceeds. Chosen by hand."""
BATCH = 1000
"""Texts whose tokens are counted together, which bounds the memory."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The tokens of a chunk without its contextual heading.

    The repr is part of the chunking fingerprint: names and fields must stay as they are.
    """

    max_tokens: int
    min_tokens: int

    @property
    def target(self) -> float:
        """The number of tokens that costs nothing, halfway between the limits."""
        return (self.max_tokens + self.min_tokens) / 2


@dataclass(frozen=True, slots=True)
class TokenBudget:
    """A chunk has at most `window` tokens with its contextual heading, and `limits` without it."""

    tokenizer: Tokenizer
    limits: Limits
    window: int

    @property
    def max_context(self) -> int:
        """The largest number of tokens of a contextual heading: half of the window."""
        return self.window // 2

    def max_content(self, *, context: int) -> int:
        """Return how many tokens a chunk may have besides those of its contextual heading."""
        return max(1, min(self.limits.max_tokens, self.window - context))

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text."""
        starts = range(0, len(texts), BATCH)
        return [n for start in starts for n in self.tokenizer.counts(texts[start : start + BATCH])]
