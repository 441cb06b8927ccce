"""What the CommonMark parser finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ragpg.markdown.block_tokens import NOT_READ
from ragpg.markdown.commonmark import MAX_NESTING, _parse_tokens
from tests.support.markdown import MARKDOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token

    from ragpg.markdown.block_tokens import BlockToken

ALL_RULES = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
ALL_RULES.core.ruler.enableOnly(["normalize", "block"])
MARKS = st.text("a1#=-*_+>`~[]:|<! \t\n.)", max_size=40)


def read(tokens: Iterable[BlockToken | Token]) -> list[tuple[object, ...]]:
    """What is read of tokens, those left out that nobody reads."""
    return [
        (token.type, token.tag, token.nesting, token.level, token.map)
        for token in tokens
        if token.type not in NOT_READ
    ]


@given(MARKDOWN | MARKS)
@settings(max_examples=400)
def test_rules_that_are_left_out_find_nothing(text: str) -> None:
    """A text has the same blocks with all rules."""
    if ">}}" not in text:
        assert read(_parse_tokens(text)) == read(ALL_RULES.parse(text))


@pytest.mark.parametrize(
    "text", ["> a\n" * 5_000, "> a\nb\n" * 3_000, "> a\n> b\n\n" * 2_000, "- > a\n  > b\n\n" * 500]
)
def test_quotes_of_long_texts_stay_whole(text: str) -> None:
    """Reading ahead is limited for no text that anybody writes."""
    assert read(_parse_tokens(text)) == read(ALL_RULES.parse(text))
