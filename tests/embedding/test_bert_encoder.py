"""BERT models: the same vectors from each engine and from sentence-transformers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragpg.embedding import bert_encoder, bert_numpy, model_files
from ragpg.embedding.bert_encoder import BertEncoder
from ragpg.embedding.bert_numpy import NumpyBert
from ragpg.embedding.bert_openvino import OpenVinoBert
from ragpg.embedding.tokenizer import ModelTokenizer
from tests.support import tiny_model
from tests.support.reference_vectors import TEXTS, encode_exactly, to_unit_length

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("normalise", [True, False], ids=["normalised", "raw"])
@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
def test_all_engines_give_the_vectors_of_sentence_transformers(
    tmp_path: Path,
    pooling: str,
    normalise: bool,
) -> None:
    """Every way to pool, with and without normalising, agrees to 1e-5, in each engine."""
    from ragpg.embedding.bert_torch import TorchBert  # imports PyTorch

    directory = tiny_model.build_bert(tmp_path, pooling=pooling, normalise=normalise)
    assert bert_encoder.is_supported(directory)
    expected = encode_exactly(directory, TEXTS)
    for layers in (
        NumpyBert(directory),
        OpenVinoBert(directory),
        TorchBert(directory, device="cpu", precision="float32"),
    ):
        encoder = BertEncoder(directory, layers)
        np.testing.assert_allclose(to_unit_length(encoder.encode(TEXTS)), expected, atol=1e-5)


def test_the_default_model_agrees_on_a_passage_that_fills_its_window() -> None:
    """250 tokens, more than the tokenizer's file would let through, count in both encoders."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    passage = "leave " * 250
    assert ModelTokenizer(directory).counts([passage]) == [250]
    texts = [passage, "leave " * 120]
    vectors = to_unit_length(BertEncoder(directory).encode(texts))
    np.testing.assert_allclose(vectors, encode_exactly(directory, texts), atol=1e-5)
    assert not np.allclose(vectors[0], vectors[1], atol=1e-4)


def test_few_texts_are_divided_among_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each core gets as many, but one alone what is too short to be divided."""
    monkeypatch.setattr(bert_numpy, "count_cores", lambda: 2)
    layers = NumpyBert(model_files.find_default_model())
    sequences = [[101, *[2681] * length, 102] for length in (30, 20, 10)]
    done: list[int] = []
    together = layers.encode(sequences, report=done.append)
    assert done == [2, 1]
    for states, sequence in zip(together, sequences, strict=True):
        [alone] = layers.encode([sequence], report=done.append)
        np.testing.assert_allclose(states, alone, atol=1e-5)
    assert done == [2, 1, 1, 1, 1]
