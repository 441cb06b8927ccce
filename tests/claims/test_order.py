"""What comes first in a passage comes first in a claim, whichever of the two is named first."""

from __future__ import annotations

import pytest

from tests.support.claims import judge_alone

LIMITS = (
    "If both a plan and a site have limits, the plan limits are checked first, "
    "followed by the site limits."
)
ROPES = "The crew checks the ropes first and then the sails."
GLAZE = "First the glaze is applied, then the piece is fired."


@pytest.mark.parametrize(
    ("passage", "claim"),
    [
        (LIMITS, "The limits of the site are checked before those of the plan"),
        (ROPES, "The crew checks the sails before the ropes"),
        (ROPES, "The crew checks the ropes after the sails"),
        (GLAZE, "The piece is fired before the glaze is applied"),
        ("Hooks run before filters.", "Filters run before hooks"),
        ("Hooks run before filters.", "Hooks run after filters"),
        (
            "After the door has been hung, paint the frame.",
            "Paint the frame before the door is hung",
        ),
    ],
)
def test_reversed(passage: str, claim: str) -> None:
    """The claim has what comes second first."""
    assert judge_alone(claim, passage) == "unsupported"


@pytest.mark.parametrize(
    ("passage", "claim"),
    [
        (LIMITS, "The limits of the plan are checked before those of the site"),
        (ROPES, "The crew checks the ropes before the sails"),
        (ROPES, "The crew checks the sails after the ropes"),
        (GLAZE, "The piece is fired after the glaze is applied"),
        (GLAZE, "The glaze is applied before the piece is fired"),
        ("Hooks run before filters.", "Filters run after hooks"),
        (
            "After the door has been hung, paint the frame.",
            "Paint the frame after the door is hung",
        ),
    ],
)
def test_the_same(passage: str, claim: str) -> None:
    """The claim has the same order, and may name what comes second first."""
    assert judge_alone(claim, passage) == "supported"
