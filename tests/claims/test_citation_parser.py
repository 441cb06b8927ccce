"""Markers and what is cited by them."""

from __future__ import annotations

import pytest

from ragpg.claims import parse_references, split_statements, strip_citations
from ragpg.types import Locator, LocatorKind


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


@pytest.mark.parametrize(
    ("printed", "place"),
    [
        ("Verein & Co/Protokoll (final) [v2] #3.pdf#page=12", Locator(LocatorKind.PAGE, "12")),
        ("plan#page=2.pdf#page=1", Locator(LocatorKind.PAGE, "1")),
        ("Q1 Plan.xlsx#sheet=Q1%20Costs!A3:D9", Locator(LocatorKind.SHEET, "Q1 Costs!A3:D9")),
        ("会议记录\uff08第三次\uff09.md:L3-L4", None),
        ("docs/set up.md:L3-L4 (at 0123456789)", None),
    ],
)
def test_sources_as_they_are_printed(printed: str, place: Locator | None) -> None:
    """Whatever a file is called, the list of sources that `ask` prints is read as one."""
    text = f"Leave is 20 days. [1]\n\nSources\n[1] {printed}  Leave > Annual leave\n"
    references = parse_references(text)
    (reference,) = references.listed.values()
    assert f"{reference}" == printed.partition(" (at ")[0]
    assert reference.place == place
    assert not references.inline
    assert references.text.split() == ["Leave", "is", "20", "days.", "[1]"]
