"""Texts that are made to take long: anything, repeated without end."""

from __future__ import annotations

import time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ragpg.markdown import clean_markdown, find_title, leave_out_comments, split_segments
from ragpg.markdown.anchors import find_sections
from tests.support.markdown import PIECES

LENGTH = 60_000
FRAGMENTS = st.lists(PIECES, min_size=1, max_size=4).map("".join)
ENDS = st.lists(PIECES, max_size=2).map("".join)


@given(ENDS, FRAGMENTS, ENDS)
@example("", "\n>===\n{{< x >}}", ":-")  # each line without a mark ends its quote
@example("a\n", "  \n", "b")
@settings(max_examples=15)
def test_any_repetition_takes_linear_time(beginning: str, fragment: str, end: str) -> None:
    """What takes longer than linear time takes minutes at this length, all else half a second."""
    text = beginning + fragment * (LENGTH // len(fragment)) + end
    begun = time.process_time()
    find_title(text)
    split_segments(text)
    assert time.process_time() - begun < 6


@given(ENDS, FRAGMENTS, ENDS)
@settings(max_examples=8)
def test_any_repetition_is_shown_in_linear_time(beginning: str, fragment: str, end: str) -> None:
    """The same for what is read of a text when it is shown."""
    text = beginning + fragment * (LENGTH // 4 // len(fragment)) + end
    begun = time.process_time()
    clean_markdown(text)
    leave_out_comments(text, (0, len(text)))
    list(find_sections(text))
    assert time.process_time() - begun < 6
