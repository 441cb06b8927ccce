"""Contextual headings: the title of the document and the headings above a chunk.

They are embedded in front of a chunk, which often makes no sense without them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ragpg.chunking.size_limits import TokenBudget

HeadingPath: TypeAlias = tuple[str, ...]

SEPARATOR = " > "
SHORTENED_LENGTHS = (120, 60, 30, 15)
"""Characters to which each heading is shortened in turn, until all of them fit. Chosen by hand."""


@dataclass(frozen=True, slots=True)
class HeadingContext:
    """`Title > Heading > Subheading`, and its number of tokens."""

    text: str
    tokens: int


def make_contexts(
    title: str, paths: Iterable[HeadingPath], *, budget: TokenBudget
) -> dict[HeadingPath, HeadingContext]:
    """Make the contextual heading of each path, shortened to the budget's `max_context`."""
    ordered = sorted(paths)
    texts = [SEPARATOR.join(_add_title(title, path)) for path in ordered]
    counted = zip(ordered, texts, budget.count(texts), strict=True)
    return {
        path: HeadingContext(text, tokens)
        if tokens <= budget.max_context
        else _shorten(_add_title(title, path), budget=budget)
        for path, text, tokens in counted
    }


def _add_title(title: str, path: HeadingPath) -> HeadingPath:
    is_same = bool(path) and path[0].casefold() == title.casefold()
    return path if is_same or not title else (title, *path)


def _shorten(titles: HeadingPath, *, budget: TokenBudget) -> HeadingContext:
    for length in SHORTENED_LENGTHS:
        text = SEPARATOR.join(_truncate(title, length) for title in titles)
        [tokens] = budget.count([text])
        if tokens <= budget.max_context:
            return HeadingContext(text, tokens)
    while tokens > budget.max_context and text:
        text = text[: len(text) // 2]
        [tokens] = budget.count([text])
    return HeadingContext(text, tokens)


def _truncate(title: str, length: int) -> str:
    return title if len(title) <= length else title[: length - 1].rstrip() + "…"
