"""Word vectors as codes, and the MaxSim of a query to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.retrieval.late_interaction import (
    CODE_SIZE,
    DIMENSIONS,
    NO_WORDS_SIMILARITY,
    SAME_WORD,
    WordVectors,
    checksum,
    decode_checksums,
    decode_signs,
    encode,
    has_stem,
    is_content_word,
    max_similarities,
    word_weights,
)

if TYPE_CHECKING:
    from ragpg.types import Vectors

WORDS = st.lists(st.text(min_size=1, max_size=8), max_size=5, unique=True).map(tuple)


def draw(count: int, *, seed: int) -> Vectors:
    """Make vectors of unit length that point anywhere."""
    drawn = np.random.default_rng(seed).standard_normal((count, DIMENSIONS))
    unit: Vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return unit


@given(WORDS, st.integers(0, 100))
def test_a_code_has_a_checksum_and_the_signs_of_each_word(
    words: tuple[str, ...], seed: int
) -> None:
    """Both are decoded in the order of the words; case does not matter."""
    vectors = draw(len(words), seed=seed)
    code = encode(WordVectors(words, vectors))
    assert len(code) == len(words) * CODE_SIZE
    assert decode_checksums(code) == [checksum(word) for word in words]
    signs = decode_signs([code])
    assert signs.shape == (len(words), DIMENSIONS)
    assert np.array_equal(signs > 0, vectors > 0)
    assert np.allclose(np.linalg.norm(signs, axis=1), 1)
    assert checksum("Straße") == checksum("STRASSE")


@given(st.lists(WORDS, min_size=1, max_size=5), st.integers(1, 4), st.integers(0, 100))
def test_max_sim(texts: list[tuple[str, ...]], queries: int, seed: int) -> None:
    """Each word of the query counts with its best match; a text without words has a fixed score."""
    vectors = [draw(len(words), seed=seed + n) for n, words in enumerate(texts)]
    codes = [encode(WordVectors(w, v)) for w, v in zip(texts, vectors, strict=True)]
    query = draw(queries, seed=seed + 1000)
    weights = [(n + 1) / sum(range(1, queries + 1)) for n in range(queries)]
    words = WordVectors(tuple("wxyz"[:queries]), query)
    for similarity, code in zip(max_similarities(words, weights, codes), codes, strict=True):
        if not code:
            assert similarity == NO_WORDS_SIMILARITY
            continue
        best = [max(float(row @ sign) for sign in decode_signs([code])) for row in query]
        expected = sum(weight * cosine for weight, cosine in zip(weights, best, strict=True))
        assert similarity == pytest.approx(expected, abs=1e-5)


def test_ideographs_are_compared_as_they_are_written() -> None:
    """Whatever the model's vectors of them are, one is similar to itself and to no other."""
    code = encode(WordVectors(("\u6e2c", "word"), draw(2, seed=0)))
    query = WordVectors(("\u6e2c", "\u91cf"), draw(2, seed=0))
    assert max_similarities(query, [0.5, 0.5], [code]) == [pytest.approx(SAME_WORD / 2)]


def test_a_query_without_words() -> None:
    """It is similar to nothing."""
    code = encode(WordVectors(("word",), draw(1, seed=0)))
    assert (
        max_similarities(WordVectors((), draw(0, seed=0)), [], [code, b""])
        == [NO_WORDS_SIMILARITY] * 2
    )


@given(st.lists(st.text("abc", min_size=1, max_size=4), max_size=6), st.data())
def test_weights_add_up_to_one(words: list[str], data: st.DataObject) -> None:
    """Whatever the words and their idf are."""
    idf = data.draw(st.dictionaries(st.text("abc", min_size=1, max_size=4), st.floats(0.1, 10)))
    weights = word_weights(words, idf)
    assert len(weights) == len(words)
    assert sum(weights) == pytest.approx(1.0 if words else 0.0)


def test_rare_words_weigh_most() -> None:
    """A word has the idf of its stem; one without a term weighs next to nothing."""
    weights = word_weights(["whales", "carry", "of"], {"whale": 6.0, "carri": 3.0})
    assert weights == pytest.approx([6 / 9.05, 3 / 9.05, 0.05 / 9.05])


@pytest.mark.parametrize(
    ("word", "stem", "expected"),
    [
        ("whales", "whale", True),
        ("carry", "carri", True),
        ("carries", "carri", True),
        ("car", "carri", False),
        ("ski", "ski", True),
        ("sky", "ski", True),
        ("whale", "whales", False),
        ("häuser", "haus", True),
        ("φύλακας", "φυλακ", True),
        ("haus", "häus", False),
        ("도서관에서", "서관", True),
    ],
)
def test_has_stem(word: str, stem: str, expected: bool) -> None:
    """A stem begins its word, but for a final y that became an i."""
    assert has_stem(word, stem) is expected


@pytest.mark.parametrize(
    ("word", "expected"), [("whale", True), ("42", True), ("the", False), (",", False), ("", False)]
)
def test_is_content_word(word: str, expected: bool) -> None:
    """Neither punctuation nor stop words are compared."""
    assert is_content_word(word) is expected
