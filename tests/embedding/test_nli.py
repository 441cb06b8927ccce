"""The check of claims with an NLI cross-encoder of the user's choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg import claims
from ragpg.embedding.nli import CrossEncoderNli
from ragpg.errors import ConfigurationError
from ragpg.types import Hit, NliScores, Verdict
from tests.support import tiny_model
from tests.support.command_line import Project, new_project
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAMES = ("contradiction", "entailment", "neutral")
BOATS = "# Boats\n\nA schooner has two masts. A sloop has one mast.\n"
TRUE, PARAPHRASED, WRONG = (
    "A schooner has two masts.",
    "A schooner carries a pair of poles for hoisting canvas.",
    "A schooner has three masts.",
)


@pytest.fixture(scope="module")
def boats(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with a document in the table; tests only read it."""
    project = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    project.write("boats.md", BOATS)
    project.ok("ingest", ".")
    return project


def build_nli_model(directory: Path, *, always: str) -> str:
    """Build a model that has one prediction for all claims."""
    index = NAMES.index(always)
    return str(tiny_model.build_cross_encoder(directory, labels=3, names=NAMES, always=index))


def check(project: Project, claim: str, **environment: str) -> tuple[str, str | None]:
    """Return the verdict on a claim, and the reason."""
    result = project.run("verify", "-", "--json", stdin=claim.encode(), **environment)
    assert result.err == ""
    [claim_result] = result.json["claims"]
    assert result.code == (0 if claim_result["verdict"] == "supported" else 4)
    return claim_result["verdict"], claim_result["why"]


def test_scores_are_those_of_the_model(tmp_path: Path) -> None:
    """The probabilities are those of sentence-transformers, whatever else is in the batch."""
    from sentence_transformers import CrossEncoder

    directory = tiny_model.build_cross_encoder(tmp_path, labels=3, names=NAMES)
    passages = ["krill", "A whale eats krill. " * 60, "krill", "mice"]
    scores = CrossEncoderNli.from_name(str(directory)).predict(TRUE, passages)
    model = CrossEncoder(str(directory))
    for passage, score in zip(passages, scores, strict=True):
        expected = model.predict([(passage, TRUE)], apply_softmax=True)[0].tolist()
        assert score == pytest.approx((expected[1], expected[0]), abs=1e-5)
    assert len(set(scores)) == 3


def test_a_model_without_an_output_for_entailment_is_refused(tmp_path: Path) -> None:
    """The predictions of a reranker, or of outputs without names, would be meaningless."""
    directory = tiny_model.build_cross_encoder(tmp_path, labels=3)
    with pytest.raises(ConfigurationError) as caught:
        CrossEncoderNli.from_name(str(directory))
    assert caught.value.message == (
        f"verify.model: {str(directory)!r} has no figure for entailment, "
        "but label_0, label_1, label_2"
    )
    assert "nli" in (caught.value.hint or "")


def test_a_model_supports_a_paraphrase_but_no_wrong_number(boats: Project, tmp_path: Path) -> None:
    """What misses words is supported when the model is sure; what contradicts is not."""
    sure = {"RAGPG_VERIFY_MODEL": build_nli_model(tmp_path, always="entailment")}
    assert check(boats, PARAPHRASED)[0] == "unsupported"
    assert check(boats, PARAPHRASED, **sure) == ("supported", None)
    assert check(boats, TRUE, **sure) == ("supported", None)
    assert check(boats, WRONG, **sure) == check(boats, WRONG)


def test_a_model_contradicts(boats: Project, tmp_path: Path) -> None:
    """What it is sure to be contradicted has no support, in verify and in a model's answer."""
    contradicting = {"RAGPG_VERIFY_MODEL": build_nli_model(tmp_path, always="contradiction")}
    why = "[1] contradicts it, as the model in [verify] reads it"
    assert check(boats, TRUE, **contradicting) == ("unsupported", why)
    environment = {"OPENAI_API_KEY": "sk-test", "RAGPG_LLM_MODEL": "openai/test", **contradicting}
    with Provider() as provider:
        provider.replies[:] = [Reply(f"{TRUE[:-1]} [1].")]
        asking = boats.within({**environment, "RAGPG_LLM_API_BASE": provider.url})
        result = asking.run("ask", "How many masts has a schooner?", "--json", "--strict")
    [claim] = result.json["claims"]
    assert (result.code, claim["verdict"], claim["why"]) == (4, "unsupported", why)


def test_a_neutral_model_changes_no_verdict(boats: Project, tmp_path: Path) -> None:
    """Neither entailment nor contradiction leaves all verdicts as they are."""
    neutral = {"RAGPG_VERIFY_MODEL": build_nli_model(tmp_path, always="neutral")}
    for claim in (TRUE, PARAPHRASED, WRONG):
        assert check(boats, claim, **neutral) == check(boats, claim)


def test_a_model_that_fails_is_reported_before_a_request(boats: Project, tmp_path: Path) -> None:
    """A model without its weights ends with 1, and nothing is sent to the provider."""
    directory = tiny_model.build_cross_encoder(tmp_path, labels=3, names=NAMES)
    (directory / "model.safetensors").unlink()
    environment = {"OPENAI_API_KEY": "sk-test", "RAGPG_LLM_MODEL": "openai/test"}
    with Provider() as provider:
        environment |= {"RAGPG_LLM_API_BASE": provider.url, "RAGPG_VERIFY_MODEL": str(directory)}
        result = boats.within(environment).run("ask", "How many masts has a schooner?")
        assert provider.requests == []
    assert (result.code, result.out) == (1, "")
    assert f"the NLI model {str(directory)!r} could not be loaded" in result.err


def test_a_passage_that_the_claim_does_not_rest_on_cannot_contradict_it() -> None:
    """What one passage says word by word is not undone by another one that is misread."""
    first = Hit(1, "a.md", "A", (), 0, 9, 1, 1, "A schooner has two masts.", 1.0)
    second = Hit(2, "b.md", "B", (), 0, 9, 1, 1, "A sloop is another ship, with one.", 1.0)
    scores = {first.text: NliScores(0.1, 0.1), second.text: NliScores(0.0, 0.95)}

    def predict(_: str, passages: Sequence[str]) -> list[NliScores]:
        return [scores[text] for text in passages]

    (claim,) = claims.check_text("A schooner has two masts [1][2].", [first, second], predict)
    assert (claim.verdict, claim.supported_by) == (Verdict.SUPPORTED, (1,))
    scores[first.text] = NliScores(0.0, 0.95)
    (claim,) = claims.check_text("A schooner has two masts [1][2].", [first, second], predict)
    assert claim.why == "[1] contradicts it, as the model in [verify] reads it"
