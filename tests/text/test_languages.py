"""Whether a text is English."""

from __future__ import annotations

import pytest

from ragpg.text.languages import is_english


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The keeper lights the lamp at dusk.", True),
        ("Deny rules take precedence over allow rules in the list.", True),
        ("Set `lamp_timeout` to 30 if the lamp is not lit by then.", True),
        ("Der Wärter war in der Nacht so müde, dass er am Morgen einschlief.", False),
        ("Le gardien a allumé la lampe, on me dit que son fils est parti.", False),
        ("lamp_timeout = 30; lamp_color = red", False),
        ("灯塔守护人在黄昏时点灯。", False),
        ("", False),
    ],
)
def test_english(text: str, expected: bool) -> None:
    """By its function words; other languages share a few of these, and code has none."""
    assert is_english(text) is expected
