"""Questions that go on with earlier ones, made to stand alone without a model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.conversation import carry_over
from ragpg.conversation.carrying import MAX_CARRIED
from ragpg.conversation.turns import Turn

STANDING_ALONE = (
    "How do I renew my parking permit?",
    "ok. how much does the garage at the station cost?",
    "is it possible to park a trailer",
    "Which of the garages have chargers that accept cards?",
    "How does the barrier at the station know that a plate it has read is registered?",
    "Kann ich meinen Parkausweis online verlängern?",
    "住户可以在哪里申请新的停车许可证",
)
GOING_ON = (
    "and for guests?",
    "what about trailers",
    "why not?",
    "since when?",
    "how do I cancel it",
    "does that include motorbikes",
    "which of them have chargers?",
    "can I get the old card back",
    "motorbikes?",
    "und für Gäste?",
    "gilt das auch am Sonntag",
    "那摩托车呢",
    "它要多少钱",
)


@pytest.mark.parametrize("question", STANDING_ALONE)
def test_a_new_topic_is_left_alone(question: str) -> None:
    """A complete question is not mixed with what was said before, letter for letter."""
    assert carry_over(question, ["Where is the museum?", "and the zoo?"]) == question


@pytest.mark.parametrize("question", GOING_ON)
def test_what_goes_on_takes_the_topic_along(question: str) -> None:
    """Pronouns, ellipses and short questions get the words of the question before."""
    standalone = carry_over(question, ["How do I renew my parking permit?"])
    assert "renew my parking permit" in standalone
    assert Turn.parse(standalone).stands_alone or not Turn.parse(question).stands_alone


def test_the_first_turn_is_left_alone() -> None:
    """There is nothing to go on with."""
    assert carry_over("why?", []) == "why?"


@pytest.mark.parametrize(
    ("question", "turn", "standalone"),
    [
        (
            "How long is the break for cashiers on Sundays?",
            "and for cooks",
            "How long is the break for cooks on Sundays?",
        ),
        (
            "How much is a ticket with a window seat on Sundays?",
            "with an aisle one?",
            "How much is a ticket with an aisle seat on Sundays?",
        ),
        (
            "Was kostet die Fahrt nach Köln?",
            "und nach Bonn",
            "Was kostet die Fahrt nach Bonn?",
        ),
        ("How fast is the ferry?", "at night?", "How fast is the ferry, at night?"),
        (
            "How much is the deposit?",
            "and if I pay in cash",
            "How much is the deposit, and if I pay in cash?",
        ),
    ],
)
def test_a_phrase_takes_the_place_of_its_parallel(
    question: str, turn: str, standalone: str
) -> None:
    """Both begin with the same preposition; otherwise the phrase is added."""
    assert carry_over(turn, [question]) == standalone


def test_a_question_is_followed_by_its_topic() -> None:
    """What asks for itself goes first, so that its own kind of answer is asked for."""
    assert carry_over("when does it close", ["How large is the museum?"]) == (
        "when does it close? (How large is the museum)"
    )
    assert carry_over("它几点关门", ["博物馆有多大\uff1f"]) == "博物馆有多大\uff1f它几点关门"


def test_a_chain_keeps_its_topic_and_the_turn_before() -> None:
    """Turns between that say nothing are left out, and so is what an earlier topic was."""
    said = ["Where is the zoo?", "How large is the museum of trains?", "why?"]
    assert carry_over("when does it close", said) == (
        "when does it close? (How large is the museum of trains)"
    )
    said = [*said, "does it have a restaurant"]
    assert carry_over("can I book it", said) == (
        "can I book it? (How large is the museum of trains; does it have a restaurant)"
    )


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=5))
def test_any_text_gives_a_bounded_question(typed: str, earlier: list[str]) -> None:
    """Nothing fails, nothing typed is lost, and little is added."""
    standalone = carry_over(typed, earlier)
    assert len(standalone) <= len(typed) + 2 * 200 + 100
    words = Turn.parse(typed).rest.content
    assert all(word in standalone for word in words)


@given(st.lists(st.sampled_from([*STANDING_ALONE, *GOING_ON]), min_size=1, max_size=20))
def test_a_long_conversation_stays_short(turns: list[str]) -> None:
    """At most two turns are carried over, each of at most so many words."""
    assert len(carry_over("why?", turns).split()) <= 3 * MAX_CARRIED
    assert carry_over("why?", [" ".join(["word"] * 1000)]).count("word") <= MAX_CARRIED
