"""Embedding with models whose architecture is BERT's, without the library that they come from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from ragpg.embedding import model_files
from ragpg.embedding.bert_numpy import Bert
from ragpg.embedding.word_vectors import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tokenizers import Encoding

    from ragpg.embedding.word_vectors import Axes
    from ragpg.retrieval.late_interaction import WordVectors
    from ragpg.types import Vector, Vectors

    Pool = Callable[[Vectors], Vector]

# From the states of a text's tokens, shape (hidden, tokens), to one vector.
POOLS: dict[str, Pool] = {
    "mean": lambda states: states.mean(axis=1),
    "cls": lambda states: states[:, 0],
    "max": lambda states: states.max(axis=1),
}


class Network(Protocol):
    """An encoder's layers: from token sequences to states, shape (hidden, tokens) each."""

    def encode(self, sequences: Sequence[Sequence[int]]) -> list[Vectors]: ...  # noqa: D102


class QuickEncoder:
    """A model's tokenizer, layers and pooling; `supports` says for which models.

    The layers are computed in numpy unless another `network` is given.
    """

    def __init__(self, directory: Path, network: Network | None = None) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(model_files.window(directory))
        self._network = network or Bert(directory)
        self._pool = POOLS[pooling(directory) or "mean"]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; shape (len(texts), hidden)."""
        import numpy as np

        return np.stack([self._pool(states) for _, states in self._run(texts)])

    def read(self, texts: Sequence[str], axes: Axes) -> tuple[Vectors, list[WordVectors]]:
        """Embed texts, and the words in them."""
        import numpy as np

        found = self._run(texts)
        words = [
            read(text, encoding, states, axes)
            for text, (encoding, states) in zip(texts, found, strict=True)
        ]
        return np.stack([self._pool(states) for _, states in found]), words

    def _run(self, texts: Sequence[str]) -> list[tuple[Encoding, Vectors]]:
        encodings = self._tokenizer.encode_batch(list(texts))
        states = self._network.encode([encoding.ids for encoding in encodings])
        return list(zip(encodings, states, strict=True))


def supports(directory: Path) -> bool:
    """Whether a model is a BERT, pooled in a way of ours, with nothing behind it."""
    settings = model_files.read_json(directory / "config.json")
    sentences = model_files.read_json(directory / "sentence_bert_config.json")
    return (
        settings.get("model_type") == "bert"
        and settings.get("hidden_act") == "gelu"
        and settings.get("position_embedding_type", "absolute") == "absolute"
        and not sentences.get("do_lower_case")
        and pooling(directory) is not None
        and all((directory / name).is_file() for name in ("model.safetensors", "tokenizer.json"))
    )


def pooling(directory: Path) -> str | None:
    """How a model pools, if that is one of ours and only normalising comes after it."""
    modules = json.loads(model_files.read_text(directory / "modules.json") or "[]")
    kinds = [module["type"].rpartition(".")[2] for module in modules]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return None
    settings = model_files.read_json(directory / modules[1]["path"] / "config.json")
    if "pooling_mode" in settings:
        modes = [settings["pooling_mode"]]
    else:
        chosen = (name for name, value in settings.items() if value is True)
        modes = [name for name in chosen if name.startswith("pooling_mode_")]
        modes = [name.removeprefix("pooling_mode_").partition("_")[0] for name in modes]
    return modes[0] if len(modes) == 1 and modes[0] in POOLS else None
