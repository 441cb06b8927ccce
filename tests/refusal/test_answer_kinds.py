"""The kind of thing that is asked for."""

from __future__ import annotations

import pytest

from ragpg.refusal.answer_kinds import find_kind


@pytest.mark.parametrize(
    ("question", "name", "answer", "other"),
    [
        (
            "What does a mooring cost?",
            "an amount of money",
            "It is 30 \u20ac.",
            "It is by the pier.",
        ),
        ("Was kostet ein Liegeplatz?", "an amount of money", "30 Euro.", "Er ist frei."),
        ("How long does the lock stay shut?", "a duration", "For 2 hours.", "It is shut."),
        ("When will the ferry return?", "a date", "In May.", "It will."),
        ("How many berths are there?", "a number", "There are twelve.", "They are wide."),
        ("What percentage is paid back?", "a number", "It is 5 %.", "It is paid back."),
        ("What is the largest file for charts?", "an amount of data", "It is 5 MB.", "It is big."),
    ],
)
def test_kinds(question: str, name: str, answer: str, other: str) -> None:
    """The words of a question tell what must be in its answer."""
    kind = find_kind(question)
    assert kind is not None
    assert kind.name == name
    assert kind.is_in(answer.casefold())
    assert not kind.is_in(other.casefold())


@pytest.mark.parametrize(
    "question",
    [
        "Who may see how many berths there are?",
        "When the tide is low, what do I do?",
        "How do I moor?",
        "Can I pay by card?",
    ],
)
def test_no_kind(question: str) -> None:
    """A clause that depends on another one asks for nothing."""
    assert find_kind(question) is None
