"""Reranking of passages with a cross-encoder of the user's choice."""

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
def reranker_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a cross-encoder with one output."""
    return tiny_model.build_cross_encoder(tmp_path_factory.mktemp("reranker"), labels=1)


def candidate(ordinal: int, similarity: float) -> Candidate:
    """Return a candidate of the dense retriever."""
    chunk = Chunk(ordinal, (), f"text {ordinal}", 0, 4, 1, 1)
    return Candidate("a.md", "A", chunk, in_dense_results=True, cosine=similarity)


def rank_dense(*similarities: float) -> list[RankedChunk]:
    """Return candidates in the order of their similarity."""
    candidates = tuple(candidate(*pair) for pair in enumerate(similarities))
    return retrieval.rank(Candidates(candidates), query_embedding=None, mode=Mode.DENSE)


def ordinals(ranked: list[RankedChunk]) -> list[int]:
    """Return the ordinals of ranked chunks."""
    return [chunk.candidate.chunk.ordinal for chunk in ranked]


# --- the order ------------------------------------------------------------------------------


@given(
    similarities=st.lists(st.floats(-1, 1), max_size=12),
    scores=st.lists(st.floats(-10, 10), max_size=12),
)
def test_the_reranker_orders_what_it_has_scored(
    similarities: list[float], scores: list[float]
) -> None:
    """Scored chunks come first, by score; the others follow in their old order; scores fall."""
    before = rank_dense(*similarities)
    scores = scores[: len(before)]
    after = retrieval.rerank(before, scores)
    reranked = sorted(range(len(scores)), key=lambda place: -scores[place])
    expected = [ordinals(before)[place] for place in reranked] + ordinals(before)[len(scores) :]
    assert ordinals(after) == expected
    falling = [chunk.score for chunk in after]
    assert falling[: len(scores)] == sorted(scores, reverse=True)
    assert all(high >= low for high, low in pairwise(falling))


def test_equal_scores_keep_their_order() -> None:
    """Sorting by the reranker's scores is stable."""
    after = retrieval.rerank(rank_dense(0.1, 0.3, 0.2), [1.0, 1.0, 2.0])
    assert ordinals(after) == [0, 1, 2]


# --- the model ------------------------------------------------------------------------------


def test_scores_are_those_of_the_model(reranker_directory: Path) -> None:
    """One score per passage, as sentence-transformers gives it, whatever else is in the batch."""
    from sentence_transformers import CrossEncoder

    passages = ["krill", "A whale eats krill. " * 60, "", "mice"]
    scores = CrossEncoderReranker.from_name(str(reranker_directory)).score(QUESTION, passages)
    model = CrossEncoder(str(reranker_directory))
    expected = [float(model.predict([(QUESTION, passage)])[0]) for passage in passages]
    assert scores == pytest.approx(expected, abs=1e-5)
    assert len(set(scores)) > 1


def test_without_passages_no_model_is_loaded(tmp_path: Path) -> None:
    """A directory without a model will do."""
    reranker = CrossEncoderReranker(CrossEncoder("reranker", tmp_path, PURPOSE))
    assert reranker.score(QUESTION, []) == []


def test_a_model_that_is_no_reranker_is_refused(tmp_path: Path, tiny: Path) -> None:
    """An embedding model would rank by chance, and several outputs give no order."""
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


def test_a_missing_reranker_is_named() -> None:
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


def test_a_broken_reranker_is_named(reranker_directory: Path, tmp_path: Path) -> None:
    """A model that cannot be loaded is named, with where it was read from."""
    (tmp_path / "config.json").write_bytes((reranker_directory / "config.json").read_bytes())
    broken = CrossEncoderReranker.from_name(str(tmp_path))
    with pytest.raises(ProviderError) as caught:
        broken.score(QUESTION, ["krill"])
    assert caught.value.message.startswith(f"the reranker {str(tmp_path)!r} could not be loaded: ")
    assert caught.value.hint == f"it is read from {str(tmp_path)!r}"


# --- the command ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def animals(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project whose documents are in the table; tests only read it."""
    project = new_project(tmp_path_factory.mktemp("animals"), data_dir=shared_data_dir)
    for name, food in (("fox", "mice"), ("whale", "krill"), ("panda", "bamboo"), ("bee", "nectar")):
        project.write(f"{name}.md", f"# The {name}\n\nThe {name} eats {food}.\n")
    project.ok("ingest", ".")
    return project


def test_search_uses_the_order_of_the_reranker(animals: Project, reranker_directory: Path) -> None:
    """The same passages in the reranker's order, with its scores, in every mode and in batch."""
    reranked = animals.within({"RAGPG_RETRIEVAL_RERANKER": str(reranker_directory)})
    for mode in ("hybrid", "dense"):
        command = ("search", QUESTION, "--mode", mode, "--json")
        plain = animals.ok(*command).json["hits"]
        hits = reranked.ok(*command).json["hits"]
        assert {hit["source"] for hit in hits} == {hit["source"] for hit in plain}
        scores = [hit["score"] for hit in hits]
        assert scores == sorted(scores, reverse=True)
        assert scores != [hit["score"] for hit in plain]
    [line] = reranked.ok("search", "--batch", "-", "--json", stdin=QUESTION.encode()).lines
    assert line["hits"] == reranked.ok("search", QUESTION, "--json").json["hits"]
    assert line["hits"] == reranked.ok("ask", QUESTION, "--json").json["hits"]


def test_all_candidates_are_reranked(animals: Project, reranker_directory: Path) -> None:
    """One hit of a reranked search is the best of all candidates, not the first of the search."""
    reranked = animals.within({"RAGPG_RETRIEVAL_RERANKER": str(reranker_directory)})
    everything = reranked.ok("search", QUESTION, "--json").json["hits"]
    [first] = reranked.ok("search", QUESTION, "-k", "1", "--json").json["hits"]
    assert first == everything[0]


def test_explain_shows_the_score_of_the_reranker(
    animals: Project, reranker_directory: Path
) -> None:
    """The reranker's score is added; the other parts of the explanation stay the same."""
    command = ("search", QUESTION, "--mode", "dense", "--explain", "--json")
    plain = animals.ok(*command).json
    reranked = (
        animals.within({"RAGPG_RETRIEVAL_RERANKER": str(reranker_directory)}).ok(*command).json
    )
    assert reranked["plan"] == plain["plan"] | {"reranked": len(plain["hits"])}
    before = {hit["source"]: hit["explain"] for hit in plain["hits"]}
    for hit in reranked["hits"]:
        assert hit["explain"] == before[hit["source"]] | {"reranker": hit["score"]}


def test_a_wrong_reranker_is_a_configuration_error(animals: Project, tiny: Path) -> None:
    """Wrong configuration: exit code 2."""
    result = animals.run("search", QUESTION, "--json", RAGPG_RETRIEVAL_RERANKER=str(tiny))
    assert (result.code, result.json["error"]["type"]) == (2, "configuration")


def test_without_a_reranker_pytorch_is_not_loaded() -> None:
    """Importing the module imports neither PyTorch nor numpy."""
    program = (
        "import sys, ragpg.embedding.reranker; assert not {'torch', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
