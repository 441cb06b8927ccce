"""The versions that a question names, and the passages about them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.retrieval.versions import find_asked_versions, find_versions, names_any


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("What is new in 2.8?", {"2.8"}),
        ("since v2.10.1, not in V2.9", {"2.10.1", "2.9"}),
        ("## [4.0.0] - 2031-03-05.", {"4.0.0"}),
        ("part-290, 7 masts, 12 May 2031, a.1.2, 1.2b, 3", set()),
    ],
)
def test_versions(text: str, versions: set[str]) -> None:
    """A version has a point; neither a sentence's end nor a "v" belongs to it."""
    assert find_versions(text) == versions


@pytest.mark.parametrize(
    ("heading", "is_named"),
    [("2.8.1", True), ("2.8", True), ("v2.8.0 (May)", True), ("2.80", False), ("12.8", False)],
)
def test_a_release_has_its_patches(heading: str, is_named: bool) -> None:
    """Who asks for 2.8 means 2.8.1, too, and nothing that only begins with the same digits."""
    assert names_any(heading, {"2.8"}) is is_named


@pytest.mark.parametrize(
    ("question", "versions"),
    [
        ("what is new in 2.8", {"2.8"}),
        ("what has changed since 2.8", set()),
        ("how do I upgrade from 2.8 to 2.9?", set()),
    ],
)
def test_a_range_is_no_version(question: str, versions: set[str]) -> None:
    """Who asks for what came after a version does not ask for that version."""
    assert find_asked_versions(question) == versions


@given(st.lists(st.integers(0, 99), min_size=2, max_size=4))
def test_every_version_names_itself(numbers: list[int]) -> None:
    """Whatever its numbers, with a "v" or without."""
    version = ".".join(map(str, numbers))
    assert names_any(f"(v{version})", find_versions(version))
