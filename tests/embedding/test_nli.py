"""An NLI cross-encoder of the user's choice has a say in the check of claims."""

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
def library(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with a document in the table; tests only read it."""
    made = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    made.write("boats.md", BOATS)
    made.ok("ingest", ".")
    return made


def judge(directory: Path, *, always: str) -> str:
    """Make a model that finds the same of every claim."""
    made = tiny_model.build_cross_encoder(
        directory, labels=3, names=NAMES, always=NAMES.index(always)
    )
    return str(made)


def verdict(project: Project, claim: str, **environment: str) -> tuple[str, str | None]:
    """The verdict on a claim, and why."""
    result = project.run("verify", "-", "--json", stdin=claim.encode(), **environment)
    assert result.err == ""
    [found] = result.json["claims"]
    assert result.code == (0 if found["verdict"] == "supported" else 4)
    return found["verdict"], found["why"]


def test_opinions_are_those_of_the_model(tmp_path: Path) -> None:
    """The shares of entailment and contradiction, whatever else is judged along."""
    from sentence_transformers import CrossEncoder

    directory = tiny_model.build_cross_encoder(tmp_path, labels=3, names=NAMES)
    passages = ["krill", "A whale eats krill. " * 60, "krill", "mice"]
    opinions = CrossEncoderNli.from_name(str(directory)).predict(TRUE, passages)
    model = CrossEncoder(str(directory))
    for passage, opinion in zip(passages, opinions, strict=True):
        shares = model.predict([(passage, TRUE)], apply_softmax=True)[0].tolist()
        assert opinion == pytest.approx((shares[1], shares[0]), abs=1e-5)
    assert len(set(opinions)) == 3


def test_what_has_no_figure_for_entailment(tmp_path: Path) -> None:
    """A reranker, or labels without names, would judge by chance."""
    directory = tiny_model.build_cross_encoder(tmp_path, labels=3)
    with pytest.raises(ConfigurationError) as caught:
        CrossEncoderNli.from_name(str(directory))
    assert caught.value.message == (
        f"verify.model: {str(directory)!r} has no figure for entailment, "
        "but label_0, label_1, label_2"
    )
    assert "nli" in (caught.value.hint or "")


def test_a_model_vouches_for_other_words_but_not_for_a_wrong_figure(
    library: Project, tmp_path: Path
) -> None:
    """What misses words is supported when the model is sure; what contradicts is not."""
    sure = {"RAGPG_VERIFY_MODEL": judge(tmp_path, always="entailment")}
    assert verdict(library, PARAPHRASED)[0] == "unsupported"
    assert verdict(library, PARAPHRASED, **sure) == ("supported", None)
    assert verdict(library, TRUE, **sure) == ("supported", None)
    assert verdict(library, WRONG, **sure) == verdict(library, WRONG)


def test_a_model_objects(library: Project, tmp_path: Path) -> None:
    """What it is sure to be contradicted has no support, in verify and in a model's answer."""
    objecting = {"RAGPG_VERIFY_MODEL": judge(tmp_path, always="contradiction")}
    why = "[1] contradicts it, as the model in [verify] reads it"
    assert verdict(library, TRUE, **objecting) == ("unsupported", why)
    environment = {"OPENAI_API_KEY": "sk-test", "RAGPG_LLM_MODEL": "openai/test", **objecting}
    with Provider() as provider:
        provider.replies[:] = [Reply(f"{TRUE[:-1]} [1].")]
        asking = library.within({**environment, "RAGPG_LLM_API_BASE": provider.url})
        result = asking.run("ask", "How many masts has a schooner?", "--json", "--strict")
    [claim] = result.json["claims"]
    assert (result.code, claim["verdict"], claim["why"]) == (4, "unsupported", why)


def test_a_model_without_an_opinion_changes_no_verdict(library: Project, tmp_path: Path) -> None:
    """Neutral is no opinion."""
    neutral = {"RAGPG_VERIFY_MODEL": judge(tmp_path, always="neutral")}
    for claim in (TRUE, PARAPHRASED, WRONG):
        assert verdict(library, claim, **neutral) == verdict(library, claim)


def test_a_model_that_fails_is_told_before_anything_is_asked(
    library: Project, tmp_path: Path
) -> None:
    """A model without its weights ends with 1, and the provider hears nothing."""
    directory = tiny_model.build_cross_encoder(tmp_path, labels=3, names=NAMES)
    (directory / "model.safetensors").unlink()
    environment = {"OPENAI_API_KEY": "sk-test", "RAGPG_LLM_MODEL": "openai/test"}
    with Provider() as provider:
        environment |= {"RAGPG_LLM_API_BASE": provider.url, "RAGPG_VERIFY_MODEL": str(directory)}
        result = library.within(environment).run("ask", "How many masts has a schooner?")
        assert provider.requests == []
    assert (result.code, result.out) == (1, "")
    assert f"the NLI model {str(directory)!r} could not be loaded" in result.err


def test_a_passage_that_the_claim_does_not_rest_on_cannot_contradict_it() -> None:
    """What one passage says word by word is not undone by another one that is misread."""
    first = Hit(1, "a.md", "A", (), 0, 9, 1, 1, "A schooner has two masts.", 1.0)
    second = Hit(2, "b.md", "B", (), 0, 9, 1, 1, "A sloop is another ship, with one.", 1.0)
    opinions = {first.text: NliScores(0.1, 0.1), second.text: NliScores(0.0, 0.95)}

    def judge(_: str, passages: Sequence[str]) -> list[NliScores]:
        return [opinions[text] for text in passages]

    (claim,) = claims.check_text("A schooner has two masts [1][2].", [first, second], judge)
    assert (claim.verdict, claim.supported_by) == (Verdict.SUPPORTED, (1,))
    opinions[first.text] = NliScores(0.0, 0.95)
    (claim,) = claims.check_text("A schooner has two masts [1][2].", [first, second], judge)
    assert claim.why == "[1] contradicts it, as the model in [verify] reads it"
