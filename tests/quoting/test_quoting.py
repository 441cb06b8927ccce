"""Which words of the passages are quoted as an answer."""

from __future__ import annotations

import pytest

from ragpg import quoting
from ragpg.types import Hit

LEAVE = """\
## Encashment

Unused leave can be exchanged for pay under these rules:

- Only at the end of the year.
- At most 5 days.

## Sickness

- Tell your manager.
- A certificate is needed after 2 days. Ask your doctor.
- Get well soon.

| Leave | Days |
| --- | --- |
| Casual | 8 |
| Paternity | 10 |
"""


def hit(text: str, *, rank: int = 1) -> Hit:
    """Make a hit of a text."""
    return Hit(rank, "a.md", "Leave", ("Leave",), 0, len(text), 1, 9, text, 0.5)


def answers(
    text: str, *best: str, idf: dict[str, float] | None = None, level: float = 0.0
) -> list[str]:
    """Choose from a text in which the units that hold `best` are closest to the question."""
    units = quoting.segments([hit(text)])
    similarities = [
        0.9 - 0.01 * next((i for i, words in enumerate(best) if words in unit.quote), 0)
        if any(words in unit.quote for words in best)
        else level
        for unit in units
    ]
    return [excerpt.text for excerpt in quoting.choose(units, similarities, idf=idf or {})]


def test_units_are_the_passages_own_text() -> None:
    """Every unit's span is its quotation, and headings are no answers."""
    units = quoting.segments([hit(LEAVE)])
    assert all(unit.quote == LEAVE[unit.start : unit.end] == unit.quote.strip() for unit in units)
    assert not any("##" in unit.quote for unit in units)


def test_one_sentence_is_enough() -> None:
    """A unit far ahead of the others is the whole answer."""
    assert answers(LEAVE, "Get well") == ["- Get well soon."]


def test_a_list_below_a_lead_in_is_quoted_whole() -> None:
    """An item under a lead-in brings the lead-in and the other items, in one quotation."""
    whole = (
        "Unused leave can be exchanged for pay under these rules:\n\n"
        "- Only at the end of the year.\n- At most 5 days."
    )
    assert answers(LEAVE, "At most 5") == [whole]
    assert answers(LEAVE, "under these rules") == [whole]


def test_a_list_of_which_most_is_chosen_is_quoted_whole() -> None:
    """Two of three items bring the third; one of three stays alone."""
    whole = (
        "- Tell your manager.\n- A certificate is needed after 2 days. Ask your doctor.\n"
        "- Get well soon."
    )
    assert answers(LEAVE, "Tell your", "Get well") == [whole]


def test_a_row_comes_with_its_table_head() -> None:
    """A row is quoted below the head that says what its cells are."""
    assert answers(LEAVE, "Paternity") == [
        "| Leave | Days |\n| --- | --- |\n| Paternity | 10 |",
    ]
    [excerpt] = quoting.choose(
        units := quoting.segments([hit(LEAVE)]),
        [float("Casual" in unit.quote) for unit in units],
        idf={},
    )
    assert [citation.quote for citation in excerpt.citations] == [
        "| Leave | Days |\n| --- | --- |\n| Casual | 8 |"
    ]


def test_the_questions_rare_words_count() -> None:
    """Of two units equally near in meaning the one with the question's rare words is quoted."""
    text = "Maternity leave is long. Paternity leave is short."
    assert answers(text, "Maternity", "Paternity", idf={"patern": 2.8, "leav": 0.1}) == [
        "Paternity leave is short."
    ]


def test_quotations_do_not_run_across_headings() -> None:
    """Units on both sides of a heading are two quotations."""
    text = "One thing.\n\n## Next\n\nOne thing more."
    assert answers(text, "One thing.", "One thing more") == ["One thing.", "One thing more."]


def test_the_same_words_are_quoted_once() -> None:
    """A sentence that stands in two passages is quoted from the better one."""
    units = quoting.segments([hit("It rains."), hit("It rains.", rank=2)])
    excerpts = quoting.choose(units, [0.8, 0.9], idf={})
    assert [(excerpt.number, excerpt.text) for excerpt in excerpts] == [(2, "It rains.")]


def test_stems_are_found_at_the_beginning_of_words() -> None:
    """A stem stands for every word that begins with it, also where an i was a y."""
    terms = {"encash": 1.0, "polici": 3.0}
    assert quoting.matched_terms("Encashment of the policy", terms) == {"encash", "polici"}
    assert quoting.matched_terms("cash", terms) == set()
    assert quoting.matched_terms(
        "your manager, and many other policymakers", {"mani": 1, "polici": 1}
    ) == {
        "mani",
        "polici",
    }
    assert quoting.matched_terms("your manager", {"mani": 1}) == set()
    assert quoting.share({"polici"}, terms) == 0.75
    assert quoting.share(set(), {}) == 0.0


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many days may I take?", "Everybody may take twelve days."),
        ("When does the year end?", "The year ends in March."),
        ("Who signs the form?", "It is Ada Lovelace that signs it."),
    ],
)
def test_what_is_asked_for_counts(question: str, said: str) -> None:
    """A number, a time, a name: the unit that holds one is preferred among equals."""
    units = quoting.segments([hit(f"Nothing of the sort is here. {said}")])
    [first, *_] = quoting.choose(
        units, [0.5] * 2, idf={}, question_type=quoting.QuestionType.of(question)
    )
    assert first.text.endswith(said)
    assert quoting.QuestionType.of("Why is that so?").kind is None
