"""The head of a table, for a part of it that begins with another row."""

from __future__ import annotations

import re

from ragpg.markdown.clean import clean_markdown

_ROW = re.compile(r"\s*+(?:[>\s]*+\||</?t[rdhb]|</?thead)", re.IGNORECASE)
_DELIMITERS = re.compile(r"[ \t>]*+[|:-][ \t|:-]*+(?:\r\n|\r|\n)")
_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n|\Z)")
_BLANK_LINE = re.compile(r"(?:\r\n|\r(?!\n)|\n)[ \t>]*+(?=[\r\n])")
_FIRST_ROW = re.compile(r".*?</(?:thead|tr)\s*+>", re.IGNORECASE | re.DOTALL)
MAX_DISTANCE = 100_000
"""Characters between a row and the head of its table."""


def begins_with_row(text: str) -> bool:
    """Return whether a text may begin with a row of a table that began before it."""
    return _ROW.match(text) is not None


def find_table_head(text: str, offset: int) -> str:
    """Return the head of the table around an offset as Markdown, its delimiters included.

    It is empty where the table has none, or where it begins at the offset.
    """
    start = max(0, offset - MAX_DISTANCE)
    opening = text.rfind("<table", start, offset)
    if opening >= 0 and text.find("</table", opening, offset) < 0:
        head = _FIRST_ROW.match(text, opening, offset)
        cleaned = clean_markdown(head[0]) if head else ""
        return cleaned if cleaned.endswith("- |") else ""
    for blank in _BLANK_LINE.finditer(text, start, offset):
        start = blank.end()
    rows: list[str] = []
    for line in _LINE.finditer(text, start, offset):
        if rows and "-" in line[0] and _DELIMITERS.fullmatch(line[0]):
            return clean_markdown("".join([*rows, line[0]]).strip())
        if "|" in line[0]:
            rows.append(line[0])
        else:
            rows.clear()
    return ""
