"""Which terms of a question find chunks, and that the best are found by them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from ragpg.store import required_terms
from ragpg.store.required_terms import RequiredTerms, require_any, require_terms
from ragpg.types import SearchRequest
from tests.support.documents import FINGERPRINT, MODEL, chunks, document, embeddings
from tests.support.store import keyword_texts, new_store, replaced, upsert, zipf

if TYPE_CHECKING:
    from ragpg.store.statements import Connection


@pytest.mark.parametrize(
    ("frequencies", "chunks", "required"),
    [
        ({"absent": 0}, 10, RequiredTerms([])),
        ({"a": 5, "b": 1, "absent": 0}, 10, RequiredTerms(["b", "a"])),
        ({"only": 300_000}, 1_000_000, RequiredTerms(["only"])),
        ({"x": 900, "y": 1_500}, 100_000, RequiredTerms(["x", "y"])),
        ({"rare": 60, "x": 30_000}, 100_000, RequiredTerms(["rare"], [["rare"], ["x"]])),
        ({"x": 20_000, "y": 40_000}, 100_000, RequiredTerms([], [["x"], ["y"]])),
        (
            {"x": 20_000, "y": 30_000, "z": 40_000},
            100_000,
            RequiredTerms([], [["x"], ["y"], ["z"]]),
        ),
        # Three groups would leave 480 chunks, of which 50 are wanted: too few.
        (
            {"x": 3_000, "y": 40_000, "z": 40_001},
            100_000,
            RequiredTerms([], [["x", "z"], ["y"]]),
        ),
    ],
)
def test_required_terms(frequencies: dict[str, int], chunks: int, required: RequiredTerms) -> None:
    """Rare terms find chunks alone, common ones together, in as few groups as will do."""
    assert require_terms(frequencies, chunks=chunks, limit=50) == required


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
    monkeypatch.setattr(required_terms, "LEAST", 200)
    monkeypatch.setattr(required_terms, "TOGETHER_SHARE", 0.2)
    monkeypatch.setattr(required_terms, "ENOUGH", 2)
    found = [keyword_texts(store.search(SearchRequest(q, None, 20))) for q in questions]
    shares = [len(set(a) & set(b)) / 20 for a, b in zip(full, found, strict=True)]
    assert sum(shares) / len(shares) > 0.9


def test_terms_that_are_never_together(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no chunk has one of each group, any term finds chunks all the same."""
    monkeypatch.setattr(required_terms, "LEAST", 1)
    store = new_store(connection, "apart", language="simple")
    bodies = ["alpha", "beta"] * 3
    made = document("a.md", *bodies)
    upsert(store, made, chunks(*bodies), embeddings(6), chunking_fingerprint=FINGERPRINT)
    assert require_terms({"alpha": 3, "beta": 3}, chunks=6, limit=6).groups
    assert len(keyword_texts(store.search(SearchRequest("alpha beta", None, 6)))) == 6
    assert require_any({"beta": 3, "alpha": 3, "absent": 0}) == RequiredTerms(["alpha", "beta"])
