"""Places of lines: pages, slides and cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.types import Cells, Locator, LocatorKind, PlaceMap, PlaceMark, parse_locator

PAGE, SHEET = LocatorKind.PAGE, LocatorKind.SHEET
PAGES = PlaceMap((PlaceMark(1, Locator(PAGE, "1")), PlaceMark(9, Locator(PAGE, "3"))))
SHEETS = PlaceMap(
    (
        PlaceMark(1, Locator(SHEET, "Plan")),
        PlaceMark(3, Locator(SHEET, "Plan!B5:D9")),
        PlaceMark(10, Locator(SHEET, "Other!A1:A2")),
    )
)


@pytest.mark.parametrize(
    ("first", "last", "label"), [(1, 1, "1"), (7, 12, "1"), (8, 8, "1"), (9, 9, "3"), (99, 99, "3")]
)
def test_pages(first: int, last: int, label: str) -> None:
    """A passage is on the page where it begins."""
    assert PAGES.find(first, last) == Locator(PAGE, label)


@pytest.mark.parametrize(
    ("first", "last", "label"),
    [
        (1, 2, "Plan"),
        (3, 3, "Plan!B5:D5"),
        (4, 4, "Plan!B5:D5"),
        (5, 5, "Plan!B6:D6"),
        (6, 7, "Plan!B7:D8"),
        (1, 8, "Plan!B5:D9"),
        (6, 11, "Plan!B7:D9"),
        (12, 12, "Other!A2:A2"),
    ],
)
def test_cells(first: int, last: int, label: str) -> None:
    """The rows of a table are counted from its head; a passage in two sheets is in the first."""
    assert SHEETS.find(first, last) == Locator(SHEET, label)


def test_nothing_without_marks() -> None:
    """A document without pages has no places."""
    assert PlaceMap().find(1, 5) is None
    assert PlaceMap().list_locators(1, 5) == []


@given(st.integers(1, 12), st.integers(0, 5))
def test_a_cut_has_the_same_places(first: int, length: int) -> None:
    """A hit keeps only the marks of its lines."""
    for places in (PAGES, SHEETS):
        cut = places.cut(first, first + length)
        assert cut.find(first, first + length) == places.find(first, first + length)
        assert PlaceMap.from_json(cut.to_json()) == cut


@pytest.mark.parametrize(
    ("fragment", "locator"),
    [
        ("page=12", Locator(PAGE, "12")),
        ("slide=4", Locator(LocatorKind.SLIDE, "4")),
        ("sheet=Sheet1!A3:D9", Locator(SHEET, "Sheet1!A3:D9")),
        ("sheet=Q1%20Costs%20(net)!A3:D9", Locator(SHEET, "Q1 Costs (net)!A3:D9")),
        ("heading", None),
        ("page=", None),
        ("chapter=2", None),
    ],
)
def test_fragments(fragment: str, locator: Locator | None) -> None:
    """What is printed after a path is read again; anything else is the anchor of a heading."""
    assert parse_locator(fragment) == locator
    if locator:
        assert parse_locator(locator.fragment[1:]) == locator


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        ("Plan!A3:D9", "Plan!D9:E20", True),
        ("Plan!A3:D9", "Plan!E9:F20", False),
        ("Plan!A3:D9", "plan", True),
        ("Plan!A3:D9", "Other!A3:D9", False),
        ("It's!odd", "It's!odd", True),
    ],
)
def test_what_cells_have_in_common(one: str, other: str, *, meets: bool) -> None:
    """Cells meet where they overlap, and a whole sheet has all of them."""
    assert Locator(SHEET, one).meets(Locator(SHEET, other)) is meets
    assert Locator(SHEET, other).meets(Locator(SHEET, one)) is meets
    assert not Locator(SHEET, one).meets(Locator(PAGE, one))


@given(st.integers(1, 18_278), st.integers(1, 10**6), st.integers(0, 99), st.integers(0, 99))
def test_cells_are_written_as_they_are_read(column: int, row: int, columns: int, rows: int) -> None:
    """Columns have letters: after Z comes AA."""
    cells = Cells("A!B", column, row, min(18_278, column + columns), row + rows)
    assert Cells.parse(str(cells)) == cells


MARK = [3, "page", "2"]


@pytest.mark.parametrize(
    "value",
    [None, 5, "x", {"a": 1}, [1], [["a"]], [[1, 2, 3]], [[1, "book", "x"]], [["1", "page", "2"]]],
)
def test_what_is_no_mark_is_left_out(value: object) -> None:
    """A table that was filled from somebody else's file may have anything there."""
    assert PlaceMap.from_json(value) == PlaceMap(())
    if isinstance(value, list):
        assert PlaceMap.from_json([MARK, *value]).find(3, 4) == Locator(LocatorKind.PAGE, "2")
