"""How candidates become ranked passages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg import retrieval
from ragpg.types import Candidate, Chunk, Mode


def candidate(
    ordinal: int,
    *,
    similarity: float | None = None,
    bm25: float | None = None,
    text: str = "text",
    source: str = "a.md",
) -> Candidate:
    """Make a candidate that the given arms found."""
    chunk = Chunk(ordinal, ("H",), text, 10, 10 + len(text), 1, 1, "A > H", text)
    return Candidate(source, "A", chunk, similarity, bm25)


def order(candidates: list[Candidate], mode: Mode) -> list[int]:
    """Rank candidates whose text is their ordinal."""
    return [int(hit.text) for hit in retrieval.rank(candidates, mode=mode, limit=10)]


def test_each_mode_ranks_by_its_own_score() -> None:
    """Dense goes by cosine, keyword by BM25, and each leaves out what its arm did not find."""
    pool = [
        candidate(0, similarity=0.5, bm25=1.0, text="0"),
        candidate(1, similarity=0.9, text="1"),
        candidate(2, bm25=7.0, text="2"),
    ]
    assert order(pool, Mode.DENSE) == [1, 0]
    assert order(pool, Mode.KEYWORD) == [2, 0]


def test_hybrid_adds_reciprocal_ranks() -> None:
    """A passage that both arms found beats one that a single arm ranked first."""
    pool = [
        candidate(0, similarity=0.5, bm25=1.0, text="0"),
        candidate(1, similarity=0.9, text="1"),
        candidate(2, bm25=7.0, text="2"),
    ]
    hits = retrieval.rank(pool, mode=Mode.HYBRID, limit=3)
    assert [hit.text for hit in hits] == ["0", "1", "2"]
    assert hits[0].score == pytest.approx(2 / 62)
    assert hits[1].score == pytest.approx(1 / 61)


@given(st.permutations(range(8)))
def test_the_order_of_rows_never_shows(permutation: list[int]) -> None:
    """Equal scores are ordered by source and place, whatever order they came in."""
    pool = [candidate(i, similarity=0.5, bm25=1.0, text=str(i)) for i in permutation]
    assert order(pool, Mode.HYBRID) == list(range(8))


@given(st.text(alphabet=" \t\r\nab", max_size=30).filter(str.strip))
def test_a_hit_is_its_chunk_without_blank_ends(text: str) -> None:
    """A hit's text is the file's from start to end, without blank lines and blanks at its ends."""
    [hit] = retrieval.rank([candidate(0, similarity=1.0, text=text)], mode=Mode.DENSE, limit=1)
    assert hit.text == text[hit.start - 10 : hit.end - 10]
    assert hit.text.strip() == text.strip()
    assert hit.text.rstrip() == hit.text
    assert hit.text.splitlines()[0].strip()
