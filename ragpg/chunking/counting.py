"""Counting tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.protocols import Tokenizer

BATCH = 1000


def count(tokenizer: Tokenizer, texts: Sequence[str]) -> list[int]:
    """The tokens of each text, counted a batch at a time to bound the memory."""
    starts = range(0, len(texts), BATCH)
    return [n for start in starts for n in tokenizer.counts(texts[start : start + BATCH])]
