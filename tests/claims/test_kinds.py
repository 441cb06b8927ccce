"""Every kind of change that makes a claim false, and those that leave it true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.claims import check_text, find_open_table_header, split_finished, split_statements
from ragpg.claims.word_relations import are_antonyms, are_synonyms
from ragpg.text.stems import stem
from ragpg.types import Claim, Hit, Verdict

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


def hit(text: str, *, rank: int = 1, title: str = "Staff guide") -> Hit:
    """A passage."""
    return Hit(rank, "guide.md", title, (), 0, len(text), 1, 1, text, 1.0)


GUIDE = [hit("\n".join(FACTS[:5])), hit("\n".join(FACTS[5:]), rank=2), hit(TABLE, rank=3)]


def verdict(text: str) -> str:
    """The verdict on a text that makes one claim."""
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
def test_the_same_in_other_words(text: str) -> None:
    """Numbers, dates, voice, order, synonyms, parts and sums of what is said do no harm."""
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
def test_what_was_changed_is_named(text: str, why: str) -> None:
    """The reason says what stands in the passage instead."""
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
    """Names, subjects, cells and citations that were moved, inventions, and no citation."""
    assert verdict(text) != "supported"


# Neither these words nor their opposites stand in a table: their form tells.
@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("lawful", "unlawful"),
        ("harmful", "harmless"),
        ("overpaid", "underpaid"),
        ("inbound", "outbound"),
        ("prewar", "postwar"),
        ("compliant", "noncompliant"),
        ("uphill", "downhill"),
        ("multilateral", "unilateral"),
    ],
)
def test_opposites_that_no_list_holds(word: str, other: str) -> None:
    """A prefix or a suffix turns a word round, either way."""
    for known, claimed in ((word, other), (other, word)):
        passage = hit(f"The {known} traffic was measured by the harbour office in Bergen.")
        text = f"The {claimed} traffic was measured by the harbour office in Bergen [1]."
        (claim,) = check_text(text, [passage])
        assert (claim.verdict, claim.why) == (
            Verdict.UNSUPPORTED,
            f"{claimed}: [1] says {known}",
        )


@pytest.mark.parametrize(
    ("known", "claimed"),
    [("may", "is obliged to"), ("must", "is at liberty to"), ("is bound to", "might")],
)
def test_modal_words_of_several_parts(known: str, claimed: str) -> None:
    """What somebody may do is not what he must, in whatever words."""
    passage = hit(f"The tenant {known} repaint the hall when the lease ends.")
    (claim,) = check_text(
        f"The tenant {claimed} repaint the hall when the lease ends [1].", [passage]
    )
    assert claim.verdict is Verdict.UNSUPPORTED


SENTENCES = st.sampled_from(FACTS)


@given(SENTENCES, st.permutations(FACTS))
def test_a_verbatim_sentence_is_supported(fact: str, order: list[str]) -> None:
    """Whatever stands around it in the passage."""
    (claim,) = check_text(fact.rstrip(".") + " [1].", [hit("\n".join(order))])
    assert claim.verdict is Verdict.SUPPORTED


@given(st.integers(2, 10**6), st.integers(2, 10**6))
def test_another_number_is_never_supported(known: int, claimed: int) -> None:
    """In whatever form it is written."""
    passage = hit(f"The archive of the harbour office holds {known:,} maps and charts.")
    for form in (f"{claimed}", f"{claimed:,}"):
        text = f"The archive of the harbour office holds {form} maps and charts [1]."
        (claim,) = check_text(text, [passage])
        assert (claim.verdict is Verdict.SUPPORTED) == (known == claimed)


@given(st.permutations([1, 2, 3]), SENTENCES)
def test_the_order_of_citations_does_not_matter(order: list[int], fact: str) -> None:
    """Nor that of the passages."""
    marks = "".join(f"[{number}]" for number in order)
    (claim,) = check_text(f"{fact.rstrip('.')} {marks}.", [GUIDE[number - 1] for number in order])
    (plain,) = check_text(f"{fact.rstrip('.')} [1][2][3].", GUIDE)
    assert (claim.verdict, claim.score) == (plain.verdict, plain.score)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_can_be_compared(one: str, other: str) -> None:
    """Nothing breaks, and opposites are no synonyms of themselves."""
    assert not are_antonyms(stem(one), stem(one))
    assert are_synonyms(stem(one), stem(other)) == are_synonyms(stem(other), stem(one))
    assert isinstance(split_statements(one + other), list)


COMPILER = "Ada wrote the compiler. Later she led the research group in London."
SHARES = (
    "| | 2019 | 2020 |\n| --- | --- | --- |\n"
    "| Revenue | 150 | 200 |\n| Net income (1) | 40 | 30 |\n"
    "| Up to three months | 29 | 32 |\n| Three to six months | 10 | 4 |"
)


def alone(claim: str, text: str) -> str:
    """The verdict on a claim that cites a passage with this text."""
    (checked,) = check_text(f"{claim} [1].", [hit(text)])
    return checked.verdict.value


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
    """A rest without a subject takes that of the claim; rows by their labels, columns by name."""
    assert alone(claim, text) == expected


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("Acme opened in 2019", "Acme opened on 3 May 2019."),
        ("Prices rose by about 5%", "Prices rose by 5.2%."),
        ("About 500 of about 1200 people came", "512 of 1180 people came."),
    ],
)
def test_a_rounded_figure_is_found_in_another_passage(claim: str, said: str) -> None:
    """A claim that cites the wrong passage is told which one says it."""
    hits = [hit("The garden is green and wide."), hit(said, rank=2)]
    (checked,) = check_text(f"{claim} [1].", hits)
    assert (checked.verdict, checked.supported_by) == (Verdict.UNSUPPORTED, (2,))


@pytest.mark.parametrize(
    ("claim", "said"),
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
def test_other_spellings_of_the_same(claim: str, said: str) -> None:
    """Large figures rounded, emphasis, contractions before "only", the order of unlike figures."""
    assert alone(claim, said) == "supported"


@pytest.mark.parametrize(
    ("claim", "said"),
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
def test_subjects_quantifiers_and_words_that_were_exchanged(claim: str, said: str) -> None:
    """Though every word of the claim stands in the passage."""
    assert alone(claim, said) == "unsupported"


LEAVE = Hit(
    1, "leave.md", "Leave", ("Annual leave",), 0, 33, 1, 1, "Up to 5 days can be paid out.", 1.0
)


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("As for annual leave, up", Verdict.SUPPORTED),
        ("Regarding annual leave, up", Verdict.SUPPORTED),
        ("Annual leave: up", Verdict.SUPPORTED),
        ("As for parental leave, up", Verdict.UNSUPPORTED),
    ],
)
def test_a_topic_named_first_is_that_of_the_heading(topic: str, expected: Verdict) -> None:
    """Another one is not what the passage is about."""
    (claim,) = check_text(f"{topic} to 5 days can be paid out [1].", [LEAVE])
    assert claim.verdict is expected


def test_a_heading_alone_supports_nothing() -> None:
    """What a claim says must be said below it."""
    (claim,) = check_text("Annual leave is leave [1].", [LEAVE])
    assert claim.verdict is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    "forms",
    [
        "employee employees",
        "fee fees",
        "agree agrees agreed agreeing",
        "speed speeds",
        "exceed exceeds exceeded exceeding",
        "policy policies",
        "create creates created creating",
    ],
)
def test_forms_of_a_word_share_a_stem(forms: str) -> None:
    """Whatever they end in."""
    assert len({stem(form) for form in forms.split()}) == 1


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
    """So much a month is not so much a year, and an address is one word."""
    (checked,) = check_text(claim, [hit(POST)])
    assert checked.why == why


@pytest.mark.parametrize(
    "claim",
    [
        "Maternity leave is up to 34 weeks [1].",
        "Paternity leave is 2 days [1].",
        "Paternity leave is 18 days [1].",
    ],
)
def test_no_figure_is_computed_that_the_claim_does_not_compute(claim: str) -> None:
    """Weeks of notice and days of leave have no sum."""
    leave = (
        "| Leave | Length | Notice |\n| --- | --- | --- |\n"
        "| Maternity | up to 26 weeks | at least 8 weeks |\n| Paternity | 10 days | 8 weeks |"
    )
    (checked,) = check_text(claim, [hit(leave)])
    assert checked.verdict is Verdict.UNSUPPORTED


ALLOWANCES = (
    "| Country | Allowance per day | Hotel limit per night |\n| --- | --- | --- |\n"
    "| Sri Lanka | €33 | €90 |\n| Germany | €28 | €120 |"
)


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
def test_cells_belong_to_their_columns(claim: str, why: str | None) -> None:
    """Each figure to the column that is named with it."""
    (checked,) = check_text(f"{claim} [1].", [hit(ALLOWANCES)])
    assert checked.why == why


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Norway sales rose between 2018 and 2019 from 240 to 310 [3].", "supported"),
        ("In 2018 Norway sales were 240, and in 2019 310 [3].", "supported"),
        ("Norway sales were 310 in 2018 and 240 in 2019 [3].", "unsupported"),
    ],
)
def test_figures_belong_to_their_years(claim: str, expected: str) -> None:
    """Named before, behind, or all before all."""
    assert verdict(claim) == expected


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
def test_a_claimed_table_has_its_columns_checked(table: str, verdicts: list[str]) -> None:
    """As a whole, and row by row as an answer arrives."""
    assert [claim.verdict.value for claim in check_text(table, [hit(ALLOWANCES)])] == verdicts
    received, head = list[Claim](), ""
    pieces, _ = split_finished(f"{table}\n\nEnd. ")
    for piece in pieces:
        received += check_text(piece, [hit(ALLOWANCES)], table_header=head)
        head = find_open_table_header(head + piece)
    assert [claim.verdict.value for claim in received] == verdicts


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("Claims are filed no earlier than 5 May", "Claims are filed no later than 5 May."),
        ("You may leave earlier than 5 pm", "You may leave later than 5 pm."),
        ("The tool runs on Node.js", "The tool runs on Deno."),
        ("The value is " + "9" * 400, "The value is 5."),
    ],
)
def test_other_bounds_names_and_endless_figures(claim: str, said: str) -> None:
    """None of them is supported, and nothing breaks."""
    assert alone(claim, said) == "unsupported"


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
def test_figures_beside_words_and_computed_ones(claim: str, row: str) -> None:
    """A column without a figure, and a difference that is a cell's figure as well."""
    assert alone(claim, row) == "supported"


def test_what_follows_a_table_is_no_row_of_it() -> None:
    """As an answer arrives, too."""
    table = "| a | b |\n| --- | --- |\n| c | 5 |\n"
    assert find_open_table_header(table) == "| a | b |\n| --- | --- |\n"
    assert find_open_table_header(f"{table}\n") == ""
