"""A BERT forward pass in numpy, straight from the memory-mapped weights.

It starts in a tenth of a second, where PyTorch takes several, and its vectors agree to 1e-6.
Architecture: Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers for Language
Understanding, 2019; pooling: Reimers & Gurevych, Sentence-BERT, 2019.
"""

from __future__ import annotations

import json
import math
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from ragpg.embedding.threads import count_cores, map_on_all_cores
from ragpg.types import ignore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ragpg.types import Report, Vectors

GELU_BLOCK_SIZE = 2**15
"""Numbers that pass through all steps of GELU together: 128 KiB, so that they stay in the
processor's cache. Chosen by hand."""

BATCH_SIZE = 8
"""Most token sequences in a forward pass; 1, 2 and 4 are slower, unless a core would be left over
(measured in November 2026)."""

FEW_TOKENS = 64
"""Up to so many tokens, such as those of a query, are left to the threads of BLAS: on two cores, at
their best, these take 10 ms instead of 14 for 9 tokens, but 133 instead of 89 for 162."""

# Types of safetensors and of numpy. numpy has no BF16, which is the upper half of an F32.
DTYPES = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "BF16": "<u2", "I8": "i1"}


class NumpyBert:
    """The transformer layers of the BERT in a model's directory; fulfils `BertLayers`.

    Activations are columns, shape (hidden, tokens): BLAS multiplies a large matrix with few
    columns faster than few rows with its transpose. `tensors` replace the model's own.
    """

    def __init__(self, directory: Path, tensors: Mapping[str, Vectors] | None = None) -> None:
        settings = json.loads((directory / "config.json").read_text("utf-8"))
        self._layers: int = settings["num_hidden_layers"]
        self._heads: int = settings["num_attention_heads"]
        self._epsilon: float = settings["layer_norm_eps"]
        self._tensors = {**map_safetensors(directory / "model.safetensors"), **(tensors or {})}

    def encode(
        self,
        sequences: Sequence[Sequence[int]],
        types: Sequence[Sequence[int]] | None = None,
        *,
        report: Report = ignore,
    ) -> list[Vectors]:
        """Return the last layer's states, shape (hidden, tokens), of each token sequence.

        The sequences include the special tokens. `types` has the type of each token: 0 in the first
        text of a pair, 1 in the second.
        """
        types = types or [[0] * len(sequence) for sequence in sequences]
        pairs = list(zip(sequences, types, strict=True))
        is_short = sum(map(len, sequences)) <= FEW_TOKENS
        share = len(pairs) if is_short else math.ceil(len(pairs) / count_cores())
        size = min(BATCH_SIZE, share)
        batches = [pairs[start : start + size] for start in range(0, len(pairs), size or 1)]
        encoded: list[Vectors] = []
        for states in (map if is_short else map_on_all_cores)(self._encode, batches):
            encoded += states
            report(len(states))
        return encoded

    def _encode(self, batch: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[Vectors]:
        sequences, types = zip(*batch, strict=True)
        # Sequences are concatenated instead of padded; only attention treats them separately.
        bounds = pairwise(accumulate(map(len, sequences), initial=0))
        spans = [slice(start, end) for start, end in bounds]
        states = self._embed(sequences, types)
        for layer in range(self._layers):
            states = self._transform(states, spans, name=f"encoder.layer.{layer}")
        return [states[:, span] for span in spans]

    def _embed(self, sequences: Sequence[Sequence[int]], types: Sequence[Sequence[int]]) -> Vectors:
        import numpy as np

        words, positions, kinds = (
            self._tensors[f"embeddings.{name}_embeddings.weight"]
            for name in ("word", "position", "token_type")
        )
        tokens = np.concatenate([np.asarray(sequence, np.intp) for sequence in sequences])
        token_types = np.concatenate([np.asarray(each, np.intp) for each in types])
        token_positions = np.concatenate([np.arange(len(sequence)) for sequence in sequences])
        return self._normalise(
            (words[tokens] + positions[token_positions] + kinds[token_types]).T, "embeddings"
        )

    def _transform(self, states: Vectors, spans: Sequence[slice], *, name: str) -> Vectors:
        attended = self._attend(states, spans, name=f"{name}.attention.self")
        mixed = self._apply(f"{name}.attention.output.dense", attended)
        mixed += states
        mixed = self._normalise(mixed, f"{name}.attention.output")
        inner = gelu(self._apply(f"{name}.intermediate.dense", mixed))
        result = self._apply(f"{name}.output.dense", inner)
        result += mixed
        return self._normalise(result, f"{name}.output")

    def _attend(self, states: Vectors, spans: Sequence[slice], *, name: str) -> Vectors:
        import numpy as np

        shape = (self._heads, -1, states.shape[1])
        query, key, value = (
            self._apply(f"{name}.{part}", states).reshape(shape)
            for part in ("query", "key", "value")
        )
        result = np.empty_like(value)
        query *= np.float32(query.shape[1] ** -0.5)
        for span in spans:
            scores = key[:, :, span].transpose(0, 2, 1) @ query[:, :, span]
            scores -= scores.max(axis=1, keepdims=True)
            np.exp(scores, out=scores)
            # The sums divide the result, which is smaller than the scores.
            np.matmul(value[:, :, span], scores, out=result[:, :, span])
            result[:, :, span] /= scores.sum(axis=1, keepdims=True)
        return result.reshape(states.shape)

    def _apply(self, name: str, states: Vectors) -> Vectors:
        """Apply a linear layer: multiply by its weights and add its bias."""
        product = self._tensors[f"{name}.weight"] @ states
        product += self._tensors[f"{name}.bias"][:, None]
        return product

    def _normalise(self, states: Vectors, name: str) -> Vectors:
        """Normalise each token's state in place; Ba et al., Layer Normalization, 2016."""
        weight, bias = (self._tensors[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        states -= states.mean(axis=0)
        states /= ((states**2).mean(axis=0) + self._epsilon) ** 0.5
        states *= weight[:, None]
        states += bias[:, None]
        return states


def gelu(x: Vectors) -> Vectors:
    """Apply the Gaussian error linear unit in place; Hendrycks & Gimpel, 2016."""
    rows = max(1, GELU_BLOCK_SIZE // x.shape[1])
    for start in range(0, len(x), rows):
        _apply_gelu(x[start : start + rows])
    return x


def _apply_gelu(x: Vectors) -> None:
    import numpy as np

    # erf by formula 7.1.26 of Abramowitz & Stegun, Handbook of Mathematical Functions: its error
    # is at most 1.5e-7, about that of single precision.
    z = np.abs(x)
    z *= np.float32(2**-0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = np.float32(1.061405429) * t
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series += np.float32(coefficient)
        series *= t
    series *= np.exp(np.negative(np.square(z, out=z), out=z), out=z)
    erf = np.copysign(np.subtract(1, series, out=series), x, out=series)
    erf += 1
    x *= erf
    x *= np.float32(0.5)


def map_safetensors(path: Path) -> dict[str, Vectors]:
    """Map a safetensors file into memory; return its tensors by name without a leading "bert.".

    The format is the length of the header (8 bytes, little-endian), a JSON header, the data:
    https://huggingface.co/docs/safetensors
    """
    import numpy as np

    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header: dict[str, Any] = json.loads(file.read(length))
    header.pop("__metadata__", None)
    # As a plain array: numpy calls Python for each result and each slice of a memmap.
    data = np.asarray(np.memmap(path, np.uint8, "r", offset=8 + length))
    return {
        name.removeprefix("bert."): read_tensor(data, **description)
        for name, description in header.items()
        if description["dtype"] in DTYPES
    }


def read_tensor(
    data: npt.NDArray[np.uint8], *, dtype: str, shape: Sequence[int], data_offsets: Sequence[int]
) -> Vectors:
    """Return one tensor as float32, which is not copied if it is that already, or as bytes."""
    import numpy as np

    values = data[slice(*data_offsets)].view(DTYPES[dtype])
    if dtype == "I8":
        return values.reshape(shape)
    if dtype == "BF16":
        values = (values.astype("<u4") << 16).view("<f4")
    tensor: Vectors = values.astype(np.float32, copy=False).reshape(shape)
    return tensor
