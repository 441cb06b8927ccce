"""Stems of words."""

from __future__ import annotations

import pytest

from ragpg.text.stems import stem


@pytest.mark.parametrize(
    "forms",
    [
        "employee employees",
        "fee fees",
        "agree agrees agreed agreeing",
        "speed speeds",
        "exceed exceeds exceeded exceeding",
        "policy policies",
        "create creates created creating",
    ],
)
def test_forms_of_a_word_share_a_stem(forms: str) -> None:
    """Plurals, past tenses and participles have the stem of their word."""
    assert len({stem(form) for form in forms.split()}) == 1
