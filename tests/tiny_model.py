"""Embedding models of a few kilobytes, made on the spot: real ones that have learnt nothing."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CHARACTERS = string.ascii_lowercase + string.digits + string.punctuation
WIDTH = 32
WINDOW = 256


def build(directory: Path, *, dimension: int, seed: int = 0) -> Path:
    """Make a model whose vectors are that long; another seed makes another model."""
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.manual_seed(seed)
    pieces = (*SPECIAL, *CHARACTERS, *(f"##{character}" for character in CHARACTERS))
    bert = transformers.BertConfig(
        vocab_size=len(pieces),
        hidden_size=WIDTH,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=WIDTH,
        max_position_embeddings=WINDOW,
    )
    transformers.BertModel(bert).save_pretrained(directory / "bert")
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = transformers.BertTokenizerFast(vocab=vocabulary, model_max_length=WINDOW)
    tokenizer.save_pretrained(directory / "bert")
    modules = [
        Transformer(str(directory / "bert")),
        Pooling(WIDTH),
        Dense(WIDTH, dimension, bias=False),
    ]
    SentenceTransformer(modules=modules).save(str(directory / "model"))
    return directory / "model"
