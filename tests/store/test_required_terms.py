"""Which terms of a question find chunks, and that the best are found by them."""

from __future__ import annotations

import random
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.store import required_terms
from ragpg.store.required_terms import (
    RequiredTerms,
    list_alternatives,
    require_any,
    require_terms,
)
from ragpg.types import SearchRequest
from tests.support.documents import FINGERPRINT, MODEL, chunks, document, embeddings
from tests.support.store import keyword_texts, new_store, replaced, upsert, zipf

if TYPE_CHECKING:
    from ragpg.store.statements import Connection


@pytest.mark.parametrize(
    ("frequencies", "chunks", "alternatives"),
    [
        ({"absent": 0}, 10, []),
        ({"a": 5, "b": 1, "absent": 0}, 10, [[["b", "a"]]]),
        ({"only": 300_000}, 1_000_000, [[["only"]]]),
        ({"x": 900, "y": 1_500}, 100_000, [[["x", "y"]]]),
        ({"rare": 60, "x": 30_000}, 100_000, [[["rare"]]]),
        ({"rare": 600, "x": 10_000, "y": 20_000}, 100_000, [[["rare"]], [["x"], ["y"]]]),
        ({"x": 20_000, "y": 40_000}, 100_000, [[["x"], ["y"]]]),
        ({"x": 20_000, "y": 30_000, "z": 40_000}, 100_000, [[["x"], ["y"], ["z"]]]),
        # Both together would leave 120 chunks, of which 50 are wanted: too few.
        ({"x": 3_000, "y": 4_000}, 100_000, [[["x"]]]),
        # Of a rare term's chunks each is weighed, though pairs of the others weigh more.
        (
            {"rare": 1_200, "x": 2_400, "y": 2_400, "z": 2_400},
            100_000,
            [[["rare"]], [["x"], ["y", "z"]], [["y"], ["z"]]],
        ),
        # Two of the four.
        (
            {"a": 10_000, "b": 10_000, "c": 10_000, "d": 10_000},
            100_000,
            [[["a"], ["b", "c", "d"]], [["b"], ["c", "d"]], [["c"], ["d"]]],
        ),
    ],
)
def test_required_terms(
    frequencies: dict[str, int], chunks: int, alternatives: list[list[list[str]]]
) -> None:
    """A rare term finds chunks alone, common ones together, such that enough are weighed."""
    required = require_terms(frequencies, chunks=chunks, limit=50)
    assert required == RequiredTerms(alternatives)


@given(
    st.lists(st.floats(0.01, 9), min_size=1, max_size=7),
    st.floats(0.1, 20),
)
def test_alternatives_are_a_threshold(weights: list[float], threshold: float) -> None:
    """A set of terms meets an alternative if, and only if, its weight reaches the threshold."""
    terms = [(str(number), weight) for number, weight in enumerate(sorted(weights)[::-1])]
    alternatives = list_alternatives(terms, threshold)
    for size in range(len(terms) + 1):
        for chosen in combinations(terms, size):
            names, weight = {term for term, _ in chosen}, sum(weight for _, weight in chosen)
            meets = any(all(names & set(group) for group in one) for one in alternatives)
            assert meets == (weight >= threshold) or weight == pytest.approx(threshold)


def test_long_questions() -> None:
    """Of a long text's many words the rarest find chunks, by few alternatives."""
    frequencies = {f"word {number}": 1_000 * (number + 5) for number in range(500)}
    required = require_terms(frequencies, chunks=1_000_000, limit=50)
    named = {term for groups in required.alternatives for group in groups for term in group}
    assert named <= {f"word {number}" for number in range(8)}
    assert 1 <= len(required.alternatives) <= 20


def test_common_words_find_the_best(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where terms are required together, the best chunks are those of a full scan, nearly always.

    And where no chunk has them together, any of them finds chunks all the same.
    """
    store = new_store(connection, "common", language="simple")
    generator = random.Random(4)
    with replaced(store, model=MODEL, language="simple") as fresh:
        for number in range(100):
            bodies = [" ".join(zipf(generator, generator.randint(10, 60))) for _ in range(30)]
            made = document(f"{number}.md", *bodies)
            drawn = embeddings(30, seed=number)
            upsert(fresh, made, chunks(*bodies), drawn, chunking_fingerprint=FINGERPRINT)
    questions = [" ".join(set(zipf(generator, 5))) for _ in range(40)]
    full = [keyword_texts(store.search(SearchRequest(q, None, 20))) for q in questions]
    monkeypatch.setattr(required_terms, "ALONE", 100)
    monkeypatch.setattr(required_terms, "MOST", 300)
    monkeypatch.setattr(required_terms, "ENOUGH", 2)
    found = [keyword_texts(store.search(SearchRequest(q, None, 20))) for q in questions]
    shares = [len(set(a) & set(b)) / 20 for a, b in zip(full, found, strict=True)]
    assert sum(shares) / len(shares) > 0.98


def test_terms_that_are_never_together(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no chunk has one of each group, any term finds chunks all the same."""
    for name in ("ALONE", "MOST", "ENOUGH"):
        monkeypatch.setattr(required_terms, name, 0)
    store = new_store(connection, "apart", language="simple")
    bodies = ["alpha", "beta"] * 3
    made = document("a.md", *bodies)
    upsert(store, made, chunks(*bodies), embeddings(6), chunking_fingerprint=FINGERPRINT)
    assert require_terms({"alpha": 3, "beta": 3}, chunks=6, limit=6) == RequiredTerms(
        [[["alpha"], ["beta"]]]
    )
    assert len(keyword_texts(store.search(SearchRequest("alpha beta", None, 6)))) == 6
    assert require_any({"beta": 3, "alpha": 3, "absent": 0}) == RequiredTerms([[["alpha", "beta"]]])
