"""What is quoted and shown of any text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from ragpg.markdown import (
    SegmentKind,
    clean_markdown,
    leave_out_comments,
    split_cells,
    split_segments,
)
from ragpg.markdown.table_head import find_table_head
from tests.support.markdown import MARKDOWN


@given(MARKDOWN)
@settings(max_examples=150)
def test_parts_between_comments_lie_in_the_span(text: str) -> None:
    """The parts of a span are inside it, in order, and do not overlap."""
    start, end = len(text) // 4, len(text)
    position = start
    for first, last in leave_out_comments(text, (start, end)):
        assert position <= first <= last <= end
        position = last


def test_parts_without_words_are_left_out() -> None:
    """Between two comments there may be nothing to quote."""
    text = "One.\n\n<!-- a -->\n\n<Tab>\n\n{/* b */}\n\nTwo."
    parts = leave_out_comments(text, (0, len(text)))
    assert [text[first:last].strip() for first, last in parts] == ["One.", "Two."]


@given(MARKDOWN)
@settings(max_examples=150)
def test_any_row_has_cells_and_any_place_a_head_or_none(text: str) -> None:
    """Whatever a text is, its rows have cells, and a head is no longer than what is above."""
    for segment in split_segments(text):
        if segment.kind in (SegmentKind.TABLE_ROW, SegmentKind.TABLE_HEADER):
            assert split_cells(text, segment)
            assert isinstance(find_table_head(text, segment.start), str)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Turn ![the *left* knob](img/knob.png 'Knob').", "Turn the *left* knob."),
        ("![](https://cdn.example.org/a/long/address.png)\n\nTurn the knob.", "Turn the knob."),
        ("[![Passing](https://ci.example.org/b.svg)](https://ci.example.org) builds",
         "[Passing](https://ci.example.org) builds"),
        ("[![](logo.svg)](https://example.org)\n\nA [knob](knob.md).", "A [knob](knob.md)."),
        ("| ![Knob](k.png) | ![](l.png) |\n| --- | --- |\n| left | ![right](r.png) |",
         "| Knob |  |\n| --- | --- |\n| left | right |"),
        ("| ![](a.png) |\n| --- |\n| left |", "|  |\n| --- |\n| left |"),
        ("Write `![text](address)` or a list\\[1].", "Write `![text](address)` or a list\\[1]."),
    ],
)  # fmt: skip
def test_images_are_shown_as_their_alternative_texts(text: str, cleaned: str) -> None:
    """A reader of a text sees no address of a picture, nor a link that has nothing in it."""
    assert clean_markdown(text) == cleaned
