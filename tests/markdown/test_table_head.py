"""The head of a table for its later rows."""

from __future__ import annotations

import pytest

from ragpg.markdown.table_head import begins_with_row, find_table_head

ROWS = "".join(f"| {n} | row {n} |\n" for n in range(40))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_head_of_a_markdown_table(newline: str) -> None:
    """Header lines and delimiters are found above any row but the first."""
    text = f"| x |\n| - |\n| y |\n\nText.\n\n| a | b |\n|   | c |\n|---|:-:|\n{ROWS}\nAfter.\n"
    text = text.replace("\n", newline)
    head = newline.join(("| a | b |", "|   | c |", "|---|:-:|"))
    assert find_table_head(text, text.index("| 30 |")) == head
    assert find_table_head(text, text.index("| a |")) == ""
    assert find_table_head(text, text.index("After.")) == ""
    assert find_table_head(text, text.index("| y |")).startswith("| x |")


def test_the_head_of_an_html_table() -> None:
    """The head of an HTML table is written as Markdown; a table without one has none."""
    rows = "".join(f"<tr><td>{n}</td><td>row</td></tr>\n" for n in range(40))
    text = f"<table class='x'>\n<thead><tr><th>a</th><th>b</th></tr></thead>\n{rows}</table>\n"
    assert find_table_head(text, text.index("<tr><td>30")) == "| a | b |\n| --- | --- |"
    assert find_table_head(text + "\nMore.", len(text) + 1) == ""
    bare = f"<table>{rows}</table>"
    assert find_table_head(bare, bare.index("<tr><td>30")) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| a |", True),
        (" > | a |", True),
        ("<tr><td>", True),
        ("<tt>a</tt>", False),
        ("a|b", False),
    ],
)
def test_a_text_that_begins_with_a_row(text: str, expected: bool) -> None:
    """Only a row can need the head of a table above it."""
    assert begins_with_row(text) is expected


def test_a_long_table_takes_linear_time() -> None:
    """Finding the head is fast, also where there is none."""
    text = "|a" * 200_000 + "\n" + "| a |\n" * 50_000
    assert find_table_head(text, len(text)) == ""
