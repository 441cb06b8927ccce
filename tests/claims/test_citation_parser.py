"""Markers and what is cited by them."""

from __future__ import annotations

import pytest

from ragpg.claims import split_statements, strip_citations


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Leave is 20 days\u30101\u3011.", (1,)),
        ("Leave is 20 days\u30102\u2020source\u3011.", (2,)),
        ("Leave is 20 days [Passage 1].", (1,)),
        ("Leave is 20 days (passage [1]).", (1,)),
        ("Leave is 20 days (see [1]).", (1,)),
        ("Passage [1] says that leave is 20 days.", (1,)),
        ("According to source [1], leave is 20 days.", (1,)),
    ],
)
def test_citations_as_models_write_them(text: str, numbers: tuple[int, ...]) -> None:
    """Markers and phrases that only say that something is cited are no part of the claim."""
    (statement,) = split_statements(text)
    assert statement.citations == numbers
    words = strip_citations(statement.text)
    assert words.casefold().strip() == "leave is 20 days."
