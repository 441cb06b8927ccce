"""What a question is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.refusal.question_terms import TermKind, find_terms

CODE, NAME, NUMBERED, UNKNOWN, WORD = (
    TermKind.CODE,
    TermKind.NAME,
    TermKind.NUMBERED,
    TermKind.UNKNOWN,
    TermKind.WORD,
)


def kinds(question: str) -> dict[str, TermKind]:
    """Return the terms of a question with their kinds."""
    return {term.text: term.kind for term in find_terms(question)}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does `tide_table` hold?", {"tide_table": CODE}),
        ("What does --dry-dock do?", {"--dry-dock": CODE}),
        ("Was E1207 fixed in v4.10.2?", {"E1207": CODE, "v4.10.2": CODE}),
        ("How do I moor in Rotterdam?", {"moor": WORD, "Rotterdam": NAME}),
        ("Is the hull made by IKEA or by TrimaranWorks?", {"IKEA": NAME, "TrimaranWorks": NAME}),
        ("how does zqx sort buoys", {"zqx": UNKNOWN, "buoys": WORD}),
        ("Who may enter at access level 7?", {"access": WORD, "level 7": NUMBERED}),
        ('What is meant by "Slack Water"?', {"Slack Water": NAME}),
        ("Wie miete ich einen Liegeplatz in Kiel?", {"Liegeplatz": WORD, "Kiel": WORD}),
        ("Braucht man einen Postgres-Treiber?", {"Postgres": NAME, "Treiber": WORD}),
        ("SQL을 어떻게 쓰나요?", {"SQL": NAME}),
        ("\u5982\u4f55\u5728Django\u4e2d\u4f7f\u7528?", {"Django": NAME}),
    ],
)
def test_kinds_of_terms(question: str, expected: dict[str, TermKind]) -> None:
    """Codes, names and numbers are told from words, also in German and beside other scripts."""
    assert expected.items() <= kinds(question).items()


@pytest.mark.parametrize(
    "question",
    [
        "What is it?",
        "Does that still work?",
        "How much do I get?",
        "Can I go wihtout that?",
        "?",
        "",
        "10 MB?",
        "2005년에 무엇이 있었나?",
    ],
)
def test_words_that_say_nothing(question: str) -> None:
    """Stop words, also misspelt ones, and amounts are no terms."""
    assert kinds(question) == {}


def test_a_title_has_no_names() -> None:
    """Where every word has a capital, a capital says nothing."""
    assert set(kinds("How Are Wooden Boats Painted Every Spring?").values()) == {WORD}


def test_background() -> None:
    """What stands beside the sentence that asks is known as that."""
    terms = find_terms("I sail a Hallberg. Which sails fit?")
    assert {term.text: term.in_background for term in terms} == {
        "sails": False,
        "fit": False,
        "sail": True,
        "Hallberg": True,
    }


def test_a_statement_asks_for_nothing() -> None:
    """It ends with a full stop; what does not may be a question in short."""
    assert find_terms("The quay QX-7 is closed.") == []
    assert kinds("quay QX-7 closed")["QX-7"] is CODE


@given(st.text())
def test_any_text_has_terms(question: str) -> None:
    """Whatever is asked: no term is empty, and none comes twice."""
    terms = find_terms(question)
    assert all(term.text.strip() for term in terms)
    assert len(set(terms)) == len(terms)
