"""A cross-encoder of the user's choice has the last word on the order of passages."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg import retrieval
from ragpg.embedding.cross_encoder import CrossEncoder
from ragpg.embedding.reranker import PURPOSE, CrossEncoderReranker
from ragpg.errors import ConfigurationError, ProviderError
from ragpg.types import Candidate, Candidates, Chunk, Mode
from tests.support import tiny_model
from tests.support.command_line import Project, new_project

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.retrieval import RankedChunk

QUESTION = "What eats krill?"
HINT = "name a cross-encoder for ranking, such as cross-encoder/ms-marco-MiniLM-L6-v2"


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a cross-encoder with opinions of its own."""
    return tiny_model.build_cross_encoder(tmp_path_factory.mktemp("judge"), labels=1)


def candidate(ordinal: int, similarity: float) -> Candidate:
    """Make a candidate of the dense arm."""
    chunk = Chunk(ordinal, (), f"text {ordinal}", 0, 4, 1, 1)
    return Candidate("a.md", "A", chunk, in_dense_results=True, cosine=similarity)


def by_meaning(*similarities: float) -> list[RankedChunk]:
    """Candidates in the order of their similarity."""
    found = tuple(candidate(number, near) for number, near in enumerate(similarities))
    return retrieval.rank(Candidates(found), query_embedding=None, mode=Mode.DENSE)


def ordinals(scored: list[RankedChunk]) -> list[int]:
    """The numbers of candidates, in their order."""
    return [one.candidate.chunk.ordinal for one in scored]


# --- the order ------------------------------------------------------------------------------


@given(
    similarities=st.lists(st.floats(-1, 1), max_size=12),
    scores=st.lists(st.floats(-10, 10), max_size=12),
)
def test_the_reranker_orders_what_it_has_judged(
    similarities: list[float], scores: list[float]
) -> None:
    """The judged come first, by its scores; the others behind them, as they were; scores fall."""
    before = by_meaning(*similarities)
    scores = scores[: len(before)]
    after = retrieval.rerank(before, scores)
    judged = sorted(range(len(scores)), key=lambda place: -scores[place])
    expected = [ordinals(before)[place] for place in judged] + ordinals(before)[len(scores) :]
    assert ordinals(after) == expected
    falling = [chunk.score for chunk in after]
    assert falling[: len(scores)] == sorted(scores, reverse=True)
    assert all(high >= low for high, low in pairwise(falling))


def test_equals_stay_as_they_were() -> None:
    """What the reranker likes equally well keeps its order."""
    after = retrieval.rerank(by_meaning(0.1, 0.3, 0.2), [1.0, 1.0, 2.0])
    assert ordinals(after) == [0, 1, 2]


# --- the model ------------------------------------------------------------------------------


def test_scores_are_those_of_the_model(judge: Path) -> None:
    """One figure a passage, as sentence-transformers gives it, whatever else is judged along."""
    from sentence_transformers import CrossEncoder

    passages = ["krill", "A whale eats krill. " * 60, "", "mice"]
    scores = CrossEncoderReranker.from_name(str(judge)).score(QUESTION, passages)
    model = CrossEncoder(str(judge))
    expected = [float(model.predict([(QUESTION, passage)])[0]) for passage in passages]
    assert scores == pytest.approx(expected, abs=1e-5)
    assert len(set(scores)) > 1


def test_nothing_to_judge_loads_nothing(tmp_path: Path) -> None:
    """Without passages no model is needed."""
    nowhere = CrossEncoderReranker(CrossEncoder("judge", tmp_path, PURPOSE))
    assert nowhere.score(QUESTION, []) == []


def test_what_is_no_reranker(tmp_path: Path, tiny: Path) -> None:
    """An embedding model would rank by chance, and several figures are no order."""
    for directory in (tiny, tmp_path):
        with pytest.raises(ConfigurationError) as caught:
            CrossEncoderReranker.from_name(str(directory))
        message = f"retrieval.reranker: {str(directory)!r} is no cross-encoder"
        assert (caught.value.message, caught.value.hint) == (message, HINT)
    classes = tiny_model.build_cross_encoder(tmp_path, labels=3)
    with pytest.raises(ConfigurationError) as caught:
        CrossEncoderReranker.from_name(str(classes)).score(QUESTION, ["krill"])
    message = f"retrieval.reranker: {str(classes)!r} gives 3 figures for a passage, not one"
    assert (caught.value.message, caught.value.hint) == (message, HINT)


def test_a_reranker_that_is_nowhere() -> None:
    """What is neither a directory nor on the hub is quoted, with the key to change."""
    with pytest.raises(ProviderError) as absent:
        CrossEncoderReranker.from_name("nobody/has-this-model")
    assert absent.value.message == (
        "the reranker 'nobody/has-this-model' is no directory and could not be fetched from the hub"
    )
    assert absent.value.hint == (
        "check the name and the network, or set retrieval.reranker to a local directory"
    )
    with pytest.raises(ConfigurationError) as malformed:
        CrossEncoderReranker.from_name("not a/model's/name")
    assert malformed.value.message == (
        "retrieval.reranker: \"not a/model's/name\" is neither a directory nor a model's name"
    )


def test_a_reranker_that_is_broken(judge: Path, tmp_path: Path) -> None:
    """A model that cannot be loaded is named, with where it was read from."""
    (tmp_path / "config.json").write_bytes((judge / "config.json").read_bytes())
    broken = CrossEncoderReranker.from_name(str(tmp_path))
    with pytest.raises(ProviderError) as caught:
        broken.score(QUESTION, ["krill"])
    assert caught.value.message.startswith(f"the reranker {str(tmp_path)!r} could not be loaded: ")
    assert caught.value.hint == f"it is read from {str(tmp_path)!r}"


# --- the command ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project whose documents are in the table; tests only read it."""
    made = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    for name, food in (("fox", "mice"), ("whale", "krill"), ("panda", "bamboo"), ("bee", "nectar")):
        made.write(f"{name}.md", f"# The {name}\n\nThe {name} eats {food}.\n")
    made.ok("ingest", ".")
    return made


def test_search_ranks_anew(library: Project, judge: Path) -> None:
    """The same passages in the reranker's order, with its scores, in every mode and in batch."""
    judged = library.within({"RAGPG_RETRIEVAL_RERANKER": str(judge)})
    for mode in ("hybrid", "dense"):
        command = ("search", QUESTION, "--mode", mode, "--json")
        plain = library.ok(*command).json["hits"]
        hits = judged.ok(*command).json["hits"]
        assert {hit["source"] for hit in hits} == {hit["source"] for hit in plain}
        scores = [hit["score"] for hit in hits]
        assert scores == sorted(scores, reverse=True)
        assert scores != [hit["score"] for hit in plain]
    [line] = judged.ok("search", "--batch", "-", "--json", stdin=QUESTION.encode()).lines
    assert line["hits"] == judged.ok("search", QUESTION, "--json").json["hits"]
    assert line["hits"] == judged.ok("ask", QUESTION, "--json").json["hits"]


def test_the_last_become_the_first(library: Project, judge: Path) -> None:
    """One hit of a reranked search is the best of all candidates, not the first of the search."""
    judged = library.within({"RAGPG_RETRIEVAL_RERANKER": str(judge)})
    everything = judged.ok("search", QUESTION, "--json").json["hits"]
    [first] = judged.ok("search", QUESTION, "-k", "1", "--json").json["hits"]
    assert first == everything[0]


def test_explained(library: Project, judge: Path) -> None:
    """The reranker's score stands beside what the search had found, which stays the same."""
    command = ("search", QUESTION, "--mode", "dense", "--explain", "--json")
    plain = library.ok(*command).json
    judged = library.within({"RAGPG_RETRIEVAL_RERANKER": str(judge)}).ok(*command).json
    assert judged["plan"] == plain["plan"] | {"reranked": len(plain["hits"])}
    before = {hit["source"]: hit["explain"] for hit in plain["hits"]}
    for hit in judged["hits"]:
        assert hit["explain"] == before[hit["source"]] | {"reranker": hit["score"]}


def test_a_wrong_reranker_is_told_at_once(library: Project, tiny: Path) -> None:
    """Wrong configuration: exit code 2."""
    result = library.run("search", QUESTION, "--json", RAGPG_RETRIEVAL_RERANKER=str(tiny))
    assert (result.code, result.json["error"]["type"]) == (2, "configuration")


def test_without_a_reranker_pytorch_is_not_loaded() -> None:
    """Naming the module costs no framework."""
    program = (
        "import sys, ragpg.embedding.reranker; assert not {'torch', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
