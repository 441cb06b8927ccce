"""Synonyms and antonyms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.claims import check_text, split_statements
from ragpg.claims.word_relations import are_antonyms, word_similarity
from ragpg.types import Verdict
from tests.support.claims import make_hit


@pytest.mark.parametrize(
    ("word", "antonym"),
    [
        ("lawful", "unlawful"),
        ("harmful", "harmless"),
        ("overpaid", "underpaid"),
        ("inbound", "outbound"),
        ("prewar", "postwar"),
        ("compliant", "noncompliant"),
        ("uphill", "downhill"),
        ("multilateral", "unilateral"),
    ],
)
def test_antonyms_that_are_not_in_the_lexicon(word: str, antonym: str) -> None:
    """A prefix or a suffix makes a word the opposite of another, in either direction."""
    for known, claimed in ((word, antonym), (antonym, word)):
        passage = make_hit(f"The {known} traffic was measured by the harbour office in Bergen.")
        text = f"The {claimed} traffic was measured by the harbour office in Bergen [1]."
        (claim,) = check_text(text, [passage])
        assert (claim.verdict, claim.why) == (
            Verdict.UNSUPPORTED,
            f"{claimed}: [1] says {known}",
        )


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_can_be_compared(first: str, second: str) -> None:
    """Nothing fails; no word is its own antonym, and each is the same as itself."""
    assert not are_antonyms(first, first)
    assert word_similarity(first, first) == 1
    assert 0 <= word_similarity(first, second) <= 1
    assert isinstance(split_statements(first + second), list)
