"""What of a text is a statement."""

from __future__ import annotations

import pytest

from ragpg.claims import split_statements

TABLE = "| Leave | Days |\n|---|---|\n| Sick leave | 10 |\n| Study leave | 3.5 |"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One is so [1]. Two is so [2].", [("One is so [1].", (1,)), ("Two is so [2].", (2,))]),
        ("One is so. [1] Two is so.[2]", [("One is so. [1]", (1,)), ("Two is so.[2]", (2,))]),
        ("One is so [1][2]. Two [2, 3].", [("One is so [1][2].", (1, 2)), ("Two [2, 3].", (2, 3))]),
        ("It is 3.5 days, e.g. for Dr. No [1].", [("It is 3.5 days, e.g. for Dr. No [1].", (1,))]),
        ("One is so. [2] says so too.", [("One is so.", ()), ("[2] says so too.", (2,))]),
        ("All of them say so [1-3].", [("All of them say so [1-3].", (1, 2, 3))]),
        ("See [12:30] and [2024].", [("See [12:30] and [2024].", ())]),
        ("Yes. It is so [1].", [("Yes. It is so [1].", (1,))]),
        ("Yes.", [("Yes.", ())]),
        ("- One [1]\n- Two [2]. Three.", [("One [1]", (1,)), ("Two [2].", (2,)), ("Three.", ())]),
        ("1. One [1]\n2. Two [2]", [("One [1]", (1,)), ("Two [2]", (2,))]),
        ("A soft\nwrapped one [1].", [("A soft\nwrapped one [1].", (1,))]),
        ("> Quoted [1].", [("Quoted [1].", (1,))]),
        (TABLE, [("| Sick leave | 10 |", ()), ("| Study leave | 3.5 |", ())]),
    ],
)
def test_statements_and_their_citations(
    text: str, expected: list[tuple[str, tuple[int, ...]]]
) -> None:
    """Sentences, items and rows are statements, verbatim, with the numbers that they cite."""
    statements = split_statements(text)
    assert [(statement.text, statement.citations) for statement in statements] == expected
    assert all(text[s.start : s.end] == s.text for s in statements)


@pytest.mark.parametrize(
    "text",
    [
        "## Leave",
        "**Encashment**",
        "The rules are as follows:",
        "Sure!",
        "I hope this helps.",
        "Let me know if you need more.",
        "Does that help?",
        "```\nkubectl get pods\n```",
        "---",
        "Sources:",
        "[1]: https://example.org/",
        "The documents do not say who pays.",
    ],
)
def test_what_is_no_statement(text: str) -> None:
    """Headings, lead-ins, courtesies, questions, code and non-answers make no claim."""
    assert split_statements(f"{text}\n\nIt is so [1].")[0].text == "It is so [1]."


def test_a_lead_in_with_a_number_or_citation_is_a_statement() -> None:
    """A lead-in that could be wrong is a claim, although it ends with a colon."""
    assert [item.text for item in split_statements("You get 5 days [1]:\n\n**9 weeks**")] == [
        "You get 5 days [1]:",
        "**9 weeks**",
    ]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("It is 5 [1].Leave is 20 days [1].", ["It is 5 [1].", "Leave is 20 days [1]."]),
        ("```\nLeave is 20 days.\n```", ["Leave is 20 days."]),
        ("~~~markdown\nIt is 5 [1].\nLeave is 20.\n~~~\n", ["It is 5 [1].", "Leave is 20."]),
        ("```python\nleave = 20\n```", []),
        ("```\na = 1\n```\n\n```\nb = 2\n```", []),
        ("# Staff have 15 days a year", ["# Staff have 15 days a year"]),
        ("## Leave in 15 days [1]", ["## Leave in 15 days [1]"]),
        ("## Step 1: the portal", []),
        ("Staff have 15 days, right?", ["Staff have 15 days, right?"]),
        ("Have staff 15 days?", []),
        ("Hope that helps!", []),
        ("Sources:\n[1] leave_policy.md\n[2] docs/travel.md:L3-L9", []),
    ],
)
def test_unusual_statements(text: str, stated: list[str]) -> None:
    """Sentences without a space between them, in a fence, as headings, or as tag questions."""
    assert [statement.text for statement in split_statements(text)] == stated
