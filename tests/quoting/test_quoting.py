"""Which segments of the passages are quoted as an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragpg import quoting
from ragpg.types import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def similar(segments: Sequence[quoting.Segment], *best: str) -> quoting.Similarities:
    """Make the segments that contain one of `best` similar to the question, the others not."""
    cosines = [0.9 if any(words in s.quote for words in best) else 0.0 for s in segments]
    return quoting.Similarities.of_cosines(np.array(cosines, np.float32))


def answers(text: str, *best: str, idf: dict[str, float] | None = None) -> list[str]:
    """Choose from a text in which the segments that contain one of `best` are similar."""
    segments = quoting.find_quotable_segments([hit(text)])
    excerpts = quoting.choose_excerpts(segments, similar(segments, *best), idf=idf or {})
    return [excerpt.text for excerpt in excerpts]


def test_segments_are_the_passages_own_text() -> None:
    """Every segment's span is its quotation, and headings are no answers."""
    segments = quoting.find_quotable_segments([hit(LEAVE)])
    assert all(
        segment.quote == LEAVE[segment.start : segment.end] == segment.quote.strip()
        for segment in segments
    )
    assert not any("##" in segment.quote for segment in segments)


def test_a_short_section_is_answered_whole() -> None:
    """An item under a lead-in brings the lead-in and the other items, in one quotation."""
    whole = (
        "Unused leave can be exchanged for pay under these rules:\n\n"
        "- Only at the end of the year.\n- At most 5 days."
    )
    assert answers(LEAVE, "At most 5") == [whole]
    assert answers(LEAVE, "under these rules") == [whole]


def test_an_answer_stays_within_its_section_and_ninety_words() -> None:
    """Of a long section the part around the best sentence is quoted, and nothing of the next."""
    sentences = [
        f"Rule {number} has ten words and no more than those here." for number in range(20)
    ]
    text = f"## Rules\n\n{' '.join(sentences)}\n\n## Others\n\nThere are none."
    [answer] = answers(text, "Rule 19")
    assert answer.endswith(sentences[19])
    assert len(answer.split()) <= 90
    assert answer in text


def test_a_row_comes_with_its_table_header() -> None:
    """A row is quoted below the header that says what its cells are."""
    assert answers(LEAVE, "Paternity") == [
        "| Leave | Days |\n| --- | --- |\n| Paternity | 10 |",
    ]
    segments = quoting.find_quotable_segments([hit(LEAVE)])
    [excerpt] = quoting.choose_excerpts(segments, similar(segments, "Casual"), idf={})
    assert [citation.quote for citation in excerpt.citations] == [
        "| Leave | Days |\n| --- | --- |\n| Casual | 8 |"
    ]


def test_the_questions_rare_words_count() -> None:
    """Of two sections equally near in meaning the one with the question's rare words is first."""
    text = "## One\n\nMaternity leave is long.\n\n## Two\n\nPaternity leave is short."
    [first, *_] = answers(text, "Maternity", "Paternity", idf={"patern": 2.8, "leav": 0.1})
    assert first == "Paternity leave is short."


def test_another_section_is_quoted_for_what_the_first_does_not_say() -> None:
    """Two terms of the question in two sections make two quotations, one of them one."""
    text = "## One\n\nApples are red.\n\n## Two\n\nPears are green."
    both = answers(text, "Apples", "Pears", idf={"appl": 1.0, "pear": 1.0})
    assert sorted(both) == ["Apples are red.", "Pears are green."]
    assert answers(text, "Apples", "Pears", idf={"appl": 1.0}) == ["Apples are red."]


def test_the_same_words_are_quoted_once() -> None:
    """A sentence that is in two passages is quoted from the first one."""
    segments = quoting.find_quotable_segments([hit("It rains."), hit("It rains.", rank=2)])
    excerpts = quoting.choose_excerpts(segments, similar(segments, "rains"), idf={"rain": 1.0})
    assert [(excerpt.number, excerpt.text) for excerpt in excerpts] == [(1, "It rains.")]


def test_a_hit_with_a_lower_score_must_answer_better() -> None:
    """The first hit's windows are ahead, as far as its score is, and half a point at most."""
    first, second = hit("It rains today."), replace(hit("It rains daily.", rank=2), score=0.2)
    segments = quoting.find_quotable_segments([first, second])
    similarities = quoting.Similarities.of_cosines(np.array([0.5, 0.7], np.float32))
    assert quoting.choose_excerpts(segments, similarities, idf={})[0].number == 1
    similarities = quoting.Similarities.of_cosines(np.array([0.1, 0.7], np.float32))
    assert quoting.choose_excerpts(segments, similarities, idf={})[0].number == 2


def test_the_best_sentence_is_quoted_with_its_neighbours() -> None:
    """What stands around the best sentence is preferred to equally good words elsewhere."""
    near = "## Retries\n\nA failed job is tried again. It is tried five times."
    far = hit("## Other\n\nWhat is tried again costs more.", rank=2)
    segments = quoting.find_quotable_segments([hit(near), far])
    cosines = np.array([0.9, 0.5, 0.5], np.float32)
    excerpts = quoting.choose_excerpts(
        segments, quoting.Similarities.of_cosines(cosines), idf={"tri": 1.0}
    )
    assert excerpts[0].text == "A failed job is tried again. It is tried five times."


def test_an_answer_comes_from_two_places_at_most() -> None:
    """However many passages are equally good, the answer stays readable."""
    hits = [hit(f"Rule {rank} is about leave.", rank=rank) for rank in range(1, 6)]
    segments = quoting.find_quotable_segments(hits)
    similarities = quoting.Similarities.of_cosines(np.full(5, 0.7, np.float32))
    excerpts = quoting.choose_excerpts(segments, similarities, idf={"leav": 1.0})
    assert [excerpt.number for excerpt in excerpts] == [1, 2]


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
    """Of two equal sections, the one with a number, time or name is preferred."""
    text = f"## One\n\nNothing of the sort is here.\n\n## Two\n\n{answer}"
    segments = quoting.find_quotable_segments([hit(text)])
    [first, *_] = quoting.choose_excerpts(
        segments, similar(segments), idf={}, question_type=quoting.QuestionType.of(question)
    )
    assert first.text == answer
    assert quoting.QuestionType.of("Why is that so?").answer_pattern is None


def test_quotes_come_from_the_questions_script_first() -> None:
    """A passage in another script is quoted only where none in the question's own is as near."""
    own, other = hit("门每晚十点关闭。"), hit("The bus stops at ten.", rank=2)
    segments = quoting.find_quotable_segments([other, own])
    same = quoting.Similarities.of_cosines(np.array([0.5, 0.4], np.float32))
    for question, first in (("门几点关", own), ("When does the bus stop?", other)):
        question_type = quoting.QuestionType.of(question)
        excerpts = quoting.choose_excerpts(segments, same, idf={}, question_type=question_type)
        assert excerpts[0].text == first.text


def test_an_identifier_glued_to_other_scripts_is_whole() -> None:
    """Chinese characters and marks around an identifier are no part of it."""
    question_type = quoting.QuestionType.of("为什么要设置cache_ttl？")  # noqa: RUF001
    assert question_type.identifiers == ("cache_ttl",)
    [segment] = quoting.find_quotable_segments([hit("用cache_ttl可以设置时间。")])
    assert question_type.identifier_share(segment) == 1.0


def test_yes_and_no_are_quoted_with_what_explains_them() -> None:
    """A sentence of a word or two that opens a paragraph is what the next one explains."""
    text = "## May I swim here?\n\nNo. Swimmers use the lake behind the mill."
    assert answers(text, "Swimmers") == ["No. Swimmers use the lake behind the mill."]
    text = "It is cold there in winter.\n\nNot yet. Swimmers use the lake behind the mill."
    assert answers(text, "Swimmers")[0] == "Not yet. Swimmers use the lake behind the mill."


def test_a_colon_is_quoted_with_the_code_that_it_announces() -> None:
    """What a sentence announces is a part of the answer."""
    text = (
        "## Lamps\n\nLamps are dark at first. Put this into `lamps.ini`:\n\n"
        "```ini\nlit = yes\n```\n\n## Doors\n\nDoors are shut."
    )
    [answer] = answers(text, "lamps.ini")
    assert answer.endswith("Put this into `lamps.ini`:\n\n```ini\nlit = yes\n```")


def test_a_definition_is_quoted_to_its_end() -> None:
    """The default value stands behind the sentence that says what a setting is for."""
    text = (
        "`depth`\n: (`int`) How deep the well is drilled. Values over 90 need a permit."
        " The default is `35`.\n\n`width`\n: (`int`) How wide the well is."
    )
    assert "The default is `35`." in answers(text, "How deep")[0]


def test_the_section_that_is_named_comes_first() -> None:
    """Of two sections that say much the same the one with the question's name is quoted first."""
    text = (
        "## Ferry to Hamra\n\n- Bikes travel free.\n- Dogs cost 4 euros.\n\n"
        "## Ferry to Tolm\n\n- Bikes cost 2 euros.\n- Dogs travel free.\n"
    )
    first = answers(text, "Dogs", idf={"dog": 0.2, "tolm": 2.5})[0]
    assert "Bikes cost 2 euros" in first
    assert "4 euros" not in first


def test_a_part_of_code_is_quoted_between_fences() -> None:
    """Lines from the middle of a long block of code are code where they are printed, too."""
    options = "\n\n".join(
        f"# how many {name} there are at most\n{name}: 8" for name in "abcdefghijklmn"
    )
    text = f"## Limits\n\nWrite:\n\n```yaml\n{options}\n```\n"
    segments = quoting.find_quotable_segments([hit(text)])
    assert all(segment.quote.removeprefix("```yaml\n").startswith("#") for segment in segments[1:])
    [excerpt, *_] = quoting.choose_excerpts(segments, similar(segments, "g: 8"), idf={"how": 1.0})
    assert excerpt.text.startswith("```yaml\n#")
    assert excerpt.text.endswith("\n```")
    assert excerpt.citations[0].quote in text


def test_what_announces_something_else_is_left_out() -> None:
    """A lead-in whose list does not fit into the answer is not quoted without it."""
    items = "\n".join(
        f"- Item {number} of the list says something of ten words." for number in range(9)
    )
    text = f"## Feeds\n\nFeeds are read every hour.\nThe formats are:\n\n{items}\n"
    [answer, *_] = answers(text, "Feeds are", idf={"feed": 1.0, "hour": 1.0})
    assert "formats" not in answer or "Item" in answer


def test_no_other_rows_are_quoted_beside_the_one_that_is_asked_for() -> None:
    """A row is complete by itself: its neighbours are rows about something else."""
    rows = "".join(f"| bell {number} | {40 + number} kg |\n" for number in range(12))
    text = f"| Bell | Weight |\n| --- | --- |\n{rows}"
    assert answers(text, "bell 7 ", idf={"bell": 0.1, "7": 2.0}) == [
        "| Bell | Weight |\n| --- | --- |\n| bell 7 | 47 kg |"
    ]


def test_passages_that_follow_each_other_are_read_on() -> None:
    """A list that begins a passage is quoted with the lead-in that ends the one before it."""
    before = "A ticket is for one person. It is sold at these counters:\n\n"
    counters = "- the main hall\n- the north gate\n\nChildren need none."
    second = replace(hit(before, rank=2), score=0.4)
    first = replace(hit(counters), start=len(before), end=len(before) + len(counters))
    segments = quoting.find_quotable_segments([first, second])
    excerpts = quoting.choose_excerpts(segments, similar(segments, "sold"), idf={})
    assert [(excerpt.number, excerpt.text) for excerpt in excerpts] == [
        (2, "It is sold at these counters:"),
        (1, "- the main hall\n- the north gate"),
    ]
    elsewhere = replace(first, source="b.md")
    segments = quoting.find_quotable_segments([elsewhere, second])
    [only] = quoting.choose_excerpts(segments, similar(segments, "sold"), idf={})
    assert only.number == 2
