"""The score by which a question is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.refusal.answer_kinds import KindMatch, find_kind
from ragpg.refusal.answerability import (
    CHANCE_MAX,
    DEFAULT_PASSAGE_WORDS,
    DEFAULT_SENTENCE_WORDS,
    THRESHOLD,
    Evidence,
    assess,
    compare_with_chance,
)
from ragpg.refusal.question_terms import QuestionTerm, TermKind
from ragpg.refusal.term_matches import TermMatch
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
        assert assess(candidates(searched=searched), Evidence()).score < THRESHOLD


@given(st.lists(st.none() | SCORES, min_size=1), EVIDENCE)
def test_the_best_cosine_counts(cosines: list[float | None], evidence: Evidence) -> None:
    """Only the highest cosine matters; a candidate without one counts as 0."""
    best = max(cosine or 0.0 for cosine in cosines)
    assert compare_with_chance(candidates(*cosines), evidence) == compare_with_chance(
        candidates(best), evidence
    )


@given(SCORES, EVIDENCE, st.integers(0, 10**6), st.integers(0, 10**6))
def test_chance_grows_with_the_table(cosine: float, evidence: Evidence, one: int, two: int) -> None:
    """The more chunks are searched, the better one of them must match; there is an upper bound."""
    few, many = sorted((one, two))
    scores = [compare_with_chance(candidates(cosine, searched=n), evidence) for n in (few, many)]
    assert scores[0] >= scores[1] >= cosine - CHANCE_MAX


@given(EVIDENCE, st.sampled_from(["passage_keywords", "sentence_terms"]))
def test_each_part_of_the_evidence_counts(evidence: Evidence, part: str) -> None:
    """More evidence of either kind raises the score."""
    more = replace(evidence, **{part: getattr(evidence, part) + 1.0})
    assert compare_with_chance(candidates(0.5), more) > compare_with_chance(
        candidates(0.5), evidence
    )


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


def match(
    text: str, kind: TermKind, *, found: bool, similarity: float = 0.4, aside: bool = False
) -> TermMatch:
    """Make the match of a term that one hit mentions, or none."""
    term = QuestionTerm(text, kind, in_background=aside)
    return TermMatch(
        term,
        5.0,
        (found,),
        in_candidates=found,
        resembles=False,
        similarity=similarity,
    )


@pytest.mark.parametrize("kind", [TermKind.CODE, TermKind.NAME, TermKind.NUMBERED])
def test_a_missing_name_outweighs_all_else(kind: TermKind) -> None:
    """However well the rest fits, a name that stands nowhere is a reason to refuse."""
    strong = Evidence(0.5, 1.0, 0.5, 0.8)
    found = match("mooring", TermKind.WORD, found=True)
    others = candidates(0.6)
    assert assess(others, strong, [found, match("quay 9", kind, found=True)]).score > THRESHOLD
    refused = assess(others, strong, [found, match("quay 9", kind, found=False)])
    assert refused.score < THRESHOLD
    assert refused.missing == ("quay 9",)
    assert refused.explain().reason == "no passage mentions `quay 9`"


def test_a_name_that_a_near_word_may_stand_for() -> None:
    """The nearer the closest word of the passages is, the less a missing name counts."""
    scores = [
        assess(
            candidates(0.6), Evidence(), [match("Wharf", TermKind.NAME, found=False, similarity=s)]
        ).score
        for s in (0.2, 0.5, 0.9)
    ]
    assert scores == sorted(scores)


def test_a_name_beside_the_question_counts_less() -> None:
    """What the reader merely tells about himself need not be in the documents."""
    asked, aside = (
        assess(
            candidates(0.6), Evidence(), [match("Trawler", TermKind.NAME, found=False, aside=x)]
        ).score
        for x in (False, True)
    )
    assert aside > asked


def test_a_name_among_many_terms_counts_less() -> None:
    """The speaker's name need not stand in the speech."""
    name = match("Adams", TermKind.NAME, found=False)
    words = [match(f"word{number}", TermKind.WORD, found=True) for number in range(9)]
    few, many = (
        assess(candidates(0.5), Evidence(), [name, *words[:count]]).score for count in (1, 9)
    )
    assert many > few


def test_names_are_mentioned_before_words() -> None:
    """The reason has names only; the words that are missing stand behind them."""
    matches = [
        match(text, kind, found=False)
        for text, kind in [
            ("anchor", TermKind.WORD),
            ("rope", TermKind.WORD),
            ("keel_depth", TermKind.CODE),
            ("Elbe", TermKind.NAME),
        ]
    ]
    refusal = assess(candidates(0.1), Evidence(), matches).explain()
    assert refusal.missing == ("keel_depth", "Elbe", "anchor", "rope")
    assert refusal.reason == "no passage mentions `keel_depth` or `Elbe`"
    assert refusal.is_specific
    words = assess(candidates(0.1), Evidence(), matches[:2]).explain()
    assert words.missing == ("anchor", "rope")
    assert words.reason == "no passage is close enough to the question"
    assert not words.is_specific


def test_a_code_that_is_found_speaks_for_an_answer() -> None:
    """In a small collection, and with misspelt words beside it."""
    word = match("mening", TermKind.WORD, found=False)
    code, other = (match("E77", kind, found=True) for kind in (TermKind.CODE, TermKind.WORD))
    with_code, without = (
        assess(candidates(0.3), Evidence(), [word, found]).score for found in (code, other)
    )
    assert with_code > without


def test_the_kind_of_answer_that_is_missing() -> None:
    """A price is asked for, and no passage has one: the reason says so."""
    kind = find_kind("What does a berth cost per night?")
    assert kind is not None
    near, far, none = (
        assess(candidates(0.5), Evidence(), (), KindMatch(kind, coverage))
        for coverage in (1.0, 0.2, None)
    )
    assert near.score > far.score > none.score
    assert none.explain().reason == "no passage found has an amount of money"
    assert far.explain().reason == "no passage is close enough to the question"


@pytest.mark.parametrize(
    ("terms", "matched", "is_answered"),
    [
        ("дом башня лампа", "дом", True),
        ("дом башня лампа сумерки свет ночь", "дом", False),
        ("등대 대지 지기 램프", "등대 대지", True),
        ("등대 대지 지기 램프", "등대", False),
    ],
)
def test_a_script_that_the_model_does_not_know(terms: str, matched: str, is_answered: bool) -> None:
    """Only the terms count that a passage has; more of them where terms are parts of words."""
    chunk = Chunk(0, (), "text", 0, 4, 1, 1)
    found = Candidate("a.md", "A", chunk, cosine=0.99, matched_terms=frozenset(matched.split()))
    some = Candidates((found,), dict.fromkeys(terms.split(), 1.0), searched_chunks=100)
    strong = Evidence(1.0, 1.0, 1.0, 1.0)
    assert (assess(some, strong, knows_script=False).score > THRESHOLD) is is_answered
    assert assess(some, strong).score > THRESHOLD
