"""What the CommonMark parser finds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ragpg.markdown.commonmark import MAX_NESTING, _parse_tokens
from tests.support.markdown import MARKDOWN

ALL_RULES = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
ALL_RULES.core.ruler.enableOnly(["normalize", "block"])
MARKS = st.text("a1#=-*_+>`~[]:|<! \t\n.)", max_size=40)


@given(MARKDOWN | MARKS)
@settings(max_examples=400, deadline=None)
def test_rules_that_are_left_out_find_nothing(text: str) -> None:
    """A text has the same blocks with all rules."""
    if ">}}" not in text:
        assert _parse_tokens(text) == ALL_RULES.parse(text)


@pytest.mark.parametrize(
    "text", ["> a\n" * 5_000, "> a\nb\n" * 3_000, "> a\n> b\n\n" * 2_000, "- > a\n  > b\n\n" * 500]
)
def test_quotes_of_long_texts_stay_whole(text: str) -> None:
    """Reading ahead is limited for no text that anybody writes."""
    assert _parse_tokens(text) == ALL_RULES.parse(text)
