"""Models of a few kilobytes that transformers builds: real architectures with random weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.tiny_bert import PIECES, WINDOW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WIDTH = 32


def build(directory: Path, *, dimension: int, seed: int = 0) -> Path:
    """Build an embedding model with vectors of a dimension; another seed makes another model."""
    pytest.importorskip("sentence_transformers")
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer

    settings = prepare(directory / "bert", seed=seed)
    transformers.BertModel(settings).save_pretrained(directory / "bert")
    modules = [
        Transformer(str(directory / "bert")),
        Pooling(WIDTH),
        Dense(WIDTH, dimension, bias=False),
    ]
    SentenceTransformer(modules=modules).save(str(directory / "model"))
    return directory / "model"


def build_bert(directory: Path, *, pooling: str, normalise: bool) -> Path:
    """Build a BERT with a kind of pooling, which may be followed by normalising."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    build(directory, dimension=8)
    modules: list[Any] = [
        Transformer(str(directory / "bert")),
        Pooling(WIDTH, pooling_mode=pooling),
    ]
    if normalise:
        modules.append(Normalize())
    SentenceTransformer(modules=modules).save(str(directory / pooling))
    return directory / pooling


def build_cross_encoder(
    directory: Path,
    *,
    labels: int,
    seed: int = 0,
    names: Sequence[str] = (),
    always: int | None = None,
) -> Path:
    """Build a cross-encoder with a number of outputs, which may have names.

    With `always` it prefers the output of that index for all pairs.
    """
    import torch
    import transformers

    settings = prepare(directory / "cross-encoder", seed=seed)
    settings.num_labels = labels
    settings.initializer_range = 1.0  # with the usual 0.02 all pairs get nearly the same scores
    if names:
        settings.id2label = dict(enumerate(names))
    network = transformers.BertForSequenceClassification(settings)
    if always is not None:
        with torch.no_grad():
            network.classifier.weight.zero_()
            network.classifier.bias[always] = 10.0
    network.save_pretrained(directory / "cross-encoder")
    return directory / "cross-encoder"


def prepare(directory: Path, *, seed: int) -> Any:
    """Save a tokenizer of single characters, and return the settings of a BERT for it."""
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.manual_seed(seed)
    vocabulary = {piece: number for number, piece in enumerate(PIECES)}
    tokenizer = transformers.BertTokenizerFast(vocab=vocabulary, model_max_length=WINDOW)
    tokenizer.save_pretrained(directory)
    return transformers.BertConfig(
        vocab_size=len(PIECES),
        hidden_size=WIDTH,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=WIDTH,
        max_position_embeddings=WINDOW,
    )
