"""The embedder on this machine: when PyTorch is needed, prompts, dimensions, fingerprints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragpg.embedding import model_files
from ragpg.embedding.local import MAX_TEXTS_IN_NUMPY, LocalEmbedder
from ragpg.embedding.torch_encoder import TorchEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.types import Vectors


class Unloadable:
    """Takes the place of PyTorch in a test in which it must not be loaded."""

    name = "unloadable"
    is_loaded = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Fail."""
        raise AssertionError(len(texts))


def test_few_texts_need_no_pytorch_and_many_do() -> None:
    """Up to a number of texts numpy is faster than importing PyTorch."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    embedder = LocalEmbedder(directory, Unloadable())  # type: ignore[arg-type] # it must stay unused
    assert embedder.embed_query("leave").vector.shape == (384,)
    assert embedder.embed_passages(["leave"] * MAX_TEXTS_IN_NUMPY).shape == (
        MAX_TEXTS_IN_NUMPY,
        384,
    )
    with pytest.raises(AssertionError):
        embedder.embed_passages(["leave"] * (MAX_TEXTS_IN_NUMPY + 1))


def test_prompts_and_dimensions_change_vectors_and_fingerprint() -> None:
    """A setting that changes vectors changes the fingerprint; nothing else does."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    encoder = TorchEncoder("all-MiniLM-L6-v2", directory)
    plain = LocalEmbedder(directory, encoder)
    prompted = LocalEmbedder(directory, encoder, query_prompt="query: ")
    cut = LocalEmbedder(directory, encoder, dimensions=64)
    fingerprints = [embedder.model.fingerprint for embedder in (plain, prompted, cut)]
    assert len(set(fingerprints)) == 3
    assert LocalEmbedder(directory, encoder).model == plain.model
    vectors = [embedder.embed_query("leave").vector for embedder in (plain, prompted)]
    assert not np.allclose(vectors[0], vectors[1], atol=1e-3)
    assert cut.model.dimension == 64
    whole, part = vectors[0][:64], cut.embed_query("leave").vector
    np.testing.assert_allclose(part, whole / np.linalg.norm(whole), atol=1e-6)
