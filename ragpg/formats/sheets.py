"""The sheets of a workbook as tables in Markdown whose lines are the rows of the sheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ragpg.formats.converter import Part
from ragpg.types import Cells, Locator, LocatorKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_COLUMNS = 500
"""Columns of a table that are read: empty cells would otherwise be most of the text."""

_BREAKS = re.compile(r"\s*[\r\n]+\s*")


def list_sheet_parts(document: Any) -> Iterator[Part]:
    """Yield the heading of each sheet, and its tables and texts from top to bottom."""
    sheets = [group.name for group in document.groups if group.label == "sheet"]
    content: dict[int, list[Any]] = {number: [] for number in sorted(document.pages)}
    for item in (*document.texts, *document.tables):
        if item.prov and item.prov[0].page_no in content:
            content[item.prov[0].page_no].append(item)
    for (number, items), named in zip(content.items(), sheets, strict=False):
        if not items:
            continue
        name = " ".join(named.split()) or str(number)
        yield Part(f"# {name}", Locator(LocatorKind.SHEET, name))
        for item in sorted(items, key=lambda item: (item.prov[0].bbox.t, item.prov[0].bbox.l)):
            yield make_part(item, name)


def make_part(item: Any, sheet: str) -> Part:
    """Write a table, or a text that stands alone, with the cells that it has in the sheet."""
    box = item.prov[0].bbox
    column, row = int(box.l) + 1, int(box.t) + 1
    if not hasattr(item, "data"):
        cells = Cells(sheet, column, row, max(column, int(box.r)), max(row, int(box.b)))
        return Part(_BREAKS.sub(" ", item.text), _locate(cells))
    rows = item.data.num_rows
    texts = {
        (cell.start_row_offset_idx, cell.start_col_offset_idx): _BREAKS.sub(" ", cell.text)
        for cell in item.data.table_cells
        if cell.text and cell.start_col_offset_idx < MAX_COLUMNS
    }
    columns = 1 + max((column for _, column in texts), default=0)
    cells = Cells(sheet, column, row, column + columns - 1, row + rows - 1)
    lines = [write_row(texts, number, columns) for number in range(rows)]
    lines.insert(1, "|" + " - |" * columns)
    return Part("\n".join(lines), _locate(cells))


def write_row(texts: Mapping[tuple[int, int], str], row: int, columns: int) -> str:
    """Write a row of a table in Markdown."""
    cells = (texts.get((row, column), "").replace("|", "\\|") for column in range(columns))
    return f"| {' | '.join(cells)} |"


def _locate(cells: Cells) -> Locator:
    return Locator(LocatorKind.SHEET, str(cells))
