"""Which segments of the passages are quoted as an answer."""

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
    """Choose from a text in which the segments that hold `best` are closest to the question."""
    segments = quoting.find_quotable_segments([hit(text)])
    similarities = [
        0.9 - 0.01 * next((i for i, words in enumerate(best) if words in segment.quote), 0)
        if any(words in segment.quote for words in best)
        else level
        for segment in segments
    ]
    return [
        excerpt.text for excerpt in quoting.choose_excerpts(segments, similarities, idf=idf or {})
    ]


def test_segments_are_the_passages_own_text() -> None:
    """Every segment's span is its quotation, and headings are no answers."""
    segments = quoting.find_quotable_segments([hit(LEAVE)])
    assert all(
        segment.quote == LEAVE[segment.start : segment.end] == segment.quote.strip()
        for segment in segments
    )
    assert not any("##" in segment.quote for segment in segments)


def test_one_sentence_is_enough() -> None:
    """A segment far ahead of the others is the whole answer."""
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


def test_a_row_comes_with_its_table_header() -> None:
    """A row is quoted below the header that says what its cells are."""
    assert answers(LEAVE, "Paternity") == [
        "| Leave | Days |\n| --- | --- |\n| Paternity | 10 |",
    ]
    [excerpt] = quoting.choose_excerpts(
        segments := quoting.find_quotable_segments([hit(LEAVE)]),
        [float("Casual" in segment.quote) for segment in segments],
        idf={},
    )
    assert [citation.quote for citation in excerpt.citations] == [
        "| Leave | Days |\n| --- | --- |\n| Casual | 8 |"
    ]


def test_the_questions_rare_words_count() -> None:
    """Of two segments equally near in meaning the one with the question's rare words is quoted."""
    text = "Maternity leave is long. Paternity leave is short."
    assert answers(text, "Maternity", "Paternity", idf={"patern": 2.8, "leav": 0.1}) == [
        "Paternity leave is short."
    ]


def test_quotations_do_not_run_across_headings() -> None:
    """Segments on both sides of a heading are two quotations."""
    text = "One thing.\n\n## Next\n\nOne thing more."
    assert answers(text, "One thing.", "One thing more") == ["One thing.", "One thing more."]


def test_the_same_words_are_quoted_once() -> None:
    """A sentence that is in two passages is quoted from the better one."""
    segments = quoting.find_quotable_segments([hit("It rains."), hit("It rains.", rank=2)])
    excerpts = quoting.choose_excerpts(segments, [0.8, 0.9], idf={})
    assert [(excerpt.number, excerpt.text) for excerpt in excerpts] == [(2, "It rains.")]


def test_stems_are_found_at_the_beginning_of_words() -> None:
    """A stem matches every word that starts with it; a final i also matches y."""
    terms = {"encash": 1.0, "polici": 3.0}
    assert quoting.find_matched_terms("Encashment of the policy", terms) == {"encash", "polici"}
    assert quoting.find_matched_terms("cash", terms) == set()
    assert quoting.find_matched_terms(
        "your manager, and many other policymakers", {"mani": 1, "polici": 1}
    ) == {
        "mani",
        "polici",
    }
    assert quoting.find_matched_terms("your manager", {"mani": 1}) == set()
    assert quoting.measure_idf_share({"polici"}, terms) == 0.75
    assert quoting.measure_idf_share(set(), {}) == 0.0


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many days may I take?", "Everybody may take twelve days."),
        ("When does the year end?", "The year ends in March."),
        ("Who signs the form?", "It is Ada Lovelace that signs it."),
    ],
)
def test_the_answer_type_counts(question: str, answer: str) -> None:
    """Of two equal segments, the one with a number, time or name is preferred."""
    segments = quoting.find_quotable_segments([hit(f"Nothing of the sort is here. {answer}")])
    [first, *_] = quoting.choose_excerpts(
        segments, [0.5] * 2, idf={}, question_type=quoting.QuestionType.of(question)
    )
    assert first.text.endswith(answer)
    assert quoting.QuestionType.of("Why is that so?").answer_pattern is None
