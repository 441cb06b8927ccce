"""The terms of words in scripts without blanks, and in Korean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.text.terms import divide, find_older_terms, split_query_terms, split_terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("库存清单", "库存 存清 清单"),
        ("运行make-docs命令", "运行 make-docs 命令"),
        ("第5章", "第 5 章"),
        ("請求書", "請求 求書"),
        ("ค่าเช่า", "ค่า ่าเ าเช เช่ ช่า"),
        ("학교에서 물은", "학교 물은"),
        ("국립도서관의 자료", "국립 립도 도서 서관 자료"),
        ("SQL을 쓰는", "SQL 을 쓰는"),
        ("A plain text, déjà vu.", "A plain text, déjà vu."),
    ],
)
def test_runs_without_blanks_become_terms(text: str, expected: str) -> None:
    """Pairs of characters stand for words, and what is glued to them is a word of its own.

    In Thai three characters do, and in Korean a word loses its particle.
    """
    assert " ".join(split_terms(text).split()) == expected


@given(st.text(alphabet="仓库的温度がある", min_size=2, max_size=12), st.integers(0, 8))
def test_a_word_inside_a_run_shares_its_terms(run: str, start: int) -> None:
    """All pairs of a part of a run are pairs of the run."""
    part = run[start : start + 4]
    if len(part) > 1:
        assert set(divide(part)) <= set(divide(run))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("npm的缓存在哪里", "npm 缓存 存在"),
        ("目的地是什么", "目的 的地"),
        ("鍵はどこにありますか", "鍵"),
        ("会議室の予約はなぜ", "会議 議室 予約"),
        ("ค่าเช่าเท่าไร", "ค่า ่าเ าเช เช่ ช่า"),
        ("เกี่ยวกับอะไร", "เกี กี่ ี่ย ่ยว ยวก วกั กับ"),
        ("도서관은 언제 여나요", "도서 서관 여"),
        ("창고는 무엇인가?", "창고 ?"),
        ("병가는 며칠입니까", "병가"),
        ("What is it", "What is it"),
    ],
)
def test_words_that_only_ask_are_dropped(query: str, expected: str) -> None:
    """Question words of these languages find nothing, as "what" and "is"."""
    assert " ".join(split_query_terms(query).split()) == expected


def test_older_terms() -> None:
    """Words in Korean were indexed whole, and Thai by pairs; other scripts are as they were."""
    older = find_older_terms("国立 도서관은 어디 ค่าเช่า Where")
    assert older == {"도서관은", "ค่", "่า", "าเ", "เช", "ช่"}
    assert find_older_terms("What is it?") == set()
