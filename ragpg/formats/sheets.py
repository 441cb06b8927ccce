"""The sheets of a workbook as tables in Markdown whose lines are the rows of the sheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ragpg.formats.converter import Part
from ragpg.types import Cells, Locator, LocatorKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Grid = Mapping[tuple[int, int], str]
    """The texts of a sheet by row and column, counted from 1."""

MAX_COLUMNS = 500
"""Columns of a table that are read: empty cells would otherwise be most of the text."""

MAX_HEAD_ROWS = 3
MIN_NUMBERED = 0.8
"""Share of the rows below a head of several rows that have numbers; chosen by hand."""
MIN_NUMBERED_BELOW_FULL = 0.5
"""The same below a row that names more columns than all above it: notes may follow the table."""
MIN_NUMBERED_ROWS = 2

MAX_HEAD_LENGTH = 100
"""Characters of a cell that names a column; chosen by hand."""

_DIGITS = re.compile(r"\d+")
_IN_SERIES = re.compile(r"[^\W\d_].*\d|\d.*[^\W\d_]", re.DOTALL)
"""A text with letters and digits."""
_BREAKS = re.compile(r"\s*[\r\n]+\s*")
_NUMBER = re.compile(r"[-+(]?\W{0,3}\d[\d.,'\s]*\W{0,3}")


class Block(NamedTuple):
    """Rows that follow each other; `rows` are those of the sheet, columns those that are used."""

    rows: range
    columns: Sequence[int]


def list_sheet_parts(document: Any) -> Iterator[Part]:
    """Yield the heading of each sheet, and its tables from top to bottom."""
    sheets = [group.name for group in document.groups if group.label == "sheet"]
    content: dict[int, list[Any]] = {number: [] for number in sorted(document.pages)}
    for item in (*document.texts, *document.tables):
        if item.prov and item.prov[0].page_no in content:
            content[item.prov[0].page_no].append(item)
    for (number, items), named in zip(content.items(), sheets, strict=False):
        grid = read_cells(items)
        if not grid:
            continue
        name = " ".join(named.split()) or str(number)
        yield Part(f"# {name}", Locator(LocatorKind.SHEET, name))
        for block in find_blocks(grid):
            yield from write_block(block, grid, name)


def read_cells(items: Iterable[Any]) -> Grid:
    """Put the cells of all tables and texts of a sheet where they are in it.

    docling parts a table where a row or a column is blank, and its head is lost with that.
    """
    grid: dict[tuple[int, int], str] = {}
    for item in items:
        box = item.prov[0].bbox
        row, column = int(box.t) + 1, int(box.l) + 1
        if not hasattr(item, "data"):
            grid[row, column] = _BREAKS.sub(" ", item.text)
            continue
        for cell in item.data.table_cells:
            if cell.text.strip() and cell.start_col_offset_idx < MAX_COLUMNS:
                place = row + cell.start_row_offset_idx, column + cell.start_col_offset_idx
                grid[place] = _BREAKS.sub(" ", cell.text)
    return grid


def find_blocks(grid: Grid) -> Iterator[Block]:
    """Yield the tables of a sheet: they are parted by blank rows, but for one below a head."""
    used: dict[int, list[int]] = {}
    for row, column in sorted(grid):
        used.setdefault(row, []).append(column)
    groups: list[list[int]] = []
    for row in used:
        if groups and row == groups[-1][-1] + 1:
            groups[-1].append(row)
        elif groups and row == groups[-1][-1] + 2 and is_head(groups[-1], row, grid, used):
            groups[-1] += [row - 1, row]
        else:
            groups.append([row])
    for group in groups:
        columns = sorted({column for row in group for column in used.get(row, ())})
        yield Block(range(group[0], group[-1] + 1), columns)


def is_head(group: Sequence[int], row: int, grid: Grid, used: Mapping[int, Sequence[int]]) -> bool:
    """Return whether rows name the columns of a row with numbers, which a blank row parts."""
    return (
        len(used[group[-1]]) > 1
        and not any(has_number(above, grid, used.get(above, ())) for above in group)
        and has_number(row, grid, used[row])
    )


def has_number(row: int, grid: Grid, columns: Iterable[int]) -> bool:
    """Return whether any cell of a row is a number."""
    return any(_NUMBER.fullmatch(grid.get((row, column), "").strip()) for column in columns)


def write_block(block: Block, grid: Grid, sheet: str) -> Iterator[Part]:
    """Yield the rows above the head of a table as texts, then the table."""
    head = find_head(block, grid)
    for row in range(block.rows.start, head):
        columns = [column for column in block.columns if (row, column) in grid]
        if columns:
            cells = Cells(sheet, columns[0], row, columns[-1], row)
            yield Part(" · ".join(grid[row, column] for column in columns), _locate(cells))
    first, last, rows = block.columns[0], block.columns[-1], range(head, block.rows.stop)
    locator = _locate(Cells(sheet, first, rows.start, last, rows.stop - 1))
    if len(rows) == len(block.columns) == 1:
        yield Part(grid[head, first], locator)
        return
    dashes = "|" + " - |" * len(block.columns)
    lines = [write_row(grid, row, block.columns) for row in rows]
    if names_columns(head, block, grid):
        yield Part("\n".join([lines[0], dashes, *lines[1:]]), locator)
    else:
        empty = write_row({}, head, block.columns)
        whole = Locator(LocatorKind.SHEET, sheet)
        yield Part("\n".join([empty, dashes, *lines]), whole, rest=locator)


def names_columns(row: int, block: Block, grid: Grid) -> bool:
    """Return whether a row is the head of the rows below it, and not one like them.

    It is like them where it has a sentence, or a number of the same series: V10.1 above V10.2.
    """
    if len(block.columns) == 1 or row + 1 not in block.rows:
        return True
    for column in block.columns:
        text, below = grid.get((row, column), ""), grid.get((row + 1, column), "")
        is_series = _DIGITS.sub("#", text) == _DIGITS.sub("#", below)
        if len(text) > MAX_HEAD_LENGTH or (is_series and _IN_SERIES.search(text)):
            return False
    return True


def find_head(block: Block, grid: Grid) -> int:
    """Return the row that names the columns: the last above the numbers, or the first of several.

    Above it are titles, which have one cell, and heads of several columns; notes above it, with
    however many rows, name fewer columns than it does.
    """
    filled = {row: [c for c in block.columns if (row, c) in grid] for row in block.rows}
    named = [row for row in block.rows if len(filled[row]) > 1]
    if not named:
        return block.rows.start
    numbered = [row for row in block.rows if has_number(row, grid, filled[row])]
    above = [row for row in named if numbered and row < numbered[0]]
    if len(numbered) < MIN_NUMBERED_ROWS or not above:
        return named[0]
    share = len(numbered) / (named[-1] - numbered[0] + 1)
    if all(len(filled[row]) < len(filled[above[-1]]) for row in above[:-1]):
        return above[-1] if share >= MIN_NUMBERED_BELOW_FULL else named[0]
    has_several = share >= MIN_NUMBERED and len(above) <= MAX_HEAD_ROWS
    return above[-1] if has_several else named[0]


def write_row(grid: Grid, row: int, columns: Iterable[int]) -> str:
    """Write a row of a table in Markdown."""
    cells = (grid.get((row, column), "").replace("|", "\\|") for column in columns)
    return f"| {' | '.join(cells)} |"


def _locate(cells: Cells) -> Locator:
    return Locator(LocatorKind.SHEET, str(cells))
