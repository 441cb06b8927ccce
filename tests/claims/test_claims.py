"""What an answer states, and whether the cited passages say it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.claims import (
    check_text,
    is_non_answer,
    quote_cited,
    split_finished,
    split_statements,
    strip_citations,
)
from ragpg.claims.sentences import split_sentences
from ragpg.types import Hit, Verdict

FIRST = "Employees may encash up to 5 unused annual days at the end of the calendar year."
THIRD = "Sick leave is not encashed, but it may be extended by Anna Berg."
POLICY = (
    f"{FIRST} They need\ntwelve months of service. {THIRD}\n"
    "The allowance is paid at 1,750 euros or 20% of the salary."
)
TABLE = "| Leave | Days |\n|---|---|\n| Sick leave | 10 |\n| Study leave | 3.5 |"


def hit(text: str, *, rank: int = 1, heading: tuple[str, ...] = ()) -> Hit:
    """A passage."""
    return Hit(rank, "leave.md", "Leave Policy", heading, 0, len(text), 1, 1, text, 1.0)


HITS = [hit(POLICY, heading=("Encashment",)), hit(TABLE, rank=2, heading=("Entitlements",))]


def judged(text: str) -> tuple[str, str | None, tuple[int, ...]]:
    """Verdict, why and supporting passages of a text that makes one claim."""
    (claim,) = check_text(text, HITS)
    return claim.verdict.value, claim.why, claim.supported_by


# --- splitting ------------------------------------------------------------------------------


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
def test_what_a_text_states(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    """Sentences, items and rows are found in their own wording, with what they cite."""
    found = split_statements(text)
    assert [(each.text, each.citations) for each in found] == expected
    assert all(text[each.start : each.end] == each.text for each in found)


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
def test_what_states_nothing(text: str) -> None:
    """Headings, lead-ins, courtesies, questions, code and refusals make no claim."""
    assert split_statements(f"{text}\n\nIt is so [1].")[0].text == "It is so [1]."


def test_a_lead_in_with_a_figure_or_a_citation_states_something() -> None:
    """What could be wrong is a claim, also with a colon behind it."""
    assert [each.text for each in split_statements("You get 5 days [1]:\n\n**9 weeks**")] == [
        "You get 5 days [1]:",
        "**9 weeks**",
    ]


@given(st.text(alphabet=st.sampled_from("aB1 .!\n-|[]*#>`\r\té。"), max_size=80))
def test_sentences_partition_any_text(text: str) -> None:
    """Sentences follow each other without a gap, and so do finished ones and the rest."""
    found = split_sentences(text)
    assert "".join(text[start:end] for _, start, end in found) == text
    finished, rest = split_finished(text)
    assert "".join([*finished, rest]) == text


# --- streaming ------------------------------------------------------------------------------

PARTS = [
    "You may encash 5 days [1]. ",
    "Ask Mr. Smith at approx. 3.5 hours. [1] [2] ",
    "It is so.[3] ",
    "Yes. It is so [1]. ",
    "Why not? ",
    "\n\n- An item [1]\n- Another. With two. [2]\n\n",
    "\n\n| A | B |\n| --- | --- |\n| 1 [1] | 2 |\n\n",
    "\n\n## A heading\n\n",
    "\n\n```\ncode. More code.\n```\n\n",
]


@given(st.lists(st.sampled_from(PARTS), max_size=6), st.data())
def test_a_sentence_is_finished_once(parts: list[str], data: st.DataObject) -> None:
    """However the text arrives, the sentences are those of the whole text."""
    text = "".join(parts)
    received: list[str] = []
    rest, position = "", 0
    while position < len(text):
        step = data.draw(st.integers(1, 8))
        finished, rest = split_finished(rest + text[position : position + step])
        received += finished
        position += step
    whole = [text[start:end] for _, start, end in split_sentences(text)]
    assert [part.strip() for part in [*received, rest] if part.strip()] == [
        part.strip() for part in whole if part.strip()
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
def test_what_states_something(text: str, stated: list[str]) -> None:
    """Sentences without a blank between, in a fence, as headings, as questions for assent."""
    assert [statement.text for statement in split_statements(text)] == stated


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
def test_citations_are_read_as_models_write_them(text: str, numbers: tuple[int, ...]) -> None:
    """What only says that something is cited is no part of the claim."""
    (statement,) = split_statements(text)
    assert statement.citations == numbers
    words = strip_citations(statement.text)
    assert words.casefold().strip() == "leave is 20 days."


def test_a_sentence_waits_for_its_marker() -> None:
    """A marker behind the stop comes with its sentence."""
    assert split_finished("It is so. ") == ([], "It is so. ")
    assert split_finished("It is so. [1") == ([], "It is so. [1")
    assert split_finished("It is so. [1, ") == ([], "It is so. [1, ")
    assert split_finished("It is so. [1] Ne") == ([], "It is so. [1] Ne")
    assert split_finished("It is so. [1] Next ") == (["It is so. [1] "], "Next ")


def test_a_text_without_an_end_is_read_quickly() -> None:
    """A model that never stops costs no time."""
    started = time.perf_counter()
    rest = ""
    for piece in ["!!!", "no say ", "[1", "la "]:
        for _ in range(200):
            _, rest = split_finished(rest + piece)
    check_text(rest * 4, HITS)
    assert time.perf_counter() - started < 5


# --- judging --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Employees may encash up to five unused annual days [1].",
        "You need 12 months of service [1].",
        "The allowance is 1750 euros, or 20 percent of the salary [1].",
        "Anna Berg may extend sick leave [1].",
        "Sick leave can't be encashed [1].",
        "Yes. Up to 5 annual days may be encashed [1].",
        "No, sick leave is not encashed [1].",
        "No more than 5 unused annual days may be encashed [1].",
        "- **Sick leave**: 10 days [2]",
        "| Study leave | 3.50 [2] |",
        "Sick leave is 10 days and needs twelve months of service [1][2].",
        "The Leave Policy knows study leave of 3.5 days [2].",
    ],
)
def test_true_claims_are_supported(text: str) -> None:
    """Other words for numbers, contractions, headings and lists do no harm."""
    (claim,) = check_text(text, HITS)
    assert (claim.verdict, claim.why) == (Verdict.SUPPORTED, None)
    assert claim.supported_by == claim.citations
    assert claim.score > 0.5


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Employees may encash up to 7 weeks of annual days [1].", "7 weeks: [1] says 5 unused"),
        ("The allowance is paid at 25% of the salary [1].", "25%: [1] says 1,750 euros"),
        (
            "Employees need fourteen months of service [1].",
            "fourteen months: [1] says twelve months",
        ),
        ("Sick leave may be extended by Bob Marley [1].", "Bob: [1] says Anna"),
        (
            "Parents fly to the moon for free [1].",
            'not in [1]: "Parents fly to the moon for free."',
        ),
        (
            "Employees may not encash unused annual days at the end of the calendar year [1].",
            'not in [1]: "not encash"',
        ),
        (
            "Sick leave is encashed [1].",
            "[1] says not encashed",
        ),
        ("It is so [7].", "[7] does not exist"),
        ("Up to 5 annual days may be encashed [1][7][8].", "[7], [8] does not exist"),
        ("Yes [1].", 'not in [1]: "Yes."'),
        ("Sick leave takes 10 weeks off Mars [1][2].", 'not in [1], [2]: "Mars", "takes", "weeks"'),
    ],
)
def test_false_claims_are_unsupported_and_say_why(text: str, why: str) -> None:
    """Figures, names, negations, topics and markers that are wrong are told."""
    assert judged(text) == ("unsupported", why, ())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "Study leave is 3.5 days [1].",
            'misattributed: not in [1]: "3.5 days", "Study"; [2] says it',
        ),
        ("Study leave is 3.5 days [9].", "misattributed: [9] does not exist; [2] says it"),
    ],
)
def test_a_moved_citation_names_the_right_passage(text: str, why: str) -> None:
    """A claim that another passage supports is misattributed."""
    assert judged(text) == ("unsupported", why, (2,))


def test_a_claim_without_a_citation_is_uncited() -> None:
    """Passages that say it are named, and no reason is made up where none does."""
    assert judged("Study leave is 3.5 days.") == ("uncited", "[2] says it", (2,))
    assert judged("Parking costs 3 euros.") == ("uncited", None, ())


def test_scores_rank_claims_by_their_support() -> None:
    """The less of a claim the passages hold, the lower is its score."""
    text = "Sick leave is 10 days [2]. Sick leave is 11 days [2]. Sick pay is 11 euros [2]."
    scores = [claim.score for claim in check_text(text, HITS)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@given(st.text(max_size=200))
def test_any_text_can_be_checked(text: str) -> None:
    """No answer breaks the check, and every claim is in the answer's own words."""
    for claim in check_text(text, HITS):
        assert claim.text in text
        assert 0 <= claim.score <= 1
        assert (claim.verdict is Verdict.UNCITED) == (not claim.citations)


def test_nothing_is_supported_without_passages() -> None:
    """An empty list of hits supports nothing."""
    (claim,) = check_text("It is so [1].", [])
    assert (claim.verdict, claim.why) == (Verdict.UNSUPPORTED, "[1] does not exist")


def test_quotes_are_the_nearest_sentences() -> None:
    """Each cited passage is quoted once, to the letter, where it is nearest to the claim."""
    (claim,) = check_text("Twelve months of service give 10 days of sick leave [1][2][9].", HITS)
    found = quote_cited(claim, HITS)
    assert [(each.number, each.quote) for each in found] == [
        (1, "They need\ntwelve months of service."),
        (2, "| Sick leave | 10 |"),
    ]
    assert all(each.quote in each.hit.text for each in found)


# --- refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "The documents do not say.",
        "The documents do not say anything about that.",
        "The provided passages don't mention pensions.",
        "The documents don\u2019t say.",
        "I could not find any information about this in the documents.",
        "There is no information about pensions in the given context.",
        "The answer is not stated in the provided passages.",
        "None of the passages mention it.",
        "I don't know.",
        "I'm sorry, but the documents do not contain an answer to this question.",
        "Sorry. The documents do not say.",
        "The context is silent on this.",
        "The question cannot be answered from the given passages.",
        "Based on the provided documents, it's not possible to answer the question.",
        "The sources contain no information on this topic.",
        "Nothing in the documents says how much it costs.",
        "The documentation doesn't specify the 2025 budget.",
        "No information about pensions is provided.",
        "The passages do not cover this. They are about leave.",
        "The documents do not say [1].",
        "Passage [1] says nothing about pets.",
        "The documents do not say.\n\n(Note: passage [1] is about sick leave.)",
        "Based on the passages, I cannot determine that [1].",
        "The answer is not in the provided context.",
        "Contractors are not mentioned in the policy [1].",
        "It is not specified.",
        "Unknown.",
        "N/A",
    ],
)
def test_a_refusal_is_recognised_in_whatever_words(text: str) -> None:
    """A model need not use the phrase that the prompt asks for."""
    assert is_non_answer(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Unused leave is not carried over.",
        "No information about customers may be shared.",
        "Files are not stored in the pages directory.",
        "The policy does not cover dental care.",
        "You cannot answer for another person's actions at home.",
        "The documents do not mention that. They say this [1].",
        "The documents do not say.\n\n(Leave is 20 days [1].)",
        "Na.",
        "Leave is 20 days. The documents do not mention more.",
        "There are no data centres in Oslo.",
        "Nothing changes.",
    ],
)
def test_a_negative_answer_is_no_refusal(text: str) -> None:
    """What is denied of the world, cited, or said after an answer is an answer."""
    assert not is_non_answer(text)
