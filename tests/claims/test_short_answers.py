"""Yes and no, read together with their question."""

from __future__ import annotations

import pytest

from ragpg.claims import restate


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        ("Can I park here?", "I can park here.", "I can not park here."),
        (
            "Does the ferry run at night?",
            "the ferry run at night.",
            "the ferry does not run at night.",
        ),
        ("Is smoking allowed?", "smoking is allowed.", "smoking is not allowed."),
        ("Must old bikes be locked?", "old bikes must be locked.", "old bikes must not be locked."),
        ("I have a dog. May it come in?", "it may come in.", "it may not come in."),
    ],
)
def test_a_short_answer_is_restated(question: str, yes: str, no: str) -> None:
    """With its question's words it becomes something that a passage can say or deny."""
    for answer in (
        "Yes.",
        "**Yes**",
        "The answer is yes.",
        "Yes, you can.",
        "So the answer is: yes!",
    ):
        assert restate(answer, question) == yes
    for answer in ("No.", "the answer is no", "No, it isn't.", "That's a no."):
        assert restate(answer, question) == no


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("Yes, on Sundays.", "Can I park here?"),
        ("Yes.", "When does the ferry run?"),
        ("No parking at night.", "Can I park here?"),
        ("Nobody can.", "Can I park here?"),
        ("Yes" + "!" * 500, "Can I park here?"),
    ],
)
def test_other_answers_speak_for_themselves(answer: str, question: str) -> None:
    """They say more than yes or no, or the question asks for something else."""
    assert restate(answer, question) is None
