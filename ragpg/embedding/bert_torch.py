"""What `bert` computes, in PyTorch: slower to start, and faster by far for many texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import torch
from torch.nn.functional import gelu, layer_norm, linear, scaled_dot_product_attention

from ragpg.embedding.bert_numpy import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ragpg.types import Vectors

Pair: TypeAlias = tuple[torch.Tensor, torch.Tensor]
"""A weight and a bias."""

ROWS = (128, 512, 2048)
"""Tokens of a batch, filled up to one of these: oneDNN keeps memory for each shape that it sees."""


class Layer(NamedTuple):
    """The parameters of one layer; `projection` gives queries, keys and values at once."""

    projection: Pair
    attention: Pair
    attention_norm: Pair
    inner: Pair
    outer: Pair
    outer_norm: Pair

    @classmethod
    def of(cls, tensors: Mapping[str, torch.Tensor], number: int) -> Layer:
        """Take a layer's parameters by their names in the model's file."""
        start = f"encoder.layer.{number}."

        def pair(name: str) -> Pair:
            return tensors[f"{start}{name}.weight"], tensors[f"{start}{name}.bias"]

        parts = [pair(f"attention.self.{part}") for part in ("query", "key", "value")]
        weights, biases = zip(*parts, strict=True)
        return cls(
            (torch.cat(weights), torch.cat(biases)),
            pair("attention.output.dense"),
            pair("attention.output.LayerNorm"),
            pair("intermediate.dense"),
            pair("output.dense"),
            pair("output.LayerNorm"),
        )


class TorchBert:
    """The encoder in a model's directory, on a device and in a precision of PyTorch's.

    `batch_size` limits the sequences that are run at once.
    """

    def __init__(
        self, directory: Path, *, device: str, precision: str, batch_size: int | None = None
    ) -> None:
        settings = json.loads((directory / "config.json").read_text("utf-8"))
        kind = {"device": device, "dtype": getattr(torch, precision)}
        tensors = {
            name: torch.from_numpy(np.array(values)).to(**kind)
            for name, values in load(directory / "model.safetensors").items()
        }
        self._device = device
        self._batch_size = batch_size or ROWS[-1]
        self._heads: int = settings["num_attention_heads"]
        self._epsilon: float = settings["layer_norm_eps"]
        names = ("word", "position", "token_type")
        tables = [tensors[f"embeddings.{name}_embeddings.weight"] for name in names]
        self._words, self._places = tables[0], tables[1] + tables[2][0]
        norm = "embeddings.LayerNorm"
        self._norm = tensors[f"{norm}.weight"], tensors[f"{norm}.bias"]
        self._layers = [Layer.of(tensors, i) for i in range(settings["num_hidden_layers"])]

    @torch.inference_mode()
    def encode(self, sequences: Sequence[Sequence[int]]) -> list[Vectors]:
        """Run token sequences, special tokens included, through all layers.

        Gives the last layer's states, shape (hidden, tokens), for each.
        """
        found: dict[int, Vectors] = {}
        for batch in self._batches(sequences):
            states = self._run([sequences[index] for index in batch]).float().cpu().numpy()
            for index, rows in zip(batch, states, strict=True):
                found[index] = rows[: len(sequences[index])].T
        return [found[index] for index in range(len(sequences))]

    def _batches(self, sequences: Sequence[Sequence[int]]) -> Iterator[list[int]]:
        """Yield indices of sequences of about the same length, the longest first."""
        batch: list[int] = []
        for index in sorted(range(len(sequences)), key=lambda index: -len(sequences[index])):
            tokens = (len(batch) + 1) * len(sequences[batch[0] if batch else index])
            if batch and (tokens > ROWS[-1] or len(batch) == self._batch_size):
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch

    def _run(self, sequences: Sequence[Sequence[int]]) -> torch.Tensor:
        """Run sequences, the longest first, as one batch; shape (count, tokens, hidden)."""
        length = len(sequences[0])
        padded = [[*sequence, *[0] * (length - len(sequence))] for sequence in sequences]
        ends = torch.tensor([len(sequence) for sequence in sequences])
        within = torch.arange(length) < ends[:, None]
        # Without a mask attention is faster.
        mask = None if within.all() else within[:, None, None].to(self._device)
        return self._encode(torch.tensor(padded, device=self._device), mask)

    def _encode(self, tokens: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """All tokens are rows of one matrix, which attention alone sees as sequences."""
        count, length = tokens.shape
        used = count * length
        embedded = (self._words[tokens] + self._places[:length]).flatten(0, 1)
        rows = next((size for size in ROWS if size >= used), used)
        states = embedded.new_zeros(rows, embedded.shape[1])
        states[:used] = embedded
        states = self._normalised(states, self._norm)
        attended = torch.zeros_like(states)
        for layer in self._layers:
            projected = linear(states, *layer.projection)[:used]
            parts = projected.view(count, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            query, key, value = parts
            mixed = scaled_dot_product_attention(query, key, value, attn_mask=mask)
            attended[:used] = mixed.transpose(1, 2).reshape(used, -1)
            states += linear(attended, *layer.attention)
            states = self._normalised(states, layer.attention_norm)
            states += linear(gelu(linear(states, *layer.inner)), *layer.outer)
            states = self._normalised(states, layer.outer_norm)
        return states[:used].view(count, length, -1)

    def _normalised(self, states: torch.Tensor, norm: Pair) -> torch.Tensor:
        return layer_norm(states, states.shape[1:], *norm, self._epsilon)
