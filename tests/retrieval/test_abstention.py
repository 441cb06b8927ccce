"""The score by which a question is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.retrieval.abstention import (
    CHANCE_MAX,
    DEFAULT_PASSAGE_WORDS,
    DEFAULT_SENTENCE_WORDS,
    THRESHOLD,
    Evidence,
    answerability,
)
from ragpg.types import Candidate, Candidates, Chunk

SCORES = st.floats(0, 1, width=16)
EVIDENCE = st.builds(Evidence, SCORES, st.none() | SCORES, SCORES, st.none() | SCORES)


def candidates(*cosines: float | None, searched: int = 1000) -> Candidates:
    """Make candidates with these cosines."""
    chunk = Chunk(0, (), "text", 0, 4, 1, 1)
    items = tuple(Candidate("a.md", "A", chunk, cosine=cosine) for cosine in cosines)
    return Candidates(items, searched_chunks=searched)


def test_without_candidates_a_question_is_refused() -> None:
    """Nothing was found: the score is below the threshold, however small the table is."""
    for searched in (0, 1, 10, 100_000):
        assert answerability(candidates(searched=searched), Evidence()) < THRESHOLD


@given(st.lists(st.none() | SCORES, min_size=1), EVIDENCE)
def test_the_best_cosine_counts(cosines: list[float | None], evidence: Evidence) -> None:
    """Only the highest cosine matters; a candidate without one counts as 0."""
    best = max(cosine or 0.0 for cosine in cosines)
    assert answerability(candidates(*cosines), evidence) == answerability(
        candidates(best), evidence
    )


@given(SCORES, EVIDENCE, st.integers(0, 10**6), st.integers(0, 10**6))
def test_chance_grows_with_the_table(cosine: float, evidence: Evidence, one: int, two: int) -> None:
    """The more chunks are searched, the better one of them must match; there is an upper bound."""
    few, many = sorted((one, two))
    scores = [answerability(candidates(cosine, searched=n), evidence) for n in (few, many)]
    assert scores[0] >= scores[1] >= cosine - CHANCE_MAX


@given(EVIDENCE, st.sampled_from(["passage_keywords", "sentence_terms"]))
def test_each_part_of_the_evidence_counts(evidence: Evidence, part: str) -> None:
    """More evidence of either kind raises the score."""
    more = replace(evidence, **{part: getattr(evidence, part) + 1.0})
    assert answerability(candidates(0.5), more) > answerability(candidates(0.5), evidence)


@pytest.mark.parametrize(
    ("part", "default"),
    [
        ("passage_words", DEFAULT_PASSAGE_WORDS),
        ("sentence_words", DEFAULT_SENTENCE_WORDS),
    ],
)
def test_unknown_words_count_as_their_default(part: str, default: float) -> None:
    """A model without word vectors is neither better nor worse off."""
    assert math.isclose(Evidence().total, replace(Evidence(), **{part: default}).total)
    assert Evidence().total != replace(Evidence(), **{part: 0.0}).total
