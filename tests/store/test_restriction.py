"""Searches restricted to sources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.text.globs import to_regex
from ragpg.text.scripts import normalize
from ragpg.types import SearchRequest
from tests.support.documents import axis
from tests.support.store import new_store, put_on_axes

if TYPE_CHECKING:
    from ragpg.store.postgres import PostgresStore
    from ragpg.store.statements import Connection

SOURCES = [
    "a.md",
    "ab.md",
    "docs/a.md",
    "docs/deep/a.md",
    "docs/deep/er/b.md",
    "docs/[x].md",
    "docs/it's.md",
    "*.md",
    "docs/?.md",
    "a+b.md",
    "docs",
    "/abs/a.md",
    "new\nline.md",
    "Cafe\u0301s/Ko\u0308ln.md",
    "Caf\u00e9s/Bonn.md",
]


@pytest.fixture(scope="module")
def library(connection: Connection) -> PostgresStore:
    """A table of documents in directories."""
    store = new_store(connection, "library")
    for source in SOURCES:
        put_on_axes(store, source, "alpha")
    return store


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        (["a.md"], ["a.md"]),
        (["?.md"], ["a.md", "*.md"]),
        (["a*"], ["a.md", "ab.md", "a+b.md"]),
        (["docs/*"], ["docs/a.md", "docs/[x].md", "docs/it's.md", "docs/?.md"]),
        (
            ["docs/**"],
            [
                *("docs/a.md", "docs/deep/a.md", "docs/deep/er/b.md", "docs/[x].md"),
                *("docs/it's.md", "docs/?.md"),
            ],
        ),
        (["docs/**/a.md"], ["docs/a.md", "docs/deep/a.md"]),
        (["docs/**/*.md", "a+b.md"], [*SOURCES[2:7], "docs/?.md", "a+b.md"]),
        (["*.md"], ["*.md"]),
        (["docs/?.md"], ["docs/?.md"]),
        (["docs"], ["docs"]),
        (["docs/[x].md"], ["docs/[x].md"]),
        (["docs/[ax].md"], ["docs/a.md"]),
        (["docs/it's.md"], ["docs/it's.md"]),
        (["'; DROP TABLE x; --"], []),
        (["(?i)A.MD"], []),
        (["***:a.md"], []),
        (["A.MD"], []),
        (["a.md\\"], []),
        (["a?md"], ["a.md"]),
        (["a.m"], []),
        (["/abs/*"], ["/abs/a.md"]),
        (["new?line.md"], ["new\nline.md"]),
        (["Caf\u00e9s/K\u00f6ln.md"], ["Cafe\u0301s/Ko\u0308ln.md"]),
        (["Cafe\u0301s/*"], SOURCES[-2:]),
        (["Caf?s/K[\u00f6]*.md"], SOURCES[-2:-1]),
        (["**"], SOURCES),
    ],
)
def test_globs(library: PostgresStore, globs: list[str], expected: list[str]) -> None:
    """A star stops at a slash, two do not, and a source that exists literally beats a glob."""
    for query in (
        SearchRequest("alpha", None, 50),
        SearchRequest(None, axis(0), 50),
        SearchRequest("alpha", axis(0), 50),
    ):
        given = SearchRequest(query.text, query.vector, 50, sources=tuple(globs))
        found = [candidate.source for candidate in library.search(given).items]
        assert sorted(found) == sorted(expected)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_literal_globs(text: str) -> None:
    """No character but a star, a question mark and a bracket means anything in a glob."""
    plain = normalize(text.translate(str.maketrans("*?[", "xyz"))) + "[]"
    assert re.fullmatch(to_regex(plain), plain)
    assert not re.fullmatch(to_regex(plain), plain + "z")
