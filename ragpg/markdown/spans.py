"""Spans of a text, and the markup in them. Offsets are code points, ends are exclusive."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Span: TypeAlias = tuple[int, int]
"""Start and end."""
MarkupSpan: TypeAlias = tuple[int, int, str]
"""Start and end of a piece of markup, and the text that a reader sees in its place."""


def drop_nested(markup: Sequence[MarkupSpan]) -> list[MarkupSpan]:
    """Sort markup spans by their start, and drop those that begin inside another."""
    if len(markup) < 2:
        return list(markup)
    kept: list[MarkupSpan] = []
    for span in sorted(markup, key=lambda span: span[0]):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def clip(markup: Sequence[MarkupSpan], start: int, end: int) -> tuple[MarkupSpan, ...]:
    """Return the markup of `text[start:end]`; of a cut span the first part has the replacement."""
    index = bisect_left(markup, (start,))
    clipped: list[MarkupSpan] = []
    if index and markup[index - 1][1] > start:
        clipped.append((start, min(end, markup[index - 1][1]), ""))
    while index < len(markup) and markup[index][0] < end:
        span = markup[index]
        clipped.append((span[0], min(end, span[1]), span[2]))
        index += 1
    return tuple(clipped)


def is_dialect(text: str, span: MarkupSpan) -> bool:
    """Return whether a piece of markup is no CommonMark, but a tag, a shortcode, a comment."""
    start, end, _ = span
    first = text[start]
    return (first in "<{%" and end - start > 1) or text.startswith(_DIALECT_BRACKETS, start, end)


def trim_dialect(text: str, span: Span, markup: Sequence[MarkupSpan]) -> Span:
    """Return a span without the blanks and the dialects' markup at its ends."""
    start, end = span
    for piece in markup:
        if not _is_outside(text, piece) or text[start : piece[0]].strip():
            break
        start = piece[1]
    for piece in reversed(markup):
        if piece[0] < start or not _is_outside(text, piece) or text[piece[1] : end].strip():
            break
        end = piece[0]
    end = start + len(text[start:end].rstrip())
    return end - len(text[start:end].lstrip()), end


def _is_outside(text: str, span: MarkupSpan) -> bool:
    """Return whether a piece of markup is not part of a sentence, as `<p>` but not `<b>` is."""
    if text[span[0]] not in "<{%[!":
        return False
    is_inline_tag = text[span[0]] == "<" and not span[2]
    return is_dialect(text, span) and not span[2].strip() and not is_inline_tag


_DIALECT_BRACKETS = ("[[", "![[", "[^")


class SpanIndex:
    """Looks up offsets in spans that are sorted by their start; those that overlap are merged."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in spans:
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def contains(self, offset: int) -> bool:
        """Return whether an offset is strictly inside a span."""
        index = bisect_left(self._starts, offset) - 1
        return index >= 0 and offset < self._ends[index]

    def find_start(self, offset: int, *, after: int) -> int:
        """Move an offset inside a span to the span's start, if that is greater than `after`."""
        if not self.contains(offset):
            return offset
        start = self._starts[bisect_left(self._starts, offset) - 1]
        return start if start > after else offset


NO_SPANS = SpanIndex(())
