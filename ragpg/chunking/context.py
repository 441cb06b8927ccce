"""Where a chunk stands: the title of its document and the headings above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.chunking.counting import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ragpg.protocols import Tokenizer

SEPARATOR = " > "
LENGTHS = (120, 60, 30, 15)
"""Characters that titles are shortened to, one after the other, until they fit."""


@dataclass(frozen=True, slots=True)
class Context:
    """`Title > Heading > Subheading`, and its tokens."""

    text: str
    tokens: int


def contexts(
    title: str, paths: Iterable[tuple[str, ...]], *, tokenizer: Tokenizer, most: int
) -> dict[tuple[str, ...], Context]:
    """The context of each path of headings, shortened to `most` tokens."""
    ordered = sorted(paths)
    texts = [SEPARATOR.join(_titles(title, path)) for path in ordered]
    counted = zip(ordered, texts, count(tokenizer, texts), strict=True)
    return {
        path: Context(text, tokens)
        if tokens <= most
        else _shortened(_titles(title, path), tokenizer=tokenizer, most=most)
        for path, text, tokens in counted
    }


def _titles(title: str, path: tuple[str, ...]) -> tuple[str, ...]:
    same = bool(path) and path[0].casefold() == title.casefold()
    return path if same or not title else (title, *path)


def _shortened(titles: tuple[str, ...], *, tokenizer: Tokenizer, most: int) -> Context:
    for length in LENGTHS:
        text = SEPARATOR.join(_cut(title, length) for title in titles)
        tokens = tokenizer.counts([text])[0]
        if tokens <= most:
            return Context(text, tokens)
    while tokens > most and text:
        text = text[: len(text) // 2]
        tokens = tokenizer.counts([text])[0]
    return Context(text, tokens)


def _cut(title: str, length: int) -> str:
    return title if len(title) <= length else title[: length - 1].rstrip() + "…"
