"""How candidates become ranked passages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg import retrieval
from ragpg.retrieval.late_interaction import DIMENSIONS, WordVectors, encode
from ragpg.types import Candidate, Candidates, Chunk, Mode, QueryEmbedding
from tests.support import documents
from tests.support.documents import rank


def candidate(
    ordinal: int,
    *,
    similarity: float | None = None,
    bm25: float | None = None,
    text: str = "text",
    source: str = "a.md",
    heading: str = "H",
    start: int = 10,
    words: bytes = b"",
    neighbours: float | None = None,
) -> Candidate:
    """Make a candidate of the retrievers for which there is a score."""
    chunk = Chunk(ordinal, (heading,) if heading else (), text, start, start + len(text), 1, 1)
    return documents.candidate(
        chunk, similarity=similarity, bm25=bm25, source=source, words=words, neighbours=neighbours
    )


def ranked(
    pool: list[Candidate], mode: Mode = Mode.HYBRID, *, limit: int = 10, **question: QueryEmbedding
) -> list[str]:
    """The texts of the hits, best first."""
    embedding = question.get("question")
    passages = rank(Candidates(tuple(pool)), question=embedding, mode=mode, limit=limit)
    return [retrieval.to_hit(passage, rank=1).text for passage in passages]


def apart(*scores: float) -> list[Candidate]:
    """Candidates of documents of their own."""
    return [
        candidate(0, similarity=score, text=f"text {n}", source=f"{n}.md")
        for n, score in enumerate(scores)
    ]


def in_a_row(*scores: float, length: int = 300) -> list[Candidate]:
    """Candidates that follow each other in a document, each under a heading of its own."""
    return [
        candidate(
            n,
            similarity=score,
            text=f"{n}".ljust(length - 1, "x") + " ",
            start=n * length,
            heading=f"{n}",
        )
        for n, score in enumerate(scores)
    ]


def test_each_mode_ranks_by_its_own_score() -> None:
    """Dense goes by cosine, keyword by BM25; each leaves out what its retriever did not find."""
    pool = [
        candidate(0, similarity=0.5, bm25=1.0, text="0"),
        candidate(3, similarity=0.9, text="1"),
        candidate(6, bm25=7.0, text="2"),
    ]
    assert ranked(pool, Mode.DENSE) == ["1", "0"]
    assert ranked(pool, Mode.KEYWORD) == ["2", "0"]


def test_hybrid_adds_what_speaks_for_a_passage() -> None:
    """The cosine, the keywords, less and less the more there are, and the chunks around."""
    pool = [candidate(0, similarity=0.5, bm25=20.0, neighbours=0.5)]
    [passage] = rank(Candidates(tuple(pool)), question=None, mode=Mode.HYBRID, limit=1)
    parts = passage.best.parts
    assert (parts.dense, parts.late_interaction) == (0.5, 0.0)
    assert parts.keyword == pytest.approx(0.8 * np.log(2))
    assert parts.neighbours == pytest.approx(0.35)
    assert passage.best.score == pytest.approx(0.5 + 0.8 * np.log(2) + 0.35)


def test_words_that_are_near_the_questions_count() -> None:
    """Of two passages that are alike otherwise the one with the question's word comes first."""
    axes = np.eye(DIMENSIONS, dtype=np.float32)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (2, DIMENSIONS)).astype(np.float32)
    near, far = (encode(WordVectors(("word",), row[None])) for row in signs)
    pool = [
        candidate(0, similarity=0.5, text="far", source="a.md", words=far),
        candidate(0, similarity=0.5, text="near", source="b.md", words=near),
        candidate(0, similarity=0.5, text="none", source="c.md"),
    ]
    question = QueryEmbedding(axes[0], ("word",), signs[:1] * np.float32(1 / 8))
    assert ranked(pool, question=question)[0] == "near"
    assert ranked(pool, question=QueryEmbedding(axes[0], (), signs[:0])) == ["far", "near", "none"]


def test_keywords_decide_where_the_model_does_not_know_the_script() -> None:
    """What such a model finds near is near by chance."""
    vector = np.eye(DIMENSIONS, dtype=np.float32)[0]
    pool = [
        candidate(0, similarity=0.8, text="near", source="a.md", neighbours=0.8),
        candidate(0, similarity=0.5, bm25=15.0, text="said", source="b.md", neighbours=0.5),
    ]
    assert ranked(pool, question=QueryEmbedding(vector)) == ["near", "said"]
    foreign = QueryEmbedding(vector, knows_script=False)
    assert ranked(pool, question=foreign) == ["said", "near"]
    assert ranked(pool[:1], question=foreign) == ["near"]


@given(st.permutations(range(8)))
def test_the_order_of_rows_never_shows(permutation: list[int]) -> None:
    """Equal scores are ordered by source and place, whatever order they came in."""
    pool = [candidate(3 * i, similarity=0.5, bm25=1.0, text=str(i)) for i in permutation]
    for mode in (Mode.DENSE, Mode.KEYWORD):
        assert ranked(pool, mode) == [str(i) for i in range(8)]
    assert ranked(pool) == [str(i) for i in range(8)]


def test_chunks_that_adjoin_become_one_hit() -> None:
    """A chunk joins the hit beside it while that stays short and it is not much worse."""
    pool = in_a_row(0.8, 0.9, 0.75, 0.1, 0.85)
    [first, second, third] = ranked(pool)
    assert (first[0], first[300], first[600]) == ("0", "1", "2")
    assert (second[0], len(second)) == ("4", 299)
    assert third[0] == "3"


@pytest.mark.parametrize(("heading", "joins"), [("H", True), ("Other", False), ("", False)])
def test_a_section_goes_on_more_easily(heading: str, joins: bool) -> None:
    """What is a good deal worse joins a hit of its own section, and none of another one."""
    pool = [
        candidate(0, similarity=0.9, text="a" * 300, heading=heading and "H", start=0),
        candidate(1, similarity=0.65, text="b" * 300, heading=heading, start=300),
    ]
    assert len(ranked(pool)) == (1 if joins else 2)


def test_a_hit_stays_short() -> None:
    """No hit grows beyond its limit, and all hits together stay within their room."""
    pool = in_a_row(*[0.9] * 30)
    hits = ranked(pool, limit=5)
    assert max(map(len, hits)) <= retrieval.MAX_HIT_LENGTH
    assert sum(map(len, hits)) <= 5 * retrieval.MEAN_HIT_LENGTH


def test_another_document_is_preferred_to_more_of_the_same() -> None:
    """What is a little worse, and stands elsewhere, comes before what stands beside a hit."""
    pool = [
        candidate(0, similarity=0.9, text="one"),
        candidate(5, similarity=0.8, text="more of the same section"),
        candidate(9, similarity=0.8, text="more of the same document", heading="I"),
        candidate(0, similarity=0.75, text="elsewhere", source="b.md"),
    ]
    assert ranked(pool) == [
        "one",
        "more of the same document",
        "elsewhere",
        "more of the same section",
    ]


@pytest.mark.parametrize("mode", Mode)
def test_what_is_said_twice_comes_last(mode: Mode) -> None:
    """Of chunks with the same words in the same order one stays; another word makes another."""
    pool = [
        candidate(0, similarity=0.9, bm25=9, text="Five days of leave.", source="a.md"),
        candidate(0, similarity=0.8, bm25=8, text="Five  days of\nLEAVE.\n", source="b.md"),
        candidate(0, similarity=0.7, bm25=7, text="Six days of leave.", source="c.md"),
    ]
    copy = "Five  days of\nLEAVE."
    assert ranked(pool, mode) == ["Five days of leave.", "Six days of leave.", copy]
    assert ranked(pool, mode, limit=2) == ["Five days of leave.", "Six days of leave."]


def test_no_more_than_asked_for() -> None:
    """The best ones are kept."""
    assert ranked(apart(0.1, 0.9, 0.5, 0.7), limit=2) == ["text 1", "text 3"]
    assert ranked([], limit=2) == []


@given(st.text(alphabet=" \t\r\nab", max_size=30).filter(str.strip))
def test_a_hit_is_its_chunk_without_blank_ends(text: str) -> None:
    """A hit's text is the file's from start to end, without blank lines and blanks at its ends."""
    pool = Candidates((candidate(0, similarity=1.0, text=text),))
    [passage] = rank(pool, question=None, mode=Mode.DENSE, limit=1)
    hit = retrieval.to_hit(passage, rank=1)
    assert hit.text == text[hit.start - 10 : hit.end - 10]
    assert hit.text.strip() == text.strip()
    assert hit.text.rstrip() == hit.text
    assert hit.text.splitlines()[0].strip()
