"""A retriever: what it asks the index for, and how candidates become hits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from ragpg import retrieval
from ragpg.pipeline.ingest import ingest
from ragpg.pipeline.search import Searcher, SearchOptions
from ragpg.types import Mode
from tests.support.pipeline import CHUNKER, HashingEmbedder, file, measure, new_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.store.postgres import PostgresStore
    from ragpg.store.statements import Connection

ANIMALS = {
    "whales.md": "# Whales\n\nBaleen whales eat krill, tons of it on every single day.\n",
    "bees.md": "# Bees\n\nHoney bees collect nectar from flowers and store honey.\n",
    "oaks.md": "# Oaks\n\nOaks grow slowly, and many of them live for centuries.\n",
}


@pytest.fixture(scope="module")
def animal_table(connection: Connection) -> PostgresStore:
    """A table with three documents; tests only read it."""
    table = new_table(connection)
    files = [file(source, text) for source, text in ANIMALS.items()]
    list(
        ingest(files, work=measure(files), store=table, embedder=HashingEmbedder(), chunker=CHUNKER)
    )
    return table


@dataclass(frozen=True, slots=True)
class ShortestFirst:
    """A reranker that prefers short passages."""

    seen: list[Sequence[str]] = field(default_factory=list)

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """Score by length; passages without words of the query are as good as others."""
        self.seen.append(passages)
        return [-len(passage) for passage in passages]


def make_searcher(index: PostgresStore, options: SearchOptions | None = None) -> Searcher:
    """Make a retriever with the hashing embedder."""
    return Searcher(index, HashingEmbedder(), options or SearchOptions())


@pytest.mark.parametrize("mode", Mode)
def test_hits_are_the_documents_own_words(animal_table: PostgresStore, mode: Mode) -> None:
    """Ranks count from 1, scores fall, and each text is the file's from start to end."""
    result = make_searcher(animal_table, SearchOptions(mode=mode)).search("what do whales eat?")
    assert result.hits[0].source == "whales.md"
    assert [hit.rank for hit in result.hits] == list(range(1, len(result.hits) + 1))
    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)
    for hit in result.hits:
        assert hit.text == ANIMALS[hit.source][hit.start : hit.end]


def test_each_mode_asks_one_retriever_only_for_what_it_uses(animal_table: PostgresStore) -> None:
    """Without the dense retriever nothing is embedded; without keywords no term is looked up."""
    searcher = make_searcher(animal_table)
    keyword = searcher.with_options(mode=Mode.KEYWORD).search("whales")
    dense = searcher.with_options(mode=Mode.DENSE).search("whales")
    assert keyword.query_embedding is None
    assert [c.cosine for c in keyword.candidates.items] == [None]
    assert dense.query_embedding is not None
    assert dense.candidates.idf == {}
    assert {c.bm25 for c in dense.candidates.items} == {None}


def test_how_many_is_no_keyword(animal_table: PostgresStore) -> None:
    """A passage is not more relevant for saying "many", unless that is what is searched for."""
    searcher = make_searcher(animal_table, SearchOptions(mode=Mode.KEYWORD))
    asked = searcher.search("How many whales?")
    assert asked.candidates.idf.keys() == {"whale"}
    assert [hit.source for hit in asked.hits] == ["whales.md"]
    assert "oaks.md" in [hit.source for hit in searcher.search("many whales").hits]


def test_other_options_make_another_retriever(animal_table: PostgresStore) -> None:
    """The first one stays as it is; index and embedder are shared."""
    searcher = make_searcher(animal_table)
    other = searcher.with_options(mode=Mode.KEYWORD, top_k=1)
    assert searcher.options == SearchOptions()
    assert other.options == SearchOptions(mode=Mode.KEYWORD, top_k=1)
    assert (other.index, other.embedder) == (searcher.index, searcher.embedder)


def test_as_many_candidates_as_hits(animal_table: PostgresStore) -> None:
    """`top_k` limits the hits; at least as many candidates are retrieved."""
    searcher = make_searcher(animal_table, SearchOptions(mode=Mode.DENSE, candidates=1))
    assert len(searcher.with_options(top_k=1).search("whales").hits) == 1
    assert len(searcher.with_options(top_k=3).search("whales").hits) == 3


def test_a_reranker_decides(animal_table: PostgresStore) -> None:
    """Hits come in its order with its scores; the ranking before it is kept to be explained."""
    reranker = ShortestFirst()
    plain = make_searcher(animal_table).search("whales")
    reranked = make_searcher(animal_table, SearchOptions(reranker=reranker)).search("whales")
    assert reranked.ranked == plain.ranked
    [passages] = reranker.seen
    assert len(passages) == min(retrieval.RERANKED, len(plain.ranked))
    assert passages[0] == plain.ranked[0].candidate.chunk.text
    assert [hit.score for hit in reranked.hits] == sorted(-len(text) for text in passages)[::-1]


def test_an_empty_table(table: PostgresStore) -> None:
    """Nothing is found, and nothing fails."""
    result = make_searcher(table).search("whales")
    assert (result.ranked, result.passages, result.hits) == ((), (), ())
    assert result.candidates.searched_chunks == 0
