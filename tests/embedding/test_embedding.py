"""Vectors: the same with PyTorch and without, for every model that both can run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ragpg.embedding import bert_encoder, model_files
from ragpg.embedding.bert_torch import TorchBert
from ragpg.embedding.local import MAX_TEXTS_IN_NUMPY, LocalEmbedder
from ragpg.embedding.sentence_transformer import SentenceTransformerEncoder
from ragpg.embedding.tokenizer import ModelTokenizer
from ragpg.embedding.torch_encoder import TorchEncoder
from ragpg.errors import ConfigurationError, ProviderError
from tests.support import tiny_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ragpg.types import Vectors

TEXTS = [
    "leave",
    "Can I encash leave at year end?",
    "Ünïcödé, 漢字 and emoji 🙂",
    "many words " * 200,
    "",
]


def bert(directory: Path, *, pooling: str, normalise: bool) -> Path:
    """Make a tiny BERT that pools in a given way."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    tiny_model.build(directory, dimension=8)
    modules: list[Any] = [
        Transformer(str(directory / "bert")),
        Pooling(tiny_model.WIDTH, pooling_mode=pooling),
    ]
    if normalise:
        modules.append(Normalize())
    SentenceTransformer(modules=modules).save(str(directory / pooling))
    return directory / pooling


def reference(directory: Path, texts: Sequence[str]) -> Vectors:
    """What sentence-transformers makes of texts."""
    exact = SentenceTransformerEncoder(directory, device="cpu", precision="float32")
    return unit(exact.encode(texts))


def unit(vectors: Vectors) -> Vectors:
    """Bring rows to unit length."""
    scaled: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


@pytest.mark.parametrize("normalise", [True, False], ids=["normalised", "raw"])
@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
def test_both_of_our_own_encoders_give_the_vectors_of_sentence_transformers(
    tmp_path: Path,
    pooling: str,
    normalise: bool,
) -> None:
    """Every way to pool, with and without normalising, agrees to 1e-5, in numpy and PyTorch."""
    directory = bert(tmp_path, pooling=pooling, normalise=normalise)
    assert bert_encoder.is_supported(directory)
    expected = reference(directory, TEXTS)
    network = TorchBert(directory, device="cpu", precision="float32")
    for encoder in (
        bert_encoder.BertEncoder(directory),
        bert_encoder.BertEncoder(directory, network),
    ):
        np.testing.assert_allclose(unit(encoder.encode(TEXTS)), expected, atol=1e-5)


def test_the_default_model_agrees_on_a_passage_that_fills_its_window() -> None:
    """250 tokens, more than the tokenizer's file would let through, count in both encoders."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    passage = "leave " * 250
    assert ModelTokenizer(directory).counts([passage]) == [250]
    texts = [passage, "leave " * 120]
    vectors = unit(bert_encoder.BertEncoder(directory).encode(texts))
    np.testing.assert_allclose(vectors, reference(directory, texts), atol=1e-5)
    assert not np.allclose(vectors[0], vectors[1], atol=1e-4)


def test_half_precision_changes_no_vector_that_could_be_seen() -> None:
    """In bfloat16 every vector stays within a cosine of 0.999 of the exact one."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    texts = [sentence for text in TEXTS for sentence in (text, f"{text} or not")]
    rough = TorchEncoder("all-MiniLM-L6-v2", directory, precision="bfloat16")
    assert (unit(rough.encode(texts)) * reference(directory, texts)).sum(1).min() >= 0.999


@pytest.mark.parametrize("batch_size", [None, 3])
def test_a_text_has_the_same_vector_whatever_it_is_embedded_with(batch_size: int | None) -> None:
    """Batches are filled up and sorted by length: none of it shows in a vector, nor the order."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    bulk = TorchEncoder("x", directory, precision="float32", batch_size=batch_size)
    texts = ["word " * count for count in (1, 90, 3, 250, 250, 40, 250, 7, 250, 250, 250, 250, 250)]
    alone = np.concatenate([bulk.encode([text]) for text in texts])
    np.testing.assert_allclose(unit(bulk.encode(texts)), unit(alone), atol=1e-5)


def test_a_device_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Whatever PyTorch says about it is one line, with the model."""
    directory = bert(tmp_path, pooling="mean", normalise=True)
    with pytest.raises(ProviderError) as absent:
        TorchEncoder("tiny", directory, device="nowhere").encode(TEXTS)
    assert absent.value.message.startswith("the embedding model 'tiny' could not be loaded: ")
    assert "nowhere" in absent.value.message


def test_a_model_with_more_behind_its_pooling_goes_through_sentence_transformers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A dense layer is no business of the quick encoder: the vectors are right all the same."""
    directory = tiny_model.build(tmp_path, dimension=8)
    assert not bert_encoder.is_supported(directory)
    embedder = LocalEmbedder(directory, TorchEncoder("tiny", directory))
    assert embedder.model.dimension == 8
    with caplog.at_level("INFO", logger="ragpg"):
        vectors = embedder.embed_passages(TEXTS)
    [message] = caplog.messages
    assert message == (
        "loading the embedding model tiny with sentence-transformers, which takes some seconds: "
        "its architecture is not BERT's"
    )
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


class Refused:
    """Stands where PyTorch would be, in a test in which it must not be loaded."""

    name = "refused"
    is_loaded = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Fail."""
        raise AssertionError(len(texts))


def test_few_texts_need_no_pytorch_and_many_do() -> None:
    """Up to a certain number texts are embedded at once; beyond it PyTorch pays."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    embedder = LocalEmbedder(directory, Refused())  # type: ignore[arg-type] # it must stay unused
    assert embedder.embed_query("leave").vector.shape == (384,)
    assert embedder.embed_passages(["leave"] * MAX_TEXTS_IN_NUMPY).shape == (
        MAX_TEXTS_IN_NUMPY,
        384,
    )
    with pytest.raises(AssertionError):
        embedder.embed_passages(["leave"] * (MAX_TEXTS_IN_NUMPY + 1))


def test_prompts_and_dimensions_change_vectors_and_fingerprint() -> None:
    """What changes a vector changes the fingerprint, and nothing else does."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    bulk = TorchEncoder("all-MiniLM-L6-v2", directory)
    plain = LocalEmbedder(directory, bulk)
    prompted = LocalEmbedder(directory, bulk, query_prompt="query: ")
    cut = LocalEmbedder(directory, bulk, dimensions=64)
    fingerprints = [embedder.model.fingerprint for embedder in (plain, prompted, cut)]
    assert len(set(fingerprints)) == 3
    assert LocalEmbedder(directory, bulk).model == plain.model
    vectors = [embedder.embed_query("leave").vector for embedder in (plain, prompted)]
    assert not np.allclose(vectors[0], vectors[1], atol=1e-3)
    assert cut.model.dimension == 64
    whole, part = vectors[0][:64], cut.embed_query("leave").vector
    np.testing.assert_allclose(part, whole / np.linalg.norm(whole), atol=1e-6)


def test_weights_and_settings_tell_models_apart(tmp_path: Path) -> None:
    """Other weights, or another setting, make another fingerprint."""
    first = tiny_model.build(tmp_path / "first", dimension=8)
    second = tiny_model.build(tmp_path / "second", dimension=8, seed=1)
    assert model_files.hash_model(first) != model_files.hash_model(second)
    before = model_files.hash_model(first)
    settings = json.loads((first / "config_sentence_transformers.json").read_text())
    (first / "config_sentence_transformers.json").write_text(json.dumps({**settings, "x": 1}))
    assert model_files.hash_model(first) != before


def test_the_embedded_model_has_two_names() -> None:
    """The hub's name of the default model means the files that are installed."""
    assert model_files.find_model(
        "sentence-transformers/all-MiniLM-L6-v2"
    ) == model_files.find_model("all-MiniLM-L6-v2")


def test_a_model_that_is_nowhere_is_named(tmp_path: Path) -> None:
    """What is neither a directory nor on the hub is quoted, with what to do."""
    with pytest.raises(ProviderError) as absent:
        model_files.find_model("nobody/has-this-model")
    assert absent.value.message == (
        "the embedding model 'nobody/has-this-model' is no directory "
        "and could not be fetched from the hub"
    )
    with pytest.raises(ConfigurationError) as malformed:
        model_files.find_model("not a/model's/name")
    assert malformed.value.message == (
        "embedding.model: \"not a/model's/name\" is neither a directory nor a model's name"
    )
    with pytest.raises(ConfigurationError) as empty:
        ModelTokenizer(tmp_path)
    assert empty.value.message == f"the embedding model in '{tmp_path}' has no tokenizer.json"
