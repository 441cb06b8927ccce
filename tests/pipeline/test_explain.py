"""`ragpg search --explain`: why each hit stands where it does, and how the search was done."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg import retrieval
from ragpg.display import explanation
from ragpg.pipeline.explain import ChunkExplanation, Explanation, HitExplanation, explain
from ragpg.pipeline.search import SearchOptions, SearchResult
from ragpg.retrieval import RankedChunk, Score
from ragpg.types import Candidate, Candidates, Chunk, Mode, Scan, SearchPlan
from tests.support import documents
from tests.support.command_line import Project, new_project
from tests.support.documents import ingested, rank

if TYPE_CHECKING:
    from pathlib import Path

SMALL_CHUNKS = {"RAGPG_CHUNKING_MAX_TOKENS": "32", "RAGPG_CHUNKING_MIN_TOKENS": "0"}
SECTIONS = "\n".join(
    f"## The {name}\n\nThe {name} is quite an animal, and it eats {food}.\n"
    for name, food in [("fox", "mice"), ("whale", "krill"), ("panda", "bamboo"), ("bee", "nectar")]
)
FILES = {
    "animals.md": f"---\nkind: live\n---\n# Animals\n\n{SECTIONS}",
    "copy.md": f"---\nkind: copied\n---\n# Animals\n\n{SECTIONS}",
    "cars.md": "# Cars\n\nA car eats petrol.\n",
}
QUESTION = "what do whales eat?"
EXPLAIN = ["ordinal", "start", "end", "ranks", "cosine", "bm25", "scores", "terms"]
PARTS = ("meaning", "keywords", "words", "around", "copy")


@pytest.fixture(scope="module")
def animal_project(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project whose documents are in the table; tests only read it."""
    made = new_project(tmp_path_factory.mktemp("animals"), data_dir=shared_data_dir)
    return ingested(made.within(SMALL_CHUNKS), FILES)


def explained(project: Project, *arguments: str) -> Any:
    """What a search prints as JSON, explained."""
    return project.ok("search", QUESTION, "-k", "100", "--explain", "--json", *arguments).json


@pytest.mark.parametrize("conditions", [(), ("--filter", "kind == live"), ("--source", "c*.md")])
@pytest.mark.parametrize("mode", Mode)
def test_the_shape(animal_project: Project, mode: Mode, conditions: tuple[str, ...]) -> None:
    """The keys are added to the shape of a search, and the parts of a score make its sum."""
    arguments = ("--mode", mode.value, *conditions)
    shape = explained(animal_project, *arguments)
    plan = shape.pop("plan")
    reasons = [hit.pop("explain") for hit in shape["hits"]]
    plain = animal_project.ok("search", QUESTION, "-k", "100", "--json", *arguments).json
    assert shape == plain
    assert list(plan) == ["chunks", "passed", "vectors", "candidates", "reranked", "terms"]
    assert plan["passed"] < plan["chunks"] if conditions else plan["passed"] == plan["chunks"]
    assert plan["vectors"] == (None if mode is Mode.KEYWORD else "exact")
    assert sorted(plan["terms"]) == ([] if mode is Mode.DENSE else ["eat", "whale"])
    assert plan["reranked"] is None
    found = plan["candidates"]
    assert found["dense"] == (0 if mode is Mode.KEYWORD else plan["passed"])
    assert found["fused"] == max(found["dense"], found["keyword"])
    for hit, why in zip(shape["hits"], reasons, strict=True):
        assert list(why) == [*EXPLAIN, "repetition", "reranker", "joined"]
        assert why["scores"]["total"] + why["repetition"] == pytest.approx(hit["score"])
        spans = [(part["start"], part["end"]) for part in (why, *why["joined"])]
        assert min(spans)[0] <= hit["start"] < hit["end"] <= max(spans)[1]
        for part in (why, *why["joined"]):
            assert sum(part["scores"][name] for name in PARTS) == pytest.approx(
                part["scores"]["total"]
            )
            assert part["terms"].items() <= plan["terms"].items()


def test_ranks_in_either_retriever(animal_project: Project) -> None:
    """In hybrid mode the ranks are those that each retriever alone gives."""
    both = explained(animal_project)["hits"]
    parts = [
        (hit["source"], why["ordinal"], why["ranks"])
        for hit in both
        for why in (hit["explain"], *hit["explain"]["joined"])
    ]
    for mode in ("dense", "keyword"):
        alone = {
            (hit["source"], hit["explain"]["ordinal"]): hit["explain"]["ranks"][mode]
            for hit in explained(animal_project, "--mode", mode)["hits"]
        }
        found = {(source, ordinal): ranks[mode] for source, ordinal, ranks in parts if ranks[mode]}
        assert found == alone
        assert sorted(alone.values()) == list(range(1, len(alone) + 1))


def test_terms_and_copies(animal_project: Project) -> None:
    """The best hit has both terms; what says the same elsewhere has lost by it."""
    shape = explained(animal_project, "--mode", "keyword")
    [best, *others] = [hit["explain"] for hit in shape["hits"]]
    assert best["terms"] == shape["plan"]["terms"]
    assert best["ranks"] == {"dense": None, "keyword": 1, "fused": 1}
    [copied] = [why for why in others if why["terms"] == best["terms"]]
    assert copied["ranks"]["keyword"] == 2
    assert copied["ranks"]["fused"] > 2
    assert copied["scores"]["copy"] < 0
    assert copied["scores"]["keywords"] == best["scores"]["keywords"]


def test_batch(animal_project: Project) -> None:
    """Each line is explained as a search of its own."""
    stdin = f"{QUESTION}\nzebra".encode()
    command = ("search", "--batch", "-", "--json", "--mode", "keyword")
    explaining = animal_project.run(*command, "-k", "100", "--explain", stdin=stdin)
    [line, nothing] = explaining.lines
    assert line == explained(animal_project, "--mode", "keyword")
    assert (explaining.code, nothing["hits"]) == (3, [])
    assert nothing["plan"]["candidates"] == {"dense": 0, "keyword": 0, "fused": 0}
    assert all("plan" not in line for line in animal_project.run(*command, stdin=stdin).lines)


def test_nothing_found(animal_project: Project) -> None:
    """How the search was done is told then, too."""
    result = animal_project.run("search", "zebra", "--explain", "--source", "nowhere/*")
    chunks = json.loads(animal_project.ok("status", "--json").out)["counts"]["chunks"]
    assert (result.code, result.err) == (3, "nothing found\n")
    assert result.out.splitlines()[0] == f"searched    0 of {chunks} chunks"


def candidate(place: int, similarity: float | None, bm25: float | None) -> Candidate:
    """Make a candidate; every second one has words that another has, too."""
    text = f"text {place // 2 if place % 2 else place} ".ljust(300, "x")
    chunk = Chunk(place % 5, (f"{place % 3}",), text, place % 5 * 300, place % 5 * 300 + 300, 1, 1)
    source = f"{place // 5}.md"
    return documents.candidate(chunk, similarity=similarity, bm25=bm25, source=source)


SCORES = st.none() | st.floats(0, 1, width=16)


@given(
    scores=st.lists(st.tuples(SCORES, SCORES), max_size=30),
    mode=st.sampled_from(Mode),
    limit=st.integers(1, 12),
)
def test_reasons_hold(
    scores: list[tuple[float | None, float | None]], mode: Mode, limit: int
) -> None:
    """Hits stand in the order of score and repetition; every part of a passage is accounted for."""
    pool = Candidates(tuple(candidate(place, *pair) for place, pair in enumerate(scores)))
    ranked = retrieval.rank(pool, query_embedding=None, mode=mode)
    passages = rank(pool, question=None, mode=mode, limit=limit)
    options = SearchOptions(mode=mode)
    why = explain(SearchResult(None, pool, tuple(ranked), tuple(passages), (), options))
    assert why.plan == SearchPlan()
    assert why.dense == sum(near is not None for near, _ in scores)
    assert why.keyword == sum(said is not None for _, said in scores)
    order = [hit.best.ranked.score + hit.diversity_penalty for hit in why.hits]
    assert all(above >= below - 1e-9 for above, below in pairwise(order))
    for hit, passage in zip(why.hits, passages, strict=True):
        assert hit.best.ranked.score == passage.best.score
        assert len(hit.merged) == len(passage.chunks) - 1
        assert 1 <= hit.best.fused_rank <= why.fused
        assert hit.best.duplicate_penalty <= 0


def reason(place: int, score: Score, **terms: float) -> ChunkExplanation:
    """Make the reason for a chunk that stands on a line of its own."""
    chunk = Chunk(place, (), "text", 0, 4, place + 1, place + 1)
    found = Candidate("a.md", "A", chunk, in_keyword_results=True, cosine=0.25, bm25=2.5)
    return ChunkExplanation(
        RankedChunk(found, score, score.total), None, place + 1, place + 1, terms
    )


def test_all_that_a_person_reads() -> None:
    """Every stage has a row where it says something, and nothing acts on the terminal."""
    best = reason(0, Score(0.25, 0.5, 1.0, 0.25), rare=4.5, **{"odd\x1b": 5.0})
    hit = HitExplanation(best, (reason(1, Score(1.0), rare=4.5),), -0.03, -7.5)
    plan = SearchPlan(90_000, None, Scan.BITS)
    whole = Explanation(plan, 50, 9, 55, 50, {"rare": 4.5, "gone": 7.0}, (hit,))
    assert explanation.render_hit(hit, search=whole).plain == (
        "   meaning      0.2500  not among 50\n"
        "   keywords     0.5000  1 of 9        BM25 2.50: odd\\x1b 5.00, rare 4.50\n"
        "   words        1.0000\n"
        "   around       0.2500\n"
        "   in all       2.0000  1 of 55\n"
        "   repetition  -0.0300\n"
        "   reranker    -7.5000\n"
        "   joined       1.0000  2 of 55       L2-L2: rare 4.50"
    )
    assert explanation.render_plan(whole).plain == (
        "searched    an uncounted part of 90000 chunks\n"
        "vectors     found by the index of their signs, then compared\n"
        "candidates  50 by meaning, 9 by keywords, 55 in all\n"
        "reranked    50\n"
        "terms       gone 7.00, rare 4.50"
    )
