"""Markdown as small segments with exact spans, and the text that a reader sees of them."""

from __future__ import annotations

from ragpg.markdown.blocks import SegmentKind, find_line_starts
from ragpg.markdown.segments import (
    MarkdownSegment,
    find_title,
    halve_segment,
    join_segments,
    split_segments,
    strip_markup,
)

__all__ = [
    "MarkdownSegment",
    "SegmentKind",
    "find_line_starts",
    "find_title",
    "halve_segment",
    "join_segments",
    "split_segments",
    "strip_markup",
]
