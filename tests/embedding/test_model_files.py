"""Finding a model's files, and distinguishing models by them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ragpg.embedding import model_files
from ragpg.embedding.tokenizer import ModelTokenizer
from ragpg.errors import ConfigurationError, ProviderError
from tests.support import tiny_model

if TYPE_CHECKING:
    from pathlib import Path


def test_weights_and_settings_distinguish_models(tmp_path: Path) -> None:
    """Other weights, or another setting, make another fingerprint."""
    first = tiny_model.build(tmp_path / "first", dimension=8)
    second = tiny_model.build(tmp_path / "second", dimension=8, seed=1)
    assert model_files.hash_model(first) != model_files.hash_model(second)
    before = model_files.hash_model(first)
    settings = json.loads((first / "config_sentence_transformers.json").read_text())
    (first / "config_sentence_transformers.json").write_text(json.dumps({**settings, "x": 1}))
    assert model_files.hash_model(first) != before


def test_the_default_model_has_two_names() -> None:
    """The hub's name of the default model means the files that are installed."""
    assert model_files.find_model(
        "sentence-transformers/all-MiniLM-L6-v2"
    ) == model_files.find_model("all-MiniLM-L6-v2")


def test_a_model_that_is_nowhere_is_named(tmp_path: Path) -> None:
    """A model that is neither a directory nor on the hub is quoted."""
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
