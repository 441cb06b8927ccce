"""The kinds of blocks and segments."""

from __future__ import annotations

from enum import StrEnum


class SegmentKind(StrEnum):
    """The kind of a segment, and of the block that it belongs to.

    A title is that of an admonition, a tab or a collapsible part.
    """

    HEADING = "heading"
    TITLE = "title"
    SENTENCE = "sentence"
    LIST_ITEM = "list item"
    TABLE_HEADER = "table header"
    TABLE_ROW = "table row"
    CODE = "code"
    FOOTNOTE = "footnote"
    OTHER = "other"
