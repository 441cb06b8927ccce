"""What a model says that is no answer: its thoughts, and lines of its prompt. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(r"[ \t]*={5,}[ \t]*(?:(?:end of )?passage\b[^\n]*)?\n?", re.IGNORECASE)
_BEGINNING = re.compile(r"[ \t]*(?:=[^\n]*)?")
"""The beginning of a line that may become a fence."""


def strip_fences(pieces: Iterator[str]) -> Iterator[str]:
    """Drop lines like "===== passage [1] from a.md" from an answer, as it arrives in pieces."""
    held, is_inside = "", False
    for piece in pieces:
        shown = ""
        for line in (held + piece).splitlines(keepends=True):
            is_open = not line.endswith("\n")
            if is_open and not is_inside and _BEGINNING.fullmatch(line):
                held = line
                break
            held = ""
            if is_inside or not _FENCE.fullmatch(line):
                shown += line
            is_inside = is_open
        if shown:
            yield shown
    if held and not _FENCE.fullmatch(held):
        yield held


def strip_thoughts(pieces: Iterator[str]) -> Iterator[str]:
    """Drop the <think>…</think> with which some models begin their answer."""
    opening, closing = "<think>", "</think>"
    text = ""
    for piece in pieces:
        text += piece
        content = text.lstrip()
        if content.startswith(opening):
            _, _, text = content.partition(closing)
            if text.strip():
                yield text.lstrip()
                break
            text = content
        elif not opening.startswith(content):
            yield text
            break
    else:
        if text and not text.lstrip().startswith(opening):
            yield text
    yield from pieces
