"""The lexicon holds data only, and its lists agree where they should."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

import pytest

from ragpg import lexicon
from ragpg.lexicon import abbreviations, calendar, numbers, stop_words

MODULES = sorted(Path(lexicon.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_holds_data_only(path: Path) -> None:
    """A module consists of a docstring and of assignments with their docstrings."""
    _, *statements = ast.parse(path.read_text(encoding="utf-8")).body
    allowed = (ast.Assign, ast.AnnAssign, ast.Expr, ast.ImportFrom)
    assert all(isinstance(statement, allowed) for statement in statements)
    imports = [s.module for s in statements if isinstance(s, ast.ImportFrom)]
    assert set(imports) <= {"__future__"}


def test_abbreviated_months_are_the_months() -> None:
    """Sentences do not end after an abbreviated month, except "may", which is a word."""
    months = {month[:3].lower() for month in calendar.MONTHS} - {"may"} | {"sept"}
    assert months <= abbreviations.BEFORE_NUMBERS


def test_number_words_of_answers_are_number_words() -> None:
    """Words that answer "how many" are numbers, ordinals or fractions."""
    values = {*numbers.TO_NINETEEN, *numbers.TENS, *numbers.DOZEN, *numbers.SCALES}
    others = {"half", "twice", "once", "first", "second", "third"}
    assert set(numbers.ANSWER_WORDS) <= values | others


def test_stop_words_of_stored_codes_stay_as_they_are() -> None:
    """Another list would be another model: every table would have to be rebuilt."""
    words = " ".join(sorted(stop_words.LATE_INTERACTION))
    digest = hashlib.sha256(words.encode()).hexdigest()
    assert digest.startswith("1e79447e05d4cb17")
