"""Expressions of case files: those of `re`, for a limited time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragpg.evaluation.cases import Case, TextPattern
from ragpg.evaluation.checks import find_failures
from ragpg.evaluation.timed_expression import compile_expression, is_found
from ragpg.types import Answer, Timings

ENDLESS = "/^(a|a)*$/"
PIECES = st.sampled_from(
    [
        *("a", "b", ".", "\\d", "\\.", "x*", "a+?", "(a|b)", "(?:ab)?", "^", "$", "\\b", "[ab]"),
        *("a{2}", "b{,1}", "{", "}", "{e}", "{i<=1}", "a{s}", "\\{e}", "[{d}]", "{{b}}", "(?=a)"),
        *("(", "[b", "*", "\\", "(?i:B)", "\\N{DIGIT ONE}", "\\p{L}", "é", "\n"),
    ]
)


def answer(text: str) -> Answer:
    """An answer with this text."""
    return Answer("?", text, "model", (), (), (), None, Timings(0, 0, 0))


@given(st.lists(PIECES, max_size=5).map("".join), st.text("ab1{}eid.\n", max_size=8))
@settings(max_examples=300)
def test_any_expression_means_what_it_means_to_re(expression: str, text: str) -> None:
    """What `re` refuses is refused, what it finds is found."""
    try:
        expected = re.search(expression, text) is not None
    except re.error as error:
        with pytest.raises(re.error, match=re.escape(str(error))):
            compile_expression(expression)
        return
    assert is_found(expression, text) is expected


@pytest.mark.parametrize("key", ["contains", "excludes"])
def test_an_expression_that_does_not_end(key: str) -> None:
    """It fails its case after a second, and is named."""
    patterns = (TextPattern(ENDLESS),)
    case = (
        Case("c:1", "a", "?", contains=patterns)
        if key == "contains"
        else Case("c:1", "a", "?", excludes=patterns)
    )
    text = "a" * 60 + "b"
    [failure] = find_failures(case, answer(text), find_sections=lambda _: None)
    assert failure == (
        f'{key} {ENDLESS}: looking for it takes more than 1 s in the answer "{text}"'
    )


def test_one_that_repeats_a_repetition_ends() -> None:
    """The classic case does not even take its second."""
    assert is_found("(a+)+$", "a" * 60 + "b") is False
