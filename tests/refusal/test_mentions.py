"""Whether a text mentions a term."""

from __future__ import annotations

import pytest

from ragpg.refusal.mentions import Text, has_sibling
from ragpg.refusal.question_terms import QuestionTerm, TermKind

TEXT = Text(
    "The option `--keep-alive` and the key tideTable. Release 2.4.10 fixed E1207; RULE-A12 stays.\n"
    "Carry the anchors to the Wi-Fi mast of Caf\u00e9 Lorna.\n"
    "Locks of level 1 open at noon, those of level 2 at night; stores run by crews.\n"
    "| 17 | blocked |\n"
)


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ("--keep-alive", TermKind.CODE),
        ("tide_table", TermKind.CODE),
        ("TIDE-TABLE", TermKind.CODE),
        ("v2.4.10", TermKind.CODE),
        ("2.4.10", TermKind.CODE),
        ("e1207", TermKind.CODE),
        ("A12", TermKind.CODE),
        ("anchor", TermKind.WORD),
        ("carrying", TermKind.WORD),
        ("keys", TermKind.WORD),
        ("opening", TermKind.WORD),
        ("store", TermKind.WORD),
        ("running", TermKind.WORD),
        ("Cafe\u0301", TermKind.NAME),
        ("level 2", TermKind.NUMBERED),
    ],
)
def test_mentioned(term: str, kind: TermKind) -> None:
    """In any case, with other separators, as another form of the word, in any Unicode form."""
    assert TEXT.mentions(QuestionTerm(term, kind))


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ("--alive", TermKind.CODE),
        ("tide_table_size", TermKind.CODE),
        ("tide_chart", TermKind.CODE),
        ("2.4.1", TermKind.CODE),
        ("4.10", TermKind.CODE),
        ("E1208", TermKind.CODE),
        ("A1", TermKind.CODE),
        ("car", TermKind.WORD),
        ("level 3", TermKind.NUMBERED),
        ("Lor", TermKind.NAME),
    ],
)
def test_not_mentioned(term: str, kind: TermKind) -> None:
    """A part of a name, of a version or of a word is not the whole."""
    assert not TEXT.mentions(QuestionTerm(term, kind))


@pytest.mark.parametrize(
    ("term", "kind", "expected"),
    [
        ("wifi", TermKind.WORD, True),
        ("ancohrs", TermKind.WORD, True),
        ("harbour.tideTable", TermKind.CODE, True),
        ("E1270", TermKind.CODE, False),
        ("harbour.depth", TermKind.CODE, False),
    ],
)
def test_other_spellings(term: str, kind: TermKind, expected: bool) -> None:
    """Compounds, misspelt words and the end of a path are found; a code is never misspelt."""
    assert TEXT.resembles(QuestionTerm(term, kind)) is expected


@pytest.mark.parametrize(
    ("acronym", "expected"), [("PPE", True), ("PPF", False), ("PP", False), ("ppe", False)]
)
def test_acronyms(acronym: str, expected: bool) -> None:
    """The initials of longer words are what an acronym of three letters stands for."""
    text = Text("Property, plant and equipment is written down.")
    assert text.resembles(QuestionTerm(acronym, TermKind.NAME)) is expected


def test_names_with_particles() -> None:
    """What is glued to a name in another script belongs to no longer name."""
    text = Text("서버는 PostgreSQL을 쓴다. 如何在Django中使用")
    assert text.mentions(QuestionTerm("PostgreSQL", TermKind.NAME))
    assert text.mentions(QuestionTerm("Django", TermKind.NAME))
    assert not text.mentions(QuestionTerm("SQL", TermKind.NAME))


def test_synonyms() -> None:
    """Words of the same meaning are found for words, not for codes."""
    text = Text("Employees get their salary on the 20th.")
    assert text.has_synonym(QuestionTerm("wages", TermKind.WORD))
    assert not text.has_synonym(QuestionTerm("wages", TermKind.CODE))


@pytest.mark.parametrize(
    ("term", "expected"), [("level 3", True), ("level 17", False), ("pier 3", False)]
)
def test_siblings(term: str, expected: bool) -> None:
    """A level is missing where there are others; not one in a row, nor where there are none."""
    assert has_sibling([TEXT], QuestionTerm(term, TermKind.NUMBERED)) is expected
