"""Every kind of change that makes a claim false, and those that leave it true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.claims import check_text
from ragpg.types import Verdict
from tests.support.claims import judge_alone, make_hit

FACTS = (
    "Employees of the Oslo office may encash up to 5 unused days of annual leave.",
    "The probation period lasts 12 weeks and can be extended once by Maria Lund.",
    "All interns must hand in their report before 31 March 2024.",
    "Only managers can approve travel that costs more than 1,750 euros.",
    "Visitors are not allowed to use the northern entrance after 6 PM.",
    "Most departments publish their budget in October.",
    "The new scanner reduces waiting times by 20 percent.",
    "Ticket prices rose from 12 euros in 2019 to 15 euros in 2023.",
    "The internal audit was led by Peter Holm.",
)

TABLE = (
    "| Region | 2018 | 2019 |\n| --- | --- | --- |\n"
    "| Norway sales | 240 | 310 |\n| Sweden sales | 190 | 175 |"
)

GUIDE = [
    make_hit("\n".join(FACTS[:5])),
    make_hit("\n".join(FACTS[5:]), rank=2),
    make_hit(TABLE, rank=3),
]


def judge_by_guide(text: str) -> str:
    """Return the verdict on a text that makes one claim."""
    (claim,) = check_text(text, GUIDE)
    return claim.verdict.value


@pytest.mark.parametrize(
    "text",
    [
        "Employees of the Oslo office may encash up to five unused days of annual leave [1].",
        "Up to 5 unused days of annual leave can be encashed by employees of the Oslo office [1].",
        "The probation period lasts twelve weeks [1].",
        "Maria Lund can extend the probation period once [1].",
        "All interns must hand in their report before March 31, 2024 [1].",
        "All interns must submit their report before 2024-03-31 [1].",
        "Only managers can approve travel that costs more than 1750 euros [1].",
        "Visitors aren't allowed to use the northern entrance after 6 PM [1].",
        "After 6 PM, visitors are not allowed to use the northern entrance [1].",
        "The new scanner reduces waiting times by 20% [2].",
        "The new scanner lowers waiting times by about 20% [2].",
        "Peter Holm led the internal audit [2].",
        "Most departments publish a budget in October, and Peter Holm led the internal audit [2].",
        "Norway sales in 2019 were 310 [3].",
        "Norway sales rose from 240 in 2018 to 310 in 2019 [3].",
        "Norway sales increased by 70 between 2018 and 2019 [3].",
        "In 2019, Sweden sales were lower than in 2018 [3].",
    ],
)
def test_paraphrases_are_supported(text: str) -> None:
    """Other numbers, dates, voice, order or synonyms, parts and sums do not make a claim false."""
    (claim,) = check_text(text, GUIDE)
    assert (claim.verdict, claim.why) == (Verdict.SUPPORTED, None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("The probation period lasts 14 weeks [1].", "14 weeks: [1] says 12 weeks"),
        ("The probation period lasts 12 days [1].", "12 days: [1] says 12 weeks"),
        (
            "All interns must hand in their report before 31 May 2024 [1].",
            "31 May 2024: [1] says 31 March 2024",
        ),
        (
            "Visitors are allowed to use the northern entrance after 6 PM [1].",
            "[1] says not use",
        ),
        (
            "Visitors are not allowed to use the southern entrance after 6 PM [1].",
            "southern: [1] says northern",
        ),
        (
            "Visitors are not allowed to use the northern entrance before 6 PM [1].",
            "before: [1] says after",
        ),
        ("Some interns must hand in their report before 31 March 2024 [1].", "Some: [1] says All"),
        ("All interns may hand in their report before 31 March 2024 [1].", "may: [1] says must"),
        ("Managers can approve travel that costs more than 1,750 euros [1].", "[1] says Only"),
        (
            "Only managers can approve travel that costs less than 1,750 euros [1].",
            "less than: [1] says more than",
        ),
        ("The external audit was led by Peter Holm [2].", "external: [2] says internal"),
        (
            "The new scanner increases waiting times by 20 percent [2].",
            "increases: [2] says reduces",
        ),
        ("All departments publish their budget in October [2].", "All: [2] says Most"),
        (
            "Ticket prices rose from 15 euros in 2019 to 12 euros in 2023 [2].",
            "12 euros: [2] says 15 euros",
        ),
    ],
)
def test_the_changed_word_is_named(text: str, why: str) -> None:
    """The reason tells what the passage says instead."""
    (claim,) = check_text(text, GUIDE)
    assert (claim.verdict, claim.why) == (Verdict.UNSUPPORTED, why)


@pytest.mark.parametrize(
    "text",
    [
        "The probation period can be extended once by Peter Holm [1].",
        "All interns must not hand in their report before 31 March 2024 [1].",
        "Interns of the Oslo office may encash up to 5 unused days of annual leave [1].",
        "The internal audit lasts 12 weeks [2].",
        "Norway sales in 2018 were 310 [3].",
        "Norway sales in 2019 were 175 [3].",
        "Norway sales fell between 2018 and 2019 [3].",
        "Sweden sales decreased by 70 between 2018 and 2019 [3].",
        "The probation period lasts 12 weeks [2].",
        "The probation period was invented by a monk [1].",
        "The probation period lasts 12 weeks.",
    ],
)
def test_other_false_claims(text: str) -> None:
    """Moved names, subjects, cells and citations, inventions, and no citation at all."""
    assert judge_by_guide(text) != "supported"


@pytest.mark.parametrize(
    ("known", "claimed"),
    [("may", "is obliged to"), ("must", "is at liberty to"), ("is bound to", "might")],
)
def test_modal_phrases(known: str, claimed: str) -> None:
    """Phrases of permission and of obligation contradict each other."""
    passage = make_hit(f"The tenant {known} repaint the hall when the lease ends.")
    (claim,) = check_text(
        f"The tenant {claimed} repaint the hall when the lease ends [1].", [passage]
    )
    assert claim.verdict is Verdict.UNSUPPORTED


SENTENCES = st.sampled_from(FACTS)


@given(SENTENCES, st.permutations(FACTS))
def test_a_verbatim_sentence_is_supported(fact: str, order: list[str]) -> None:
    """A sentence of a passage is supported, whatever is around it."""
    (claim,) = check_text(fact.rstrip(".") + " [1].", [make_hit("\n".join(order))])
    assert claim.verdict is Verdict.SUPPORTED


@given(st.integers(2, 10**6), st.integers(2, 10**6))
def test_another_number_is_never_supported(known: int, claimed: int) -> None:
    """Only the same number is supported, in whatever form it is written."""
    passage = make_hit(f"The archive of the harbour office holds {known:,} maps and charts.")
    for form in (f"{claimed}", f"{claimed:,}"):
        text = f"The archive of the harbour office holds {form} maps and charts [1]."
        (claim,) = check_text(text, [passage])
        assert (claim.verdict is Verdict.SUPPORTED) == (known == claimed)


@given(st.permutations([1, 2, 3]), SENTENCES)
def test_the_order_of_citations_does_not_matter(order: list[int], fact: str) -> None:
    """The order of markers and of passages changes neither verdict nor score."""
    marks = "".join(f"[{number}]" for number in order)
    (claim,) = check_text(f"{fact.rstrip('.')} {marks}.", [GUIDE[number - 1] for number in order])
    (plain,) = check_text(f"{fact.rstrip('.')} [1][2][3].", GUIDE)
    assert (claim.verdict, claim.score) == (plain.verdict, plain.score)


COMPILER = "Ada wrote the compiler. Later she led the research group in London."

SHARES = (
    "| | 2019 | 2020 |\n| --- | --- | --- |\n"
    "| Revenue | 150 | 200 |\n| Net income (1) | 40 | 30 |\n"
    "| Up to three months | 29 | 32 |\n| Three to six months | 10 | 4 |"
)


@pytest.mark.parametrize(
    ("claim", "text", "expected"),
    [
        ("Ada wrote the compiler and led the research group in London", COMPILER, "supported"),
        (
            "Ada wrote the compiler and led the research group in London",
            "Ada wrote the compiler. Grace Hopper led the research group in London.",
            "unsupported",
        ),
        ("Revenue in 2019, at 150, was lower than in 2020, at 200", SHARES, "supported"),
        ("Revenue in 2019 was higher than in 2020", SHARES, "unsupported"),
        ("In 2020, Revenue was higher than in 2019", SHARES, "supported"),
        ("In 2019, Revenue was higher than in 2020", SHARES, "unsupported"),
        ("Revenue, up to 2020, was 150 in 2019 and 200 in 2020", SHARES, "supported"),
        ("Net income was 30 in 2020", SHARES, "supported"),
        ("Up to three months rose between 2019 and 2020", SHARES, "supported"),
        ("Up to three months fell between 2019 and 2020", SHARES, "unsupported"),
    ],
)
def test_subjects_rows_and_columns_are_told_apart(claim: str, text: str, expected: str) -> None:
    """The rest of a sentence keeps its subject, rows their labels, columns their names."""
    assert judge_alone(claim, text) == expected


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Acme opened in 2019", "Acme opened on 3 May 2019."),
        ("Prices rose by about 5%", "Prices rose by 5.2%."),
        ("About 500 of about 1200 people came", "512 of 1180 people came."),
    ],
)
def test_a_rounded_number_is_found_in_another_passage(claim: str, text: str) -> None:
    """A claim that cites the wrong passage is told which one says it."""
    hits = [make_hit("The garden is green and wide."), make_hit(text, rank=2)]
    (checked,) = check_text(f"{claim} [1].", hits)
    assert (checked.verdict, checked.supported_by) == (Verdict.UNSUPPORTED, (2,))


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("About 2 million people moved", "1.7 million people moved."),
        ("Roughly $3 billion was spent on roads", "$3.28 billion was spent on roads."),
        ("Clients must not cache the reply", "Clients MUST NOT cache the reply."),
        ("It isn't only a hall but a museum", "It is not only a hall but a museum."),
        ("The results aren't necessarily final", "The results are not necessarily final."),
        (
            "We expect to pay Acme $1.4 billion in cash in the first quarter of 2020",
            "In the first quarter of 2020, we expect to pay Acme $1.4 billion in cash.",
        ),
    ],
)
def test_other_spellings_are_supported(claim: str, text: str) -> None:
    """Rounded numbers, emphasis, contractions before "only", another order of unlike numbers."""
    assert judge_alone(claim, text) == "supported"


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("About 3 million people moved", "1.7 million people moved."),
        ("Clients must cache the reply", "Clients MUST NOT cache the reply."),
        (
            "Shi Tianze was married to a woman from Hebei",
            "Shi Bingzhi was married to a woman from Hebei, who was Shi Tianze's mother.",
        ),
        (
            "Capital requests are approved by the members once a year",
            "Capital requirements are approved by the members once a year, and are requested.",
        ),
        ("Costs of wireless contracts are deferred", "Costs of wireline contracts are deferred."),
        (
            "One such project is pumped through the old harbour tunnel",
            "The cold water is pumped through the old harbour tunnel.",
        ),
        ("The bill stands for justice for some", "The bill stands for justice for all."),
        (
            "The expected term was zero at the end of the year",
            "The expected dividend yield was zero at the end of the year. The term is 5 years.",
        ),
        (
            "Doctors got support and were drawn to medicine by its income",
            "Doctors got support. Confucian scholars were drawn to medicine by its income.",
        ),
    ],
)
def test_exchanged_words_are_unsupported(claim: str, text: str) -> None:
    """Subjects, quantifiers or words are exchanged, though the passage has every word."""
    assert judge_alone(claim, text) == "unsupported"


LEAVE = make_hit("Up to 5 days can be paid out.", title="Leave", heading=("Annual leave",))


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("As for annual leave, up", Verdict.SUPPORTED),
        ("Regarding annual leave, up", Verdict.SUPPORTED),
        ("Annual leave: up", Verdict.SUPPORTED),
        ("As for parental leave, up", Verdict.UNSUPPORTED),
    ],
)
def test_a_topic_named_first_must_be_that_of_the_heading(topic: str, expected: Verdict) -> None:
    """A claim that begins with another topic is not what the passage is about."""
    (claim,) = check_text(f"{topic} to 5 days can be paid out [1].", [LEAVE])
    assert claim.verdict is expected


def test_a_heading_alone_supports_nothing() -> None:
    """A claim needs words of the text below the heading."""
    (claim,) = check_text("Annual leave is leave [1].", [LEAVE])
    assert claim.verdict is Verdict.UNSUPPORTED


POST = "Everyone has 12 days of sick leave a year. Questions go to hr@example.com."


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ("Everyone has 12 days of sick leave per year [1].", None),
        ("Everyone has 12 days of sick leave [1].", None),
        ("Everyone has 12 days of sick leave a month [1].", "a month: [1] says a year"),
        ("Questions go to hr@example.com [1].", None),
        ("Questions go to hr@example.org [1].", "hr@example.org: [1] says hr@example.com"),
    ],
)
def test_periods_and_addresses(claim: str, why: str | None) -> None:
    """An amount a month is not one a year, and an address is one token."""
    (checked,) = check_text(claim, [make_hit(POST)])
    assert checked.why == why


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Norway sales rose between 2018 and 2019 from 240 to 310 [3].", "supported"),
        ("In 2018 Norway sales were 240, and in 2019 310 [3].", "supported"),
        ("Norway sales were 310 in 2018 and 240 in 2019 [3].", "unsupported"),
    ],
)
def test_values_belong_to_their_years(claim: str, expected: str) -> None:
    """Years may be named before or after their values, or all before all."""
    assert judge_by_guide(claim) == expected


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Claims are filed no earlier than 5 May", "Claims are filed no later than 5 May."),
        ("You may leave earlier than 5 pm", "You may leave later than 5 pm."),
        ("The tool runs on Node.js", "The tool runs on Deno."),
        ("The value is " + "9" * 400, "The value is 5."),
    ],
)
def test_other_bounds_names_and_endless_numbers(claim: str, text: str) -> None:
    """None of them is supported, and nothing fails."""
    assert judge_alone(claim, text) == "unsupported"


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (
            "`queue` prints the jobs in order of age",
            "`queue` prints the jobs in reverse order of age.",
        ),
        (
            "The alarm sits at the end of the hall",
            "The alarm sits at the opposite end of the hall.",
        ),
        (
            "The trail is open to riders, not to walkers",
            "The trail is open to walkers, not to riders.",
        ),
        ("The pump sends water to the tank", "The tank sends water to the pump."),
        ("BLOCKED is the first state of a parcel", "WAITING is the first state of a parcel."),
        ("FTP listens on port 990", "FTPS listens on port 990."),
        ("The badge holds exactly 3 names", "The badge holds at most 3 names."),
    ],
)
def test_what_turns_a_statement_round(claim: str, text: str) -> None:
    """Words for the reverse, things that changed places around the same words, names alike."""
    assert judge_alone(claim, text) == "unsupported"
    assert judge_alone(text, text) == "supported"


def test_a_word_that_is_code_elsewhere_is_a_name() -> None:
    """What is said of one value of an option is not said of another one."""
    text = (
        "- `loose`: rewrites some pages.\n"
        "- Rotation is switched off automatically if `again` is chosen as the mode."
    )
    claim = "Rotation is switched off automatically if {} is chosen as the mode"
    assert judge_alone(claim.format("again"), text) == "supported"
    assert judge_alone(claim.format("loose"), text) == "unsupported"


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Both the pool and the sauna are closed", "The pool and the sauna are closed."),
        (
            "As of 2.4, the oldest browser version supported is 80",
            "As of 2.4, the oldest supported version of the browser is 80.",
        ),
    ],
)
def test_what_leaves_a_statement_as_it_is(claim: str, text: str) -> None:
    """A word before a pair, and a genitive that becomes a compound."""
    assert judge_alone(claim, text) == "supported"
