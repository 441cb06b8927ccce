"""Models that repeat themselves, and texts that only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.pipeline.repetition import SentenceCounts, find_loop


def count_until_stopped(*sentences: str) -> int | None:
    """Return how many sentences were said before one was one too many."""
    counts = SentenceCounts()
    for position, sentence in enumerate(sentences):
        if counts.is_repetition(sentence):
            return position
    return None


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (("A boat has sails. ",) * 3, 2),
        (("No. ", "No. ", "No. "), 2),
        (("1. Lock the door. ", "2. Lock the door. ", "3. lock the door "), 2),
        (("Rain [1]. ", "Rain [2]. ", "Rain [1][2]. "), 2),
        (("One goes. ", "Two go. ", "One goes. ", "Two go. ", "One goes. "), 4),
        (("| a | b |\n",) * 3, 2),
        (("One goes. ", "Two go. ", "One goes. ", "Three go. ", "One goes. "), None),
        (("---\n", "```\n", "---\n", "***\n", "---\n", "---\n"), None),
        (("One goes. ", "One goes. ", "Two go. "), None),
    ],
)
def test_sentences(sentences: tuple[str, ...], expected: int | None) -> None:
    """The third time is too often, unless something new was said since the second."""
    assert count_until_stopped(*sentences) == expected


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("It rains: " + "and so on " * 9, "and so on"),
        ("la" * 60, "la"),
        ("the boat sails on the sea " * 3, "the boat sails on the sea "),
        ("我们去海边" * 9, "我们去海边"),
        ("Yes! " * 12, "Yes! "),
        ("=" * 300, "="),
    ],
)
def test_loops(text: str, unit: str) -> None:
    """A loop is cut before its third turn, wherever its reader notices it."""
    end = find_loop(text)
    assert end is not None
    assert text[:end].count(unit) in (2, 3)
    assert len(text[:end]) < len(text)
    assert find_loop(f"{text}But then it ends.") is None


@pytest.mark.parametrize(
    "text",
    [
        "ha ha ha",
        "Set -v -v -v -v",
        "The mask is 255.255.255.255.",
        "| no | no | no | no | no | no | no | no | no | no |",
        "|" + " --- |" * 20,
        "```\nx = [\n    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,",
        "```\n    </div>\n   </div>\n  </div>\n </div>\n</div>\n",
        "a " * 5,
    ],
)
def test_what_is_no_loop(text: str) -> None:
    """Short repetitions, above all in tables and code, have their reasons."""
    assert all(find_loop(text[:end]) is None for end in range(len(text) + 1))


@given(st.text(alphabet="ab \n", max_size=80), st.text(alphabet="abc ", min_size=1, max_size=30))
def test_every_loop_is_found(before: str, unit: str) -> None:
    """Whatever it is and whatever it follows."""
    if not unit.strip():
        return
    text = before + unit * max(3, 400 // len(unit))
    end = find_loop(text)
    assert end is not None
    assert 0 < end < len(text)
