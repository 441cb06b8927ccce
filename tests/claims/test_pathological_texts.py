"""Texts to verify that are made to take long."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from ragpg.claims import find_open_table_header, parse_references, split_finished, split_statements
from ragpg.claims.contradictions.table import _NOTE

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (parse_references, "a." * 60_000),
        (parse_references, "a.md:L1 " * 80_000),
        (parse_references, "1. a.md:L1\n" * 50_000),
        (parse_references, "[1] " + "a#page=1" * 20_000 + ";"),
        (split_statements, "# " + "a is b " * 20_000 + "? c"),
        (find_open_table_header, "|a|\n|-|\n|b|\n" + "\n" * 60_000 + "c"),
        (split_finished, "是。" * 40_000),
        (lambda text: _NOTE.sub(" ", text), "(" * 200_000),
    ],
    ids=[
        "paths",
        "citations",
        "sources",
        "places",
        "heading",
        "blank lines",
        "no blanks",
        "parentheses",
    ],
)
def test_they_take_linear_time(read: Callable[[str], Any], text: str) -> None:
    """Each of these takes well under a second."""
    begun = time.process_time()
    read(text)
    assert time.process_time() - begun < 5


def test_each_path_of_a_run_without_blanks() -> None:
    """A path goes on to the last place that could end it, and begins where it can."""
    references = parse_references(
        "As (`a.md:L1`), b/c.md:L2-L3, [d.md:L4] and x.md:L5;e.md:L6 say."
    )
    found = [(place, ref.path, ref.first, ref.last) for place, ref in references.inline]
    assert found == [
        (3, "a.md", 1, None),
        (16, "b/c.md", 2, 3),
        (30, "d.md", 4, None),
        (44, "x.md", 5, None),
        (52, "e.md", 6, None),
    ]
