"""Canonically equal texts, and scripts without blanks between words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.text.scripts import (
    count_words,
    drop_stop_words,
    find_script,
    normalize,
    split_pairs,
    split_unspaced,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("库存清单", "库存 存清 清单"),
        ("运行make-docs命令", "运行 make-docs 命令"),
        ("第5章", "第 5 章"),
        ("請求書", "請求 求書"),
        ("ค่าเช่า", "ค่ ่า าเ เช ช่ ่า"),
        ("A plain text, déjà vu.", "A plain text, déjà vu."),
    ],
)
def test_runs_without_blanks_become_pairs(text: str, expected: str) -> None:
    """Pairs of characters stand for words, and what is glued to them is a word of its own."""
    assert " ".join(split_unspaced(text).split()) == expected


@given(st.text(alphabet="仓库的温度があるไทย", min_size=2, max_size=12), st.integers(0, 8))
def test_a_word_inside_a_run_shares_its_pairs(run: str, start: int) -> None:
    """All pairs of a part of a run are pairs of the run."""
    part = run[start : start + 4]
    if len(part) > 1:
        assert set(split_pairs(part)) <= set(split_pairs(run))


@given(st.text())
def test_normal_forms(text: str) -> None:
    """Canonically equal texts are normalised to one."""
    assert normalize(unicodedata.normalize("NFD", text)) == normalize(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("one two", 2), ("四个字符", 2), ("用npm安装", 3), ("ไทยดี", 3), ("", 0), ("… — !", 3)],
)
def test_words_are_counted(text: str, expected: int) -> None:
    """Two characters of scripts without blanks count as one word."""
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
    ("query", "expected"),
    [
        ("npm的缓存在哪里", "npm 缓存 存在"),
        ("目的地是什么", "目的 的地"),
        ("鍵はどこにありますか", "鍵"),
        ("会議室の予約はなぜ", "会議 議室 予約"),
        ("What is it", "What is it"),
    ],
)
def test_words_that_only_ask_are_dropped(query: str, expected: str) -> None:
    """Question words and particles of Chinese and Japanese find nothing, as "what" and "is"."""
    assert " ".join(split_unspaced(drop_stop_words(query)).split()) == expected
