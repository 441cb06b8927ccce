"""Passages that claims are checked against."""

from __future__ import annotations

from ragpg.claims import check_text
from ragpg.types import Hit


def make_hit(
    text: str, *, rank: int = 1, title: str = "Staff guide", heading: tuple[str, ...] = ()
) -> Hit:
    """Make a passage of a text."""
    return Hit(rank, "guide.md", title, heading, 0, len(text), 1, 1, text, 1.0)


def judge_alone(claim: str, text: str) -> str:
    """Return the verdict on a claim that cites a passage with this text."""
    (checked,) = check_text(f"{claim} [1].", [make_hit(text)])
    return checked.verdict.value
