"""Whether a claim follows from a text, as a small model reads both. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ragpg.claims.evidence import read_around

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ragpg.claims.support import Support

    ReadTexts = Callable[[str, Sequence[tuple[str, str]]], Sequence[float | None]]
    """From a claim, and headings with a text each, to the log-odds that it follows, or None."""

MAX_READ_SPANS = 3
"""Spans that a model reads together with a claim. Chosen by hand."""


def read_supports(text: str, supports: Sequence[Support], read: ReadTexts) -> list[Support]:
    """Return supports of a claim, best first, the first ones with what a model makes of them.

    What contradicts the claim is not read, but for the best: it would not count. Nor is a question
    with its answer: the model does not know what "no" denies.
    """
    chosen = [
        place
        for place, support in enumerate(supports[:MAX_READ_SPANS])
        if (place == 0 or not support.contradictions) and "?" not in support.spans[0].plain
    ]
    scores = read(text, [read_around(supports[place].spans[0]) for place in chosen])
    entailment = dict(zip(chosen, scores, strict=True))
    return [
        replace(support, entailment=entailment.get(place)) for place, support in enumerate(supports)
    ]
