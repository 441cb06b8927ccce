"""What passages find about a claim, and who vouches for it."""

from __future__ import annotations

import pytest

from ragpg.claims import check_text
from ragpg.types import Finding, Verdict
from tests.support.claims import judge_alone, make_hit

KENNEL = make_hit(
    "Dogs are fed twice a day. Cats are not fed on Sundays. The kennel closes at 18:00.",
    title="Kennel",
    heading=("Feeding",),
)


@pytest.mark.parametrize(
    ("claim", "finding"),
    [
        ("Dogs are fed twice a day", Finding.SUPPORTED),
        ("The kennel closes at 20:00", Finding.CONTRADICTED),
        ("Cats are fed on Sundays", Finding.CONTRADICTED),
        ("The kennel closes at noon because of a parade", Finding.PARTIAL),
        ("Bees make honey", Finding.NOT_FOUND),
    ],
)
def test_findings(claim: str, finding: Finding) -> None:
    """The finding does not depend on what the claim cites."""
    for marker in (" [1].", "."):
        (checked,) = check_text(f"{claim}{marker}", [KENNEL])
        assert checked.finding is finding


def test_a_misattributed_claim_is_found() -> None:
    """The verdict is about the citation, the finding about all passages."""
    hits = [make_hit("The garden is green and wide."), make_hit(KENNEL.text, rank=2)]
    (checked,) = check_text("Dogs are fed twice a day [1].", hits)
    assert (checked.verdict, checked.finding) == (Verdict.UNSUPPORTED, Finding.SUPPORTED)


def test_a_sentence_cannot_vouch_for_what_another_one_denies() -> None:
    """The sentence beside the denial has most of the claim's words, too."""
    text = (
        "Members who cancel with guest passes left get the value of unused passes back. "
        "Unused lockers are not refunded when you cancel."
    )
    (checked,) = check_text("Unused lockers are refunded when you cancel [1].", [make_hit(text)])
    assert checked.verdict is Verdict.UNSUPPORTED
    assert checked.finding is Finding.CONTRADICTED


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (
            "Speed is of greater importance than comfort",
            "Comfort is of greater importance than speed.",
        ),
        (
            "The club pays for the racket plus half of the shoes",
            "The club pays for the shoes plus half of the racket.",
        ),
    ],
)
def test_words_that_changed_places(claim: str, text: str) -> None:
    """All words are there, but two of them stand in each other's place."""
    assert judge_alone(claim, text) == "unsupported"


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("By default, the pump runs at night", "The pump runs at night by default."),
        ("Anna Berg painted the hall", "The hall was painted by Anna Berg."),
    ],
)
def test_parts_that_moved_and_passives_keep_their_meaning(claim: str, text: str) -> None:
    """A part may stand elsewhere, and a passive turns a sentence round."""
    assert judge_alone(claim, text) == "supported"


def test_an_exception_is_no_support() -> None:
    """What comes after "unless" is what a statement does not hold for."""
    text = "The lift is free to use unless goods are carried."
    assert judge_alone("The lift is free to use when goods are carried", text) == "unsupported"
    assert judge_alone("The lift is free to use unless goods are carried", text) == "supported"


IDENTIFIERS = (
    "The start page of a folder is `_start.md`. The start page of a leaf is `start.md`. "
    "The option `--no-cache` reads the disk. Since v11 the `lampPost` module is built in."
)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The start page of a folder is `_start.md`", "supported"),
        ("The start page of a folder is `start.md`", "unsupported"),
        ("The option `--no-cache` reads the disk", "supported"),
        ("The option `--cache` reads the disk", "unsupported"),
        ("Since v9 the `lampPost` module is built in", "unsupported"),
        ("Since v11 the `lampPole` module is built in", "unsupported"),
    ],
)
def test_identifiers_are_compared_letter_by_letter(claim: str, verdict: str) -> None:
    """Files, options, versions and names in code have no forms and no synonyms."""
    assert judge_alone(claim, IDENTIFIERS) == verdict


@pytest.mark.parametrize(
    ("claim", "heading"),
    [
        ("The winch command lowers the boat", "Winch"),
        ("Quiet mode switches off the horn", "Quiet mode"),
    ],
)
def test_a_heading_is_what_a_sentence_refers_to(claim: str, heading: str) -> None:
    """A command or a mode without a name is the one that the heading names."""
    text = "This command lowers the boat. This mode switches off the horn."
    (checked,) = check_text(f"{claim} [1].", [make_hit(text, heading=(heading,))])
    assert checked.verdict is Verdict.SUPPORTED


def test_two_neighbours_say_it_together() -> None:
    """A sentence may add what its neighbour leaves out, but no other subject."""
    text = "Tickets cost 4 euros. They are valid for two hours."
    assert judge_alone("Tickets for 4 euros are valid for two hours", text) == "supported"
    text = "Tickets cost 4 euros. Passes are valid for two hours."
    assert judge_alone("Tickets for 4 euros are valid for two hours", text) == "unsupported"


def test_reasons_are_short() -> None:
    """A reason has at most a dozen words, whatever it quotes."""
    text = " ".join(f"word{number}" for number in range(60)) + " Dogs are fed twice a day."
    for claim in ("Dogs are fed three times a day [1].", "Owls sleep in the barn all day [1]."):
        (checked,) = check_text(claim, [make_hit(text), KENNEL])
        assert checked.why is not None
        assert len(checked.why.split()) <= 14


LOG = (
    "Does the ferry take bikes? No. Is the bar open? Yes, until ten. "
    "Who steers it? The mate steers."
)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The ferry takes bikes", "unsupported"),
        ("The ferry does not take bikes", "supported"),
        ("The bar is open until ten", "supported"),
        ("The mate steers", "supported"),
    ],
)
def test_a_question_is_read_with_its_answer(claim: str, verdict: str) -> None:
    """What is merely asked is not stated, and "no" negates it."""
    assert judge_alone(claim, LOG) == verdict


def test_a_question_without_an_answer_states_nothing() -> None:
    """A passage may end with a question."""
    assert judge_alone("The ferry takes bikes", "Does the ferry take bikes?") == "unsupported"


def test_one_of_several_things_is_not_another_one() -> None:
    """A lead-in that names them all makes none of them the subject of an item."""
    text = (
        "The parcels are `mini`, `midi` and `maxi`:\n\n"
        "* The **mini** parcel goes by bike.\n* The **midi** parcel goes by van.\n"
    )
    assert judge_alone("The midi parcel goes by van", text) == "supported"
    assert judge_alone("The maxi parcel goes by van", text) == "unsupported"


FAQ = (
    "## Can members bring a dog to the pool?\n\nNo. Dogs wait at the gate.\n\n"
    "## Are towels lent?\n\nYes. Towels are lent at the desk.\n\n"
    "## Rules\n\nQ: May guests use the sauna?\nA: Only after ten.\n"
)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("Members can bring a dog to the pool", "unsupported"),
        ("Members can not bring a dog to the pool", "supported"),
        ("Dogs wait at the pool", "unsupported"),
        ("Dogs wait at the gate", "supported"),
        ("Towels are lent at the desk", "supported"),
        ("Guests may use the sauna", "unsupported"),
        ("Guests may use the sauna only after ten", "supported"),
    ],
)
def test_a_heading_that_asks_is_read_with_its_answer(claim: str, verdict: str) -> None:
    """What a heading asks is not stated where the answer is no, and "only" is a condition."""
    assert judge_alone(claim, FAQ) == verdict


def test_opposite_places_contradict() -> None:
    """Where something stands is a part of what is said."""
    text = "Write a minus in front of the word that is left out."
    assert judge_alone("Write a minus behind the word that is left out", text) == "unsupported"


def test_an_identifier_is_not_lent_to_another_subject() -> None:
    """A neighbouring sentence about something else that contains the name is no support."""
    text = (
        "A team room is a folder that has a `.room.toml` file. "
        "A private room is a folder that has a `room.toml` file."
    )
    assert judge_alone("The room file of a team folder is `room.toml`", text) == "unsupported"
    assert judge_alone("A private room has a `room.toml` file", text) == "supported"


def test_it_is_what_the_sentence_before_is_about() -> None:
    """A pronoun lends its predicate to no other one of several things of a name."""
    text = (
        "The pumps are called `left` and `spare`:\n\n"
        "* The **left** pump has two filters, and it hums. It's the one to run for common use.\n"
        "* The **spare** pump has no filter.\n"
    )
    assert judge_alone("The left pump is the one to run for common use", text) == "supported"
    assert judge_alone("The spare pump is the one to run for common use", text) == "unsupported"
