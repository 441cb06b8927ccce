"""Markdown as small segments with exact spans, and the text that a reader sees of them."""

from __future__ import annotations

from ragpg.markdown.blocks import find_line_starts
from ragpg.markdown.clean import clean_markdown, leave_out_comments
from ragpg.markdown.fences import find_open_fence
from ragpg.markdown.kinds import SegmentKind
from ragpg.markdown.segments import (
    MarkdownSegment,
    find_title,
    halve_segment,
    join_segments,
    split_segments,
    strip_markup,
)
from ragpg.markdown.table_cells import split_cells

__all__ = [
    "MarkdownSegment",
    "SegmentKind",
    "clean_markdown",
    "find_line_starts",
    "find_open_fence",
    "find_title",
    "halve_segment",
    "join_segments",
    "leave_out_comments",
    "split_cells",
    "split_segments",
    "strip_markup",
]
