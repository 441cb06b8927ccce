"""Measure how `ragpg gaps` groups questions: `python -m benchmarks.gaps`.

Of the questions in `benchmarks.gap_questions`, in several orders, it counts the pairs that are put
into one group, and those of them that ask the same thing.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast
from unittest.mock import patch

from ragpg.api import factories
from ragpg.config import load
from ragpg.pipeline import gaps
from ragpg.types.gaps import FailedQuestion

from benchmarks.gap_questions import TOPICS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.protocols import Embedder

ORDERS = 5
"""Orders in which the questions are asked; the result depends on it a little."""
COSINES = (0.55, 0.6, 0.65, 0.7, 0.75, 0.8)


class Asked(NamedTuple):
    """A question's topic, and which of the topic's questions it is."""

    topic: str
    number: int


def main() -> None:
    """Print precision and recall of pairs for several thresholds."""
    config = load(explicit=None, overrides={}, environ={}, directory=Path("/"))
    embedder = cast("Embedder", Remembering(factories.make_embedder(config)))
    print("| cosine | pairs joined | of them the same question | of 90 pairs joined |")
    print("|---|---|---|---|")
    for cosine in COSINES:
        with patch.object(gaps, "SAME_MEANING", cosine):
            joined = [pair for seed in range(ORDERS) for pair in join(embedder, seed=seed)]
        right = sum(one == other for one, other in joined)
        total = 3 * sum(map(len, TOPICS.values()))
        print(
            f"| {cosine} | {len(joined) / ORDERS:.0f} | {right / len(joined):.0%} "
            f"| {right / ORDERS / total:.0%} |"
        )


class Remembering:
    """An embedder that embeds each query once."""

    def __init__(self, embedder: Embedder) -> None:
        self.embed_query = cache(embedder.embed_query)


def join(embedder: Embedder, *, seed: int) -> Iterator[tuple[Asked, Asked]]:
    """Yield the pairs of questions that are put into one group."""
    meant = {
        wording: Asked(topic, number)
        for topic, questions in TOPICS.items()
        for number, wordings in enumerate(questions)
        for wording in wordings
    }
    order = list(meant)
    random.Random(seed).shuffle(order)
    now = datetime.now(UTC)
    failed = [FailedQuestion(text, now, "refused", (), None, None, None) for text in order]
    for gap in gaps.group_questions(failed, embedder):
        yield from combinations([meant[text] for text in gap.questions], 2)


if __name__ == "__main__":
    main()
