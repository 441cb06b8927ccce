"""Embedding many texts: engines, precision, batches, devices and other architectures."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragpg.embedding import bert_encoder, model_files
from ragpg.embedding.bert_encoder import BertEncoder
from ragpg.embedding.bulk_encoder import BulkEncoder
from ragpg.embedding.engine import Engine
from ragpg.embedding.local import WORD_PROJECTION, LocalEmbedder
from ragpg.embedding.word_vectors import Projection
from ragpg.errors import ProviderError
from tests.support import tiny_model
from tests.support.reference_vectors import TEXTS, encode_exactly, to_unit_length

if TYPE_CHECKING:
    from ragpg.types import Vector, Vectors

ENGINES = [engine for engine in Engine if find_spec(engine)]
"""The engines that are installed."""


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine is not Engine.NUMPY])
def test_half_precision_changes_no_vector_that_could_be_seen(engine: Engine) -> None:
    """In bfloat16 every vector stays within a cosine of 0.999 of the exact one."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    texts = [sentence for text in TEXTS for sentence in (text, f"{text} or not")]
    encoder = BulkEncoder("all-MiniLM-L6-v2", directory, engine=engine, precision="bfloat16")
    assert (to_unit_length(encoder.encode(texts)) * encode_exactly(directory, texts)).sum(
        1
    ).min() >= 0.999


@pytest.mark.parametrize(
    ("engine", "batch_size"),
    [
        *((engine, None) for engine in ENGINES),
        *((engine, 3) for engine in ENGINES if engine is not Engine.NUMPY),  # which has its own
    ],
)
def test_a_text_has_the_same_vector_whatever_it_is_embedded_with(
    engine: Engine, batch_size: int | None
) -> None:
    """Batches are filled up and sorted by length: none of it shows in a vector, nor the order."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    encoder = BulkEncoder("x", directory, engine=engine, precision="float32", batch_size=batch_size)
    texts = ["word " * count for count in (1, 90, 3, 250, 250, 40, 250, 7, 250, 250, 250, 250, 250)]
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(
        to_unit_length(encoder.encode(texts)), to_unit_length(alone), atol=1e-5
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_agree_on_passages_of_all_lengths(engine: Engine) -> None:
    """Each vector has a cosine of 0.99999 to numpy's, and each word's; the fingerprint is one."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    words = (Path(__file__).parents[2] / "leave_policy.md").read_text("utf-8").split()
    texts = ["", "leave", *(" ".join(words[:count]) for count in (5, 17, 60, 110, 180, 400))]
    projection = Projection.load(WORD_PROJECTION)
    expected = BertEncoder(directory).encode_with_words(texts, projection)
    encoder = BulkEncoder("all-MiniLM-L6-v2", directory, engine=engine, precision="float32")
    vectors, words_of_texts = encoder.encode_with_words(texts, projection)
    assert cosines(vectors, expected[0]).min() >= 0.99999
    for found, exact in zip(words_of_texts, expected[1], strict=True):
        assert found.words == exact.words
        assert not exact.words or cosines(found.vectors, exact.vectors).min() >= 0.99999
    fingerprint = LocalEmbedder(directory, encoder).model.fingerprint
    assert fingerprint == LocalEmbedder(directory, BulkEncoder("x", directory)).model.fingerprint


def cosines(found: Vectors, expected: Vectors) -> Vector:
    """The cosines of pairs of rows."""
    result: Vector = (to_unit_length(found) * to_unit_length(expected)).sum(axis=1)
    return result


def test_a_device_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Whatever PyTorch says about it is one line, with the model."""
    directory = tiny_model.build_bert(tmp_path, pooling="mean", normalise=True)
    with pytest.raises(ProviderError) as absent:
        BulkEncoder("tiny", directory, device="nowhere").encode(TEXTS)
    assert absent.value.message.startswith("the embedding model 'tiny' could not be loaded: ")
    assert "nowhere" in absent.value.message


def test_a_model_with_a_module_after_its_pooling_goes_through_sentence_transformers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """BertEncoder does not support a dense layer; the vectors are right all the same."""
    directory = tiny_model.build(tmp_path, dimension=8)
    assert not bert_encoder.is_supported(directory)
    embedder = LocalEmbedder(directory, BulkEncoder("tiny", directory))
    assert embedder.model.dimension == 8
    with caplog.at_level("INFO", logger="ragpg"):
        vectors = embedder.embed_passages(TEXTS)
    [message] = caplog.messages
    assert message == (
        "loading the embedding model tiny with sentence-transformers, which takes some seconds: "
        "its architecture is not BERT's"
    )
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
