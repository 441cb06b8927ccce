"""A BERT forward pass in numpy, straight from the memory-mapped weights.

It starts in a tenth of a second, where PyTorch needs several, and gives the same vectors to 1e-6.
Architecture: Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers for Language
Understanding, 2019; pooling: Reimers & Gurevych, Sentence-BERT, 2019.
"""

from __future__ import annotations

import json
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ragpg.types import Vectors

# numpy has no BF16: it is the upper half of an F32.
DTYPES = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "BF16": "<u2"}


class Bert:
    """The encoder in a model's directory.

    Activations are columns, shape (hidden, tokens): BLAS multiplies a large matrix with few
    columns faster than few rows with its transpose.
    """

    def __init__(self, directory: Path) -> None:
        settings = json.loads((directory / "config.json").read_text("utf-8"))
        self._layers: int = settings["num_hidden_layers"]
        self._heads: int = settings["num_attention_heads"]
        self._epsilon: float = settings["layer_norm_eps"]
        self._tensors = load(directory / "model.safetensors")

    def encode(self, sequences: Sequence[Sequence[int]]) -> list[Vectors]:
        """Run token sequences, special tokens included, through all layers.

        Gives the last layer's states, shape (hidden, tokens), for each. The sequences are laid end
        to end, so that none is padded: only attention keeps them apart.
        """
        bounds = pairwise(accumulate(map(len, sequences), initial=0))
        spans = [slice(start, end) for start, end in bounds]
        states = self._embed(sequences)
        for layer in range(self._layers):
            states = self._transform(states, spans, name=f"encoder.layer.{layer}")
        return [states[:, span] for span in spans]

    def _embed(self, sequences: Sequence[Sequence[int]]) -> Vectors:
        import numpy as np

        words, positions, types = (
            self._tensors[f"embeddings.{name}_embeddings.weight"]
            for name in ("word", "position", "token_type")
        )
        tokens = np.concatenate([np.asarray(sequence, np.intp) for sequence in sequences])
        places = np.concatenate([np.arange(len(sequence)) for sequence in sequences])
        return self._normalise((words[tokens] + positions[places] + types[0]).T, "embeddings")

    def _transform(self, states: Vectors, spans: Sequence[slice], *, name: str) -> Vectors:
        attended = self._attend(states, spans, name=f"{name}.attention.self")
        mixed = self._apply(f"{name}.attention.output.dense", attended) + states
        mixed = self._normalise(mixed, f"{name}.attention.output")
        inner = gelu(self._apply(f"{name}.intermediate.dense", mixed))
        return self._normalise(self._apply(f"{name}.output.dense", inner) + mixed, f"{name}.output")

    def _attend(self, states: Vectors, spans: Sequence[slice], *, name: str) -> Vectors:
        import numpy as np

        shape = (self._heads, -1, states.shape[1])
        query, key, value = (
            self._apply(f"{name}.{part}", states).reshape(shape)
            for part in ("query", "key", "value")
        )
        result = np.empty_like(value)
        scale = query.shape[1] ** -0.5
        for span in spans:
            scores = key[:, :, span].transpose(0, 2, 1) @ query[:, :, span] * scale
            scores = np.exp(scores - scores.max(axis=1, keepdims=True))
            scores /= scores.sum(axis=1, keepdims=True)
            result[:, :, span] = value[:, :, span] @ scores
        return result.reshape(states.shape)

    def _apply(self, name: str, states: Vectors) -> Vectors:
        """Multiply with a layer's weights and add its bias."""
        product = self._tensors[f"{name}.weight"] @ states
        product += self._tensors[f"{name}.bias"][:, None]
        return product

    def _normalise(self, states: Vectors, name: str) -> Vectors:
        """Normalise each token's state; Ba et al., Layer Normalization, 2016."""
        weight, bias = (self._tensors[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        centred = states - states.mean(axis=0)
        deviation = (centred**2).mean(axis=0) + self._epsilon
        normalised: Vectors = centred / deviation**0.5 * weight[:, None] + bias[:, None]
        return normalised


def gelu(x: Vectors) -> Vectors:
    """The Gaussian error linear unit; Hendrycks & Gimpel, 2016."""
    import numpy as np

    # erf by formula 7.1.26 of Abramowitz & Stegun, Handbook of Mathematical Functions: its error
    # is at most 1.5e-7, about that of single precision.
    z = np.abs(x) * np.float32(2**-0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = np.float32(1.061405429) * t - np.float32(1.453152027)
    for coefficient in (1.421413741, -0.284496736, 0.254829592):
        series = series * t + np.float32(coefficient)
    erf = np.copysign(1 - series * t * np.exp(-z * z), x)
    activated: Vectors = 0.5 * x * (1 + erf)
    return activated


def load(path: Path) -> dict[str, Vectors]:
    """Map a safetensors file into memory; tensors by name, without a leading "bert.".

    The format: a length (8 bytes), a JSON header of that length, the data.
    """
    import numpy as np

    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header: dict[str, Any] = json.loads(file.read(length))
    header.pop("__metadata__", None)
    data = np.memmap(path, np.uint8, "r", offset=8 + length)
    return {
        name.removeprefix("bert."): tensor(data, **description)
        for name, description in header.items()
        if description["dtype"] in DTYPES
    }


def tensor(
    data: npt.NDArray[np.uint8], *, dtype: str, shape: Sequence[int], data_offsets: Sequence[int]
) -> Vectors:
    """Read one tensor as float32; what is float32 already stays in the mapped file."""
    import numpy as np

    values = data[slice(*data_offsets)].view(DTYPES[dtype])
    if dtype == "BF16":
        values = (values.astype("<u4") << 16).view("<f4")
    result: Vectors = values.astype(np.float32, copy=False).reshape(shape)
    return result
