"""Sentence embeddings with BERT models: tokenizer, transformer layers and pooling."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from ragpg.embedding import model_files
from ragpg.embedding.bert_numpy import NumpyBert
from ragpg.embedding.tokenizer import load_tokenizer
from ragpg.embedding.word_vectors import embed_words
from ragpg.types import ignore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ragpg.embedding.word_vectors import Encoding, Projection
    from ragpg.retrieval.late_interaction import WordVectors
    from ragpg.types import Report, Vector, Vectors

    Pooling = Callable[[Vectors], Vector]

# Each makes one vector of the states of a text's tokens, shape (hidden, tokens).
POOLINGS: dict[str, Pooling] = {
    "mean": lambda states: states.mean(axis=1),
    "cls": lambda states: states[:, 0],
    "max": lambda states: states.max(axis=1),
}


class BertLayers(Protocol):
    """The transformer layers of a BERT."""

    def encode(
        self, sequences: Sequence[Sequence[int]], *, report: Report = ignore
    ) -> list[Vectors]:
        """Return the last layer's states, shape (hidden, tokens), of each token sequence."""
        ...


class BertEncoder:
    """Embeds texts with a BERT; `is_supported` says with which models.

    The layers are computed in numpy unless others are passed.
    """

    def __init__(self, directory: Path, layers: BertLayers | None = None) -> None:
        self._tokenizer = load_tokenizer(directory, max_tokens=model_files.read_window(directory))
        self._layers = layers or NumpyBert(directory)
        self._pool = POOLINGS[read_pooling(directory) or "mean"]

    def encode(self, texts: Sequence[str], report: Report = ignore) -> Vectors:
        """Embed texts; shape (len(texts), hidden), not normalised."""
        import numpy as np

        return np.stack([self._pool(states) for _, states in self._run(texts, report)])

    def encode_with_words(
        self, texts: Sequence[str], projection: Projection, report: Report = ignore
    ) -> tuple[Vectors, list[WordVectors]]:
        """Embed texts, shape (len(texts), hidden), and the words of each."""
        import numpy as np

        encoded = self._run(texts, report)
        words = [
            embed_words(text, encoding, states=states, projection=projection)
            for text, (encoding, states) in zip(texts, encoded, strict=True)
        ]
        return np.stack([self._pool(states) for _, states in encoded]), words

    def _run(self, texts: Sequence[str], report: Report) -> list[tuple[Encoding, Vectors]]:
        encodings = self._tokenizer.encode_batch(list(texts))
        states = self._layers.encode([encoding.ids for encoding in encodings], report=report)
        return list(zip(encodings, states, strict=True))


def is_supported(directory: Path) -> bool:
    """Return whether a model is a BERT with a known pooling and no module but normalising after."""
    settings = model_files.read_json(directory / "config.json")
    sentences = model_files.read_json(directory / "sentence_bert_config.json")
    return (
        settings.get("model_type") == "bert"
        and settings.get("hidden_act") == "gelu"
        and settings.get("position_embedding_type", "absolute") == "absolute"
        and not sentences.get("do_lower_case")
        and read_pooling(directory) is not None
        and all((directory / name).is_file() for name in ("model.safetensors", "tokenizer.json"))
    )


def read_pooling(directory: Path) -> str | None:
    """Return a model's pooling, a key of POOLINGS; None for any other sequence of modules."""
    modules = json.loads(model_files.read_text(directory / "modules.json") or "[]")
    kinds = [module["type"].rpartition(".")[2] for module in modules]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return None
    settings = model_files.read_json(directory / modules[1]["path"] / "config.json")
    if "pooling_mode" in settings:
        modes = [settings["pooling_mode"]]
    else:  # as older versions of sentence-transformers wrote it
        flags = (name for name, value in settings.items() if value is True)
        modes = [
            name.removeprefix("pooling_mode_").partition("_")[0]
            for name in flags
            if name.startswith("pooling_mode_")
        ]
    return modes[0] if len(modes) == 1 and modes[0] in POOLINGS else None
