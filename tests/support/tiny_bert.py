"""A BERT of a few kilobytes with random weights, written without PyTorch and computed in numpy."""

from __future__ import annotations

import json
import string
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.types import Vectors

WINDOW = 256
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CHARACTERS = string.ascii_lowercase + string.digits + string.punctuation
PIECES = (*SPECIAL, *CHARACTERS, *(f"##{character}" for character in CHARACTERS))
MODULES = ("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")


def build(directory: Path, *, dimension: int, seed: int = 0) -> Path:
    """Build an embedding model with vectors of a dimension; another seed makes another model."""
    files = {
        "config.json": {
            "model_type": "bert",
            "architectures": ["BertModel"],
            "hidden_act": "gelu",
            "hidden_size": dimension,
            "intermediate_size": dimension,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": WINDOW,
            "num_attention_heads": 1,
            "num_hidden_layers": 1,
            "type_vocab_size": 2,
            "vocab_size": len(PIECES),
        },
        "modules.json": [
            {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for n, (path, kind) in enumerate(MODULES)
        ],
        "sentence_bert_config.json": {"max_seq_length": WINDOW, "do_lower_case": False},
        "tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "model_max_length": WINDOW},
        "tokenizer.json": describe_tokenizer(),
        "1_Pooling/config.json": {
            "word_embedding_dimension": dimension,
            "pooling_mode_mean_tokens": True,
        },
    }
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    write_safetensors(directory / "model.safetensors", make_weights(dimension, seed))
    return directory


def add_dense(directory: Path, *, dimension: int) -> Path:
    """Let a layer follow that ragpg itself does not know: sentence-transformers, and PyTorch."""
    modules = json.loads((directory / "modules.json").read_text())
    width = json.loads((directory / "config.json").read_text())["hidden_size"]
    kind = "sentence_transformers.models.Dense"
    modules[-1] = {"idx": len(modules) - 1, "name": "2", "path": "2_Dense", "type": kind}
    identity = "torch.nn.modules.linear.Identity"
    settings = {"in_features": width, "out_features": dimension, "activation_function": identity}
    (directory / "modules.json").write_text(json.dumps(modules))
    (directory / "2_Dense").mkdir()
    (directory / "2_Dense" / "config.json").write_text(json.dumps({**settings, "bias": False}))
    weight = np.random.default_rng(dimension).normal(0, 0.1, (dimension, width)).astype("<f4")
    write_safetensors(directory / "2_Dense" / "model.safetensors", {"linear.weight": weight})
    return directory


def describe_tokenizer() -> dict[str, object]:
    """Describe a tokenizer of single characters."""
    numbers = {piece: number for number, piece in enumerate(PIECES)}
    return {
        "version": "1.0",
        "added_tokens": [
            {
                "id": numbers[piece],
                "content": piece,
                "special": True,
                **dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False),
            }
            for piece in SPECIAL
        ],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "BertProcessing",
            "sep": ["[SEP]", numbers["[SEP]"]],
            "cls": ["[CLS]", numbers["[CLS]"]],
        },
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": numbers,
        },
    }


def make_weights(dimension: int, seed: int) -> dict[str, Vectors]:
    """Draw the weights of one layer, as small as before a training."""
    layer, embeddings = "encoder.layer.0", "embeddings"
    sizes = {"word": len(PIECES), "position": WINDOW, "token_type": 2}
    linear = [
        *(f"{layer}.attention.self.{part}" for part in ("query", "key", "value")),
        f"{layer}.attention.output.dense",
        f"{layer}.intermediate.dense",
        f"{layer}.output.dense",
    ]
    random = np.random.default_rng(seed)
    shapes = {
        **{f"{embeddings}.{name}_embeddings": (size, dimension) for name, size in sizes.items()},
        **dict.fromkeys(linear, (dimension, dimension)),
    }
    weights: dict[str, Vectors] = {
        f"{name}.weight": random.normal(0, 0.02, shape).astype("<f4")
        for name, shape in shapes.items()
    }
    weights |= {f"{name}.bias": np.zeros(dimension, "<f4") for name in linear}
    for name in (embeddings, f"{layer}.attention.output", f"{layer}.output"):
        weights[f"{name}.LayerNorm.weight"] = np.ones(dimension, "<f4")
        weights[f"{name}.LayerNorm.bias"] = np.zeros(dimension, "<f4")
    return weights


def write_safetensors(path: Path, tensors: dict[str, Vectors]) -> None:
    """Write tensors as https://huggingface.co/docs/safetensors describes it."""
    header, end = {}, 0
    for name, tensor in tensors.items():
        start, end = end, end + tensor.nbytes
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # the data is aligned
    data = b"".join(tensor.tobytes() for tensor in tensors.values())
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
