"""Fences of code that a part of a text leaves open; https://spec.commonmark.org/0.31.2/#fenced-code-blocks."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^[ \t>]*+(`{3,}+|~{3,}+)([^\r\n]*+)", re.MULTILINE)


def find_open_fence(text: str) -> tuple[str, str]:
    """Return the fence that is open at the end of a text and its language; "" if none is."""
    fence = language = ""
    for line in _FENCE.finditer(text):
        marks, rest = line[1], line[2].strip()
        if not fence:
            fence, language = marks, rest
        elif marks.startswith(fence) and not rest:
            fence = language = ""
    return fence, "" if "{" in language else language
