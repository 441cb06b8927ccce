"""Groups questions that failed by their meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.types.gaps import Gap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.protocols import Embedder
    from ragpg.types.embeddings import Vector
    from ragpg.types.gaps import FailedQuestion

SAME_MEANING = 0.7
"""Cosine from which two questions count as one; `python -m benchmarks.gaps` measures it."""


def group_questions(failed: Sequence[FailedQuestion], embedder: Embedder) -> list[Gap]:
    """Put questions of one meaning together, those asked most often first.

    A question joins the group whose first question is nearest, if that is near enough.
    """
    groups: list[list[FailedQuestion]] = []
    leaders: list[Vector] = []
    known: dict[str, int] = {}
    for question in failed:
        if question.question not in known:
            known[question.question] = _find_group(question.question, embedder, leaders)
        number = known[question.question]
        if number == len(groups):
            groups.append([])
        groups[number].append(question)
    gaps = [Gap(tuple(group)) for group in groups]
    return sorted(gaps, key=lambda gap: -len(gap.asked))


def _find_group(question: str, embedder: Embedder, leaders: list[Vector]) -> int:
    """Return the number of the question's group; a new one is appended to `leaders`."""
    import numpy as np

    vector = embedder.embed_query(question).vector
    if leaders:
        cosines = np.asarray(leaders) @ vector
        if cosines.max() >= SAME_MEANING:
            return int(cosines.argmax())
    leaders.append(vector)
    return len(leaders) - 1
