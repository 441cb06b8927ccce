"""What language a text is in."""

# ruff: noqa: RUF001 - letters of other scripts
from __future__ import annotations

import pytest

from ragpg.text.languages import find_language, is_english


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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The keeper lights the lamp at dusk.", "english"),
        ("Der Wärter zündet die Lampe in der Dämmerung an.", "german"),
        ("Le gardien allume la lampe et il est seul dans la tour.", "french"),
        ("El guardián enciende la lámpara por la noche.", "spanish"),
        ("Il guardiano accende la lampada e non è solo nella torre.", "italian"),
        ("O guarda acende a lâmpada e não está só na torre.", "portuguese"),
        ("De wachter steekt de lamp aan en het is donker.", "dutch"),
        ("Paznicul aprinde lampa și nu este singur în turn.", "romanian"),
        ("Bekçi akşam lambayı yakar ve kule için bir şey olarak kalır.", "turkish"),
        ("Смотритель зажигает лампу в сумерках.", "russian"),
        ("Доглядач запалює її, і є світло.", "simple"),
        ("Ο φύλακας ανάβει τη λάμπα.", "greek"),
        ("يضيء الحارس المصباح عند الغسق.", "arabic"),
        ("चौकीदार शाम को दीपक जलाता है।", "hindi"),
        ("Strażnik nie jest sam na wieży, i zapala lampę.", "simple"),
        ("Người gác đèn là một người đã già và không có con.", "simple"),
        ("灯塔守护人在黄昏时点灯。", "english"),
        ("문지기가 등을 켠다.", "english"),
        ("lamp_timeout = 30; lamp_color = red", "english"),
        ("", "english"),
    ],
)
def test_languages(text: str, language: str) -> None:
    """By the script, and in Latin letters by function words."""
    assert find_language(text) == language


def test_only_some_languages_come_into_question() -> None:
    """A question is in a language of the documents; where it does not tell, in the default one."""
    assert find_language("Was ist in der Lampe?", ["english", "german"], default="") == "german"
    assert find_language("Was it in the lamp?", ["english", "german"], default="") == "english"
    assert find_language("Hvad er det?", ["english", "german"], default="german") == "german"
    assert find_language("lamp timeout", ["english", "german"], default="german") == "german"
    assert find_language("Где лампа?", ["english"], default="english") == "english"
