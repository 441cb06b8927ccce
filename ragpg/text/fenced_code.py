"""The languages of fenced code in the parts of a text.

https://spec.commonmark.org/0.31.2/#fenced-code-blocks, and how dialects write what follows a fence:
`python title="x"`, `{.python}`, `{python}`, `{code-block} python`, `js{1,3}`, `python:main.py`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_LENGTH = 40
"""Characters of a language's name; a longer one is none."""

_FENCE = re.compile(
    r"(?<![^\r\n])(?:[ \t>]|[-*+][ \t]|[0-9]{1,9}[.)][ \t])*+(`{3,}+|~{3,}+)([^\r\n]*+)"
)
_DIRECTIVE = re.compile(r"\{code[\w-]*+\}", re.IGNORECASE)
_LANGUAGE = re.compile(r"\{?[ \t]*+\.?([\w#+-][\w#+.-]*+)(?![\w#+.-]|[ \t]*+=)")


class CodeBlock(NamedTuple):
    """A block of fenced code, `text[start:end]` with its fences; `language` is in lower case."""

    start: int
    end: int
    language: str


def find_languages(text: str, starts: Sequence[int]) -> list[tuple[str, ...]]:
    """Return for each part of a text the languages of the code in it, sorted.

    `starts` are the offsets at which the parts begin, ascending; a part ends where the next begins.
    Code that is divided among parts belongs to all of them.
    """
    languages: list[set[str]] = [set() for _ in starts]
    for block in _find_blocks(text):
        if block.language:
            first = max(0, bisect_right(starts, block.start) - 1)
            for part in range(first, bisect_left(starts, block.end)):
                languages[part].add(block.language)
    return [tuple(sorted(found)) for found in languages]


def _find_blocks(text: str) -> Iterator[CodeBlock]:
    """Yield the blocks of fenced code; one that is never closed ends with the text."""
    if "```" not in text and "~~~" not in text:
        return
    marks, start, language = "", 0, ""
    for fence in _FENCE.finditer(text):
        written, rest = fence[1], fence[2].strip()
        if not marks:
            if "`" not in written or "`" not in rest:
                marks, start, language = written, fence.start(), _read_language(rest)
        elif written.startswith(marks) and not rest:
            yield CodeBlock(start, fence.end(), language)
            marks = ""
    if marks:
        yield CodeBlock(start, len(text), language)


def _read_language(info: str) -> str:
    """Return the language that follows a fence; "" where none does."""
    written = _LANGUAGE.match(_DIRECTIVE.sub("", info, count=1).lstrip())
    return written[1].lower() if written and len(written[1]) <= MAX_LENGTH else ""
