"""Tables in which the layout saw columns that are none: numbered headings above text, contents."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MIN_ENTRIES = 5
MIN_SHARE = 0.6
"""Lines of a page that are entries of its contents; both were chosen by hand, on 19 files."""

_SECTION = re.compile(r"\d+(?:\.\d+)+\.?")
_ENTRY = re.compile(
    r"[|*#\s-]*(?P<number>\d+(?:\.\d+)*|[A-Z](?:\.\d+)+)\.?[\s|].*[\s|](?P<page>\d{1,4})[|*\s]*"
)
_CONTENTS = re.compile(r"#+ .*\b(?:contents|inhalt\w*|mati[èe]res|sommaire|indice|índice)\b", re.I)
_DASHES = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")
_CELL_END = re.compile(r"(?<!\\)\|")
_BULLET = re.compile(r"[•▪●◦‣▶]\s*")
TWO_COLUMNS = 2


def restore_text(block: str) -> str:
    """Write a table as text that is a numbered heading above the lines of a paragraph.

    The blank behind the number makes a column of the first word of each line.
    """
    rows = list(read_rows(block))
    if not rows or not _SECTION.fullmatch(rows[0][0]) or not has_prose(rows[1:]):
        return block
    blocks: list[str] = []
    for first, second in rows:
        if second and _SECTION.fullmatch(first):
            blocks.append(f"{'#' * (first.strip('.').count('.') + 2)} {first} {second}")
        elif bullet := _BULLET.match(first):
            item = f"- {first[bullet.end() :]} {second}".replace("  ", " ")
            blocks[-1:] = (
                [f"{blocks[-1]}\n{item}"] if blocks[-1][:2] == "- " else [blocks[-1], item]
            )
        elif blocks[-1].startswith("#"):
            blocks.append(f"{first} {second}".strip())
        else:
            blocks[-1] += f" {first} {second}".replace("  ", " ").rstrip()
    return "\n\n".join(blocks)


def read_rows(block: str) -> Iterator[tuple[str, str]]:
    """Yield the rows of a table with two columns; none of anything else."""
    for line in block.splitlines():
        cells = [cell.strip() for cell in _CELL_END.split(line)[1:-1]]
        if len(cells) != TWO_COLUMNS:
            return
        if not _DASHES.fullmatch(line):
            yield cells[0], cells[1]


def has_prose(rows: Sequence[tuple[str, str]]) -> bool:
    """Return whether most rows, but for further headings, go on from one cell to the next."""
    others = [row for row in rows if not _SECTION.fullmatch(row[0])]
    going_on = [row for row in others if row[1][:1].islower() or not row[0] or not row[1]]
    return bool(others) and any(row[0] for row in others) and len(going_on) * 2 >= len(others)


def drop_contents(page: str) -> str:
    """Leave out of a page the contents of its document: numbered headings and their pages."""
    lines = [line for line in page.splitlines() if line.strip() and not _DASHES.fullmatch(line)]
    entries = [match for line in lines if (match := _ENTRY.fullmatch(line))]
    if len(entries) < MIN_ENTRIES or len(entries) < MIN_SHARE * len(lines):
        return page
    pages = [int(entry["page"]) for entry in entries]
    is_named = (
        any(map(_CONTENTS.match, lines)) or sum("." in entry["number"] for entry in entries) > 1
    )
    if not is_named or any(before > behind for before, behind in pairwise(pages)):
        return page
    return "\n\n".join(block for block in page.split("\n\n") if not is_entries(block))


def is_entries(block: str) -> bool:
    """Return whether most lines of a block are entries of contents."""
    lines = [line for line in block.splitlines() if line.strip() and not _DASHES.fullmatch(line)]
    return sum(bool(_ENTRY.fullmatch(line)) for line in lines) * 2 > len(lines)
