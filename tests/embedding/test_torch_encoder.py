"""Embedding with PyTorch: precision, batches, devices and other architectures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragpg.embedding import bert_encoder, model_files
from ragpg.embedding.local import LocalEmbedder
from ragpg.embedding.torch_encoder import TorchEncoder
from ragpg.errors import ProviderError
from tests.support import tiny_model
from tests.support.reference_vectors import TEXTS, encode_exactly, to_unit_length

if TYPE_CHECKING:
    from pathlib import Path


def test_half_precision_changes_no_vector_that_could_be_seen() -> None:
    """In bfloat16 every vector stays within a cosine of 0.999 of the exact one."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    texts = [sentence for text in TEXTS for sentence in (text, f"{text} or not")]
    encoder = TorchEncoder("all-MiniLM-L6-v2", directory, precision="bfloat16")
    assert (to_unit_length(encoder.encode(texts)) * encode_exactly(directory, texts)).sum(
        1
    ).min() >= 0.999


@pytest.mark.parametrize("batch_size", [None, 3])
def test_a_text_has_the_same_vector_whatever_it_is_embedded_with(batch_size: int | None) -> None:
    """Batches are filled up and sorted by length: none of it shows in a vector, nor the order."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    encoder = TorchEncoder("x", directory, precision="float32", batch_size=batch_size)
    texts = ["word " * count for count in (1, 90, 3, 250, 250, 40, 250, 7, 250, 250, 250, 250, 250)]
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(
        to_unit_length(encoder.encode(texts)), to_unit_length(alone), atol=1e-5
    )


def test_a_device_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Whatever PyTorch says about it is one line, with the model."""
    directory = tiny_model.build_bert(tmp_path, pooling="mean", normalise=True)
    with pytest.raises(ProviderError) as absent:
        TorchEncoder("tiny", directory, device="nowhere").encode(TEXTS)
    assert absent.value.message.startswith("the embedding model 'tiny' could not be loaded: ")
    assert "nowhere" in absent.value.message


def test_a_model_with_a_module_after_its_pooling_goes_through_sentence_transformers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """BertEncoder does not support a dense layer; the vectors are right all the same."""
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
