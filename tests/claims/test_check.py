"""Whether the cited passages support a claim, and why not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.claims import check_text, quote_cited, split_finished
from ragpg.types import Verdict
from tests.support.claims import make_hit

FIRST = "Employees may encash up to 5 unused annual days at the end of the calendar year."
THIRD = "Sick leave is not encashed, but it may be extended by Anna Berg."
POLICY = (
    f"{FIRST} They need\ntwelve months of service. {THIRD}\n"
    "The allowance is paid at 1,750 euros or 20% of the salary."
)
TABLE = "| Leave | Days |\n|---|---|\n| Sick leave | 10 |\n| Study leave | 3.5 |"

HITS = [
    make_hit(POLICY, title="Leave Policy", heading=("Encashment",)),
    make_hit(TABLE, rank=2, title="Leave Policy", heading=("Entitlements",)),
]


def judge_one(text: str) -> tuple[str, str | None, tuple[int, ...]]:
    """Return verdict, reason and supporting passages of a text that makes one claim."""
    (claim,) = check_text(text, HITS)
    return claim.verdict.value, claim.why, claim.supported_by


def test_an_endless_text_is_checked_quickly() -> None:
    """Where no sentence ever ends, the time grows with the square of a stream at most."""

    def measure(count: int) -> tuple[float, float]:
        started, rest = time.process_time(), ""
        for piece in ["!!!", "no say ", "[1", "la "]:
            for _ in range(count):
                _, rest = split_finished(rest + piece)
        split = time.process_time()
        check_text(rest * 4, HITS)
        return split - started, time.process_time() - split

    # Four times the text: 16 times the time where it is looked through at each piece. Processor
    # time, and a factor that leaves room, make it hold on slow and busy machines.
    for short, long in zip(measure(40), measure(160), strict=True):
        assert long < 40 * short + 0.1


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
    """Number words, contractions, headings and lists do not make a claim unsupported."""
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
def test_false_claims_are_unsupported_with_a_reason(text: str, why: str) -> None:
    """Wrong numbers, names, negations, topics and markers are named."""
    assert judge_one(text) == ("unsupported", why, ())


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
def test_a_misattributed_claim_names_the_right_passage(text: str, why: str) -> None:
    """A claim that only another passage supports is misattributed."""
    assert judge_one(text) == ("unsupported", why, (2,))


def test_a_claim_without_a_citation_is_uncited() -> None:
    """Passages that support it are named; there is no reason where none does."""
    assert judge_one("Study leave is 3.5 days.") == ("uncited", "[2] says it", (2,))
    assert judge_one("Parking costs 3 euros.") == ("uncited", None, ())


def test_scores_rank_claims_by_their_support() -> None:
    """The less of a claim the passages cover, the lower is its score."""
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
    """Each cited passage is quoted once, verbatim: the sentence that covers most of the claim."""
    (claim,) = check_text("Twelve months of service give 10 days of sick leave [1][2][9].", HITS)
    quotes = quote_cited(claim, HITS)
    assert [(citation.number, citation.quote) for citation in quotes] == [
        (1, "They need\ntwelve months of service."),
        (2, "| Sick leave | 10 |"),
    ]
    assert all(citation.quote in citation.hit.text for citation in quotes)
