"""Globs: the same answers from Python and PostgreSQL, in bounded time."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragpg.store.connection import Target, connect
from ragpg.text.globs import escape, find_prefix, is_glob, match, to_regex
from tests.support.postgres import shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.store.statements import Connection

WILDCARDS = ["*", "**", "**/", "?", "/"]
LITERALS = ["a", "b", "c", ".", "é", "\n", "\\", "(", "+", "]", "[", "-", "$", "^", "|", "{2}", "#"]
CLASSES = ["[ab]", "[!a]", "[^b/]", "[a-c]", "[!*-z]", "[]a]", "[z-a]", "[\\d]", "[[:alpha:]]"]
ODD_CLASSES = ["[a&&b]", "[.]", "[/]", "[!]", "[]", "[é-ü]", "[+-9]"]
GLOB = st.lists(st.sampled_from([*WILDCARDS, *LITERALS, *CLASSES, *ODD_CLASSES]), max_size=8).map(
    "".join
)
PATH = st.text("abcé/.\n\\([]-*!d:$ ", max_size=10)


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """A connection to a server with UTF-8."""
    with closing(connect(Target(shared().new_database()))) as connection:
        yield connection


@pytest.mark.parametrize(
    ("glob", "matching", "other"),
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
def test_match(glob: str, matching: list[str], other: list[str]) -> None:
    """`*` and `?` stop at `/`, `**` does not, `**/` may stand for nothing."""
    assert [source for source in matching + other if match(glob, source)] == matching


@given(GLOB, st.text("abc/.\n\\([]-*!d:$ ", max_size=10))
@settings(max_examples=300)
def test_prefix(glob: str, path: str) -> None:
    """An ASCII path that matches begins with the prefix, which has what stands before a star."""
    assert path.startswith(find_prefix(glob)) or not match(glob, path)
    assert find_prefix("guide/v2/*.md") == "guide/v2/"


@given(st.text("ab/.", max_size=12), st.text("ab/.", max_size=12))
@settings(max_examples=200)
def test_match_of_literals(pattern: str, source: str) -> None:
    """Without special characters only the path itself matches; `**` matches every path."""
    assert match(pattern, source) == (pattern == source)
    assert match("**", source)
    assert match(f"{pattern}**", pattern + source)
    assert match("*", source) == ("/" not in source)


def test_hostile_globs_take_little_time() -> None:
    """No glob takes forever: stars are not tried in all their combinations."""
    begun = time.process_time()
    assert not match("*a" * 30 + "b", "a" * 20_000)
    assert not match("**a" * 30 + "b", "a/" * 10_000)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("part", ["?", "[a", "[ab]"])
def test_long_globs_take_linear_time(part: str) -> None:
    """A character costs the same wherever it stands, and so does a bracket that is not closed."""
    begun = time.process_time()
    assert not match(part * (400_000 // len(part)), "b")
    assert time.process_time() - begun < 10


@given(st.data())
@settings(max_examples=150)
def test_python_and_postgresql_agree(connection: Connection, data: st.DataObject) -> None:
    """A glob matches the same paths in the database as in Python."""
    globs = data.draw(st.lists(GLOB, min_size=1, max_size=8))
    paths = data.draw(st.lists(PATH, min_size=1, max_size=12))
    query = """
        SELECT glob, path FROM unnest(%s::text[], %s::text[]) AS globs (glob, regex)
        CROSS JOIN unnest(%s::text[]) AS path WHERE path COLLATE "C" ~ regex
    """
    rows = connection.execute(query, [globs, [to_regex(glob) for glob in globs], paths]).fetchall()
    expected = [(glob, path) for glob in globs for path in paths if match(glob, path)]
    assert sorted(rows) == sorted(expected)


@given(st.text("ab*?[]!^-/", max_size=8), PATH)
def test_escaped_globs_match_literally(path: str, other: str) -> None:
    """An escaped path matches itself and nothing else; only special characters are escaped."""
    assert match(escape(path), path)
    assert match(escape(path), other) == (path == other)
    assert (escape(path) != path) == is_glob(path)
