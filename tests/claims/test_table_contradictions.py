"""Claims about the cells of a table."""

from __future__ import annotations

import pytest

from ragpg.claims import check_text, find_open_table_header, split_finished
from ragpg.types import Claim, Verdict
from tests.support.claims import judge_alone, make_hit

ALLOWANCES = (
    "| Country | Allowance per day | Hotel limit per night |\n| --- | --- | --- |\n"
    "| Sri Lanka | €33 | €90 |\n| Germany | €28 | €120 |"
)


@pytest.mark.parametrize(
    "claim",
    [
        "Maternity leave is up to 34 weeks [1].",
        "Paternity leave is 2 days [1].",
        "Paternity leave is 18 days [1].",
    ],
)
def test_no_value_is_computed_unless_the_claim_says_so(claim: str) -> None:
    """Weeks of notice and days of leave have no sum."""
    leave = (
        "| Leave | Length | Notice |\n| --- | --- | --- |\n"
        "| Maternity | up to 26 weeks | at least 8 weeks |\n| Paternity | 10 days | 8 weeks |"
    )
    (checked,) = check_text(claim, [make_hit(leave)])
    assert checked.verdict is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ("In Sri Lanka the daily allowance is €33 and the hotel limit €90", None),
        (
            "In Sri Lanka the daily allowance is €90 and the hotel limit €33",
            "€33 for Hotel limit per night: [1] says €33 for Allowance per day",
        ),
        (
            "In Germany the hotel limit is €28",
            "€28 for Hotel limit per night: [1] says €28 for Allowance per day",
        ),
    ],
)
def test_values_belong_to_their_columns(claim: str, why: str | None) -> None:
    """Each value belongs to the column that is named with it."""
    (checked,) = check_text(f"{claim} [1].", [make_hit(ALLOWANCES)])
    assert checked.why == why


@pytest.mark.parametrize(
    ("table", "verdicts"),
    [
        ("| Country | Hotel limit |\n| --- | --- |\n| Germany | €120 [1] |", ["supported"]),
        ("| Country | Hotel limit |\n| --- | --- |\n| Germany | €28 [1] |", ["unsupported"]),
        (
            (
                "| Country | Allowance | Hotel |\n| --- | --- | --- |\n"
                "| Sri Lanka | €90 | €33 [1] |\n| Germany | €28 | €120 [1] |"
            ),
            ["unsupported", "supported"],
        ),
    ],
)
def test_the_columns_of_a_claimed_table_are_checked(table: str, verdicts: list[str]) -> None:
    """A table is checked as a whole, and row by row while an answer arrives."""
    assert [claim.verdict.value for claim in check_text(table, [make_hit(ALLOWANCES)])] == verdicts
    received, header = list[Claim](), ""
    pieces, _ = split_finished(f"{table}\n\nEnd. ")
    for piece in pieces:
        received += check_text(piece, [make_hit(ALLOWANCES)], table_header=header)
        header = find_open_table_header(header + piece)
    assert [claim.verdict.value for claim in received] == verdicts


@pytest.mark.parametrize(
    ("claim", "row"),
    [
        (
            "The Basic plan has a price of $10, with 5 users and an unlimited disk",
            "| Plan | Price | Users | Disk |\n|---|---|---|---|\n| Basic | $10 | 5 | unlimited |",
        ),
        (
            "The rate doubled from 2 in 2019 to 4 in 2020, a rise of 2",
            "| Item | 2019 | 2020 |\n| --- | --- | --- |\n| Rate | 2 | 4 |",
        ),
    ],
)
def test_columns_of_words_and_computed_values(claim: str, row: str) -> None:
    """A column without a number, and a difference that is also the value of a cell."""
    assert judge_alone(claim, row) == "supported"


TOOLS = """\
| No. | Tool | Reach | Weight |
| --- | --- | --- | --- |
| T-40 | rake | 160 cm | 2 kg |
| T-41 | scythe | 190 cm | 3 kg |
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The reach of the scythe is 190 cm", "supported"),
        ("The reach of T-41 is 190 cm", "supported"),
        ("The reach of the rake is 190 cm", "unsupported"),
        ("The weight of the scythe is 190 cm", "unsupported"),
        ("The reach of T-40 is 190 cm", "unsupported"),
    ],
)
def test_a_row_is_named_behind_its_code(claim: str, verdict: str) -> None:
    """Where the first column has codes, the second one names the rows as well."""
    assert judge_alone(claim, TOOLS) == verdict
