"""Canonically equal texts, their scripts, and what negates in some of them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.text.scripts import count_words, find_script, mark_negations, normalize


@given(st.text())
def test_normal_forms(text: str) -> None:
    """Canonically equal texts are normalised to one."""
    assert normalize(unicodedata.normalize("NFD", text)) == normalize(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("one two", 2), ("四个字符", 2), ("用npm安装", 3), ("ไทยดี", 2), ("", 0), ("… — !", 3)],
)
def test_words_are_counted(text: str, expected: int) -> None:
    """Two characters of scripts without blanks count as one word, in Thai four."""
    assert count_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How many keys?", "Latin"),
        ("Größe", "Latin"),
        ("如何配置 Vite 插件", "Han"),
        ("設定はどこ", "Han"),
        ("Где ключи от API?", "Cyrillic"),
        ("كم يوما؟", "Arabic"),
        ("42 + 1", None),
    ],
)
def test_the_script_of_a_text(text: str, expected: str | None) -> None:
    """Latin words in another script's text do not make it Latin."""
    assert find_script(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ไม่มีค่าเช่า", " not ไม่มีค่าเช่า"),
        ("ไม่เพียงแต่เช่า", "ไม่เพียงแต่เช่า"),
        ("문이 열리지 않는다", "문이 열리지  not 않는다"),
        ("문뿐만 아니라 창도", "문뿐만 아니라 창도"),
        ("창고 안에 불이 없다", "창고 안에 불이  not 없다"),
        ("门没有锁", "门 not 没有锁"),
        ("The door is open.", "The door is open."),
    ],
)
def test_what_negates(text: str, expected: str) -> None:
    """The word "not" stands before it, so that claims can be compared."""
    assert mark_negations(text) == expected
