"""What the CommonMark parser finds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ragpg.markdown.commonmark import MAX_NESTING, _parse_tokens
from tests.support.markdown import MARKDOWN

MARKS = st.text("a1#=-*_+>`~[]:|<! \t\n.)", max_size=40)


@given(MARKDOWN | MARKS)
@settings(max_examples=400, deadline=None)
def test_rules_that_are_left_out_find_nothing(text: str) -> None:
    """A text has the same blocks with all rules."""
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    if ">}}" not in text:
        assert _parse_tokens(text) == parser.parse(text)
