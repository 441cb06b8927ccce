"""Tables of AsciiDoc as docling-rs reads them: behind a blank line, with bars, without blocks.

Without the first it puts them before the paragraph above; it loses what is around code in cells.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLE = "|==="
_BLOCK = re.compile(r"([-.=+*_/])\1{3,}\s*")
_ATTRIBUTES = re.compile(r"\[.*\]\s*")
_TITLE = re.compile(r"\.[^\s.].*")
_SEPARATOR = re.compile(r"\bseparator=\"?([^\s,\"\]])")
_ROW = re.compile(r"[^\s|]*\|")
"""The beginning of a row, perhaps with what its first cell is like: "2+a|"."""


def open_table(lines: list[str]) -> str:
    """Part a table, which may have a title and attributes, from what is above; return its bar."""
    start = len(lines)
    while start and (_ATTRIBUTES.fullmatch(lines[start - 1]) or _TITLE.fullmatch(lines[start - 1])):
        start -= 1
    separator = _SEPARATOR.search(" ".join(lines[start:]))
    lines.insert(start, "")
    return separator[1] if separator else "|"


def write_table(rows: Sequence[str], bar: str) -> list[str]:
    """Write a table; blocks in its cells part it, and stand between its rows."""
    written = [TABLE] if rows else []
    is_open, block = True, ""
    for row in rows:
        line = row if block else row.replace(bar, "|")
        if block:
            block = "" if line.strip() == block else block
        elif _BLOCK.fullmatch(line):
            written += [TABLE, ""] if is_open else [""]
            is_open, block = False, line.strip()
        elif _ATTRIBUTES.fullmatch(line):
            continue
        elif not is_open:
            is_open = bool(_ROW.match(line))
            written += ["", TABLE] if is_open else [""]
        written.append(line)
    return [*written, TABLE] if rows and is_open else written
