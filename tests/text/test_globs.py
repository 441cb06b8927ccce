"""Globs, and the paths that they match."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragpg.text.globs import match


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("a.md", ["a.md"], ["aamd", "b/a.md", "a.mdx"]),
        ("*.md", ["a.md", ".md"], ["a/b.md", "a.md/"]),
        ("docs/*", ["docs/a", "docs/"], ["docs", "docs/a/b"]),
        ("docs/**", ["docs/a", "docs/a/b"], ["docs", "doc/a"]),
        ("**/a.md", ["a.md", "x/a.md", "x/y/a.md"], ["ba.md", "x/ba.md"]),
        ("docs/**/*.md", ["docs/a.md", "docs/x/y/a.md"], ["docs/a.txt", "a.md"]),
        ("a/**/b/**/c", ["a/b/c", "a/x/b/y/z/c"], ["a/c", "ab/c"]),
        ("**/**/a", ["a", "x/a"], ["xa"]),
        ("a**b", ["ab", "a/x/b"], ["a", "ba"]),
        ("?.md", ["a.md", "é.md"], ["/.md", "ab.md", ".md"]),
        ("[a-c]x[!a-c]", ["axd", "cx-"], ["dxd", "axa", "ax/"]),
        ("[]-]", ["]", "-"], ["a"]),
        ("[^a]", ["b"], ["a", "/"]),
        ("a[b", ["a[b"], ["ab"]),
        ("(a+)$", ["(a+)$"], ["aa"]),
        ("", [""], ["a"]),
        ("new*line", ["new\nline"], ["new/line"]),
    ],
)
def test_match(pattern: str, matching: list[str], other: list[str]) -> None:
    """`*` and `?` stop at `/`, `**` does not, `**/` may stand for nothing."""
    assert [source for source in matching + other if match(pattern, source)] == matching


@given(st.text("ab/.", max_size=12), st.text("ab/.", max_size=12))
@settings(max_examples=200, deadline=None)
def test_match_of_literals(pattern: str, source: str) -> None:
    """Without special characters only the path itself matches; `**` matches every path."""
    assert match(pattern, source) == (pattern == source)
    assert match("**", source)
    assert match(f"{pattern}**", pattern + source)
    assert match("*", source) == ("/" not in source)


def test_match_takes_linear_time() -> None:
    """No pattern takes forever."""
    begun = time.process_time()
    assert not match("*a" * 30 + "b", "a" * 20_000)
    assert not match("**a" * 30 + "b", "a/" * 10_000)
    assert time.process_time() - begun < 5
