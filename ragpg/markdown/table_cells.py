"""The cells of a table's rows."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from ragpg.markdown.blocks import LINE_END
from ragpg.markdown.kinds import SegmentKind
from ragpg.markdown.spans import clip

if TYPE_CHECKING:
    from ragpg.markdown.segments import MarkdownSegment

_CELL_MARK = "\0"


def split_cells(text: str, segment: MarkdownSegment) -> tuple[str, ...]:
    """Return the cells of a table's row as a reader sees them; those of a header's lines joined."""
    rows = []
    lines = [segment.start, *(m.end() for m in LINE_END.finditer(text, *segment.shown))]
    if segment.is_html or segment.kind is SegmentKind.TABLE_ROW:
        lines = lines[:1]
    elif len(lines) > 1:
        lines = lines[:-1]
    for start, end in zip(lines, [*lines[1:], segment.end], strict=True):
        pieces: list[str] = []
        position = start
        for first, last, words in clip(segment.markup, start, end):
            pieces += (text[position:first], _CELL_MARK if words == " | " else words)
            position = last
        pieces.append(text[position:end])
        cells = [" ".join(cell.split()) for cell in "".join(pieces).split(_CELL_MARK)]
        rows.append(_drop_outer(cells, segment=segment))
    return tuple(" ".join(filter(None, cells)) for cells in zip_longest(*rows, fillvalue=""))


def _drop_outer(cells: list[str], *, segment: MarkdownSegment) -> list[str]:
    """Leave out what is before the first pipe of a row and after its last."""
    if len(cells) > 1 and not cells[0]:
        cells = cells[1:]
    if len(cells) > 1 and not cells[-1] and not segment.is_html:
        cells = cells[:-1]
    return cells
