"""BERT's forward pass in PyTorch: slower to start than in numpy, far faster for many texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import torch
from torch.nn.functional import gelu, layer_norm, linear, scaled_dot_product_attention

from ragpg.embedding.batches import encode_in_batches
from ragpg.embedding.bert_numpy import map_safetensors
from ragpg.types import ignore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ragpg.embedding.batches import Integers
    from ragpg.types import Report, Vectors

Affine: TypeAlias = tuple[torch.Tensor, torch.Tensor]
"""A weight and a bias, of a linear layer or a layer normalisation."""

PADDED_SIZES = (128, 512, 2048)
"""Batches are padded to one of these numbers of tokens: oneDNN keeps a kernel, and memory for it,
for each shape that it has seen. Chosen by hand; the largest is the largest batch."""


class Layer(NamedTuple):
    """The parameters of one layer; `projection` computes queries, keys and values at once."""

    projection: Affine
    attention: Affine
    attention_norm: Affine
    inner: Affine
    outer: Affine
    outer_norm: Affine

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, torch.Tensor], number: int) -> Layer:
        """Collect the parameters of layer `number`; query, key and value are concatenated."""
        prefix = f"encoder.layer.{number}."

        def affine(name: str) -> Affine:
            return tensors[f"{prefix}{name}.weight"], tensors[f"{prefix}{name}.bias"]

        parts = [affine(f"attention.self.{part}") for part in ("query", "key", "value")]
        weights, biases = zip(*parts, strict=True)
        return cls(
            (torch.cat(weights), torch.cat(biases)),
            affine("attention.output.dense"),
            affine("attention.output.LayerNorm"),
            affine("intermediate.dense"),
            affine("output.dense"),
            affine("output.LayerNorm"),
        )


class TorchBert:
    """The transformer layers of the BERT in a model's directory; fulfils `BertLayers`.

    `device` and `precision` are names that PyTorch knows; `batch_size` limits the sequences that
    are computed at once.
    """

    def __init__(
        self, directory: Path, *, device: str, precision: str, batch_size: int | None = None
    ) -> None:
        settings = json.loads((directory / "config.json").read_text("utf-8"))
        placement = {"device": device, "dtype": getattr(torch, precision)}
        tensors = {
            name: torch.from_numpy(np.array(values)).to(**placement)
            for name, values in map_safetensors(directory / "model.safetensors").items()
        }
        self._device = device
        self._batch_size = batch_size
        self._heads: int = settings["num_attention_heads"]
        self._epsilon: float = settings["layer_norm_eps"]
        names = ("word", "position", "token_type")
        tables = [tensors[f"embeddings.{name}_embeddings.weight"] for name in names]
        self._words, self._positions = tables[0], tables[1] + tables[2][0]
        norm = "embeddings.LayerNorm"
        self._norm = tensors[f"{norm}.weight"], tensors[f"{norm}.bias"]
        self._layers = [
            Layer.from_tensors(tensors, number) for number in range(settings["num_hidden_layers"])
        ]

    @torch.inference_mode()
    def encode(
        self, sequences: Sequence[Sequence[int]], *, report: Report = ignore
    ) -> list[Vectors]:
        """Return the last layer's states, shape (hidden, tokens), of each token sequence.

        The sequences include the special tokens.
        """
        return encode_in_batches(
            self._run,
            sequences,
            max_tokens=PADDED_SIZES[-1],
            max_sequences=self._batch_size,
            report=report,
        )

    def _run(self, tokens: Integers, lengths: Integers) -> Vectors:
        """Encode one batch; shape (sequences, tokens, hidden)."""
        within = torch.arange(tokens.shape[1]) < torch.from_numpy(lengths)[:, None]
        # Without a mask attention is faster.
        mask = None if within.all() else within[:, None, None].to(self._device)
        states = self._encode(torch.from_numpy(tokens).to(self._device), mask)
        vectors: Vectors = states.float().cpu().numpy()
        return vectors

    def _encode(self, tokens: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        # All tokens are rows of one matrix; only attention sees them as sequences.
        count, length = tokens.shape
        used = count * length
        embedded = (self._words[tokens] + self._positions[:length]).flatten(0, 1)
        rows = next((size for size in PADDED_SIZES if size >= used), used)
        states = embedded.new_zeros(rows, embedded.shape[1])
        states[:used] = embedded
        states = self._normalise(states, self._norm)
        attended = torch.zeros_like(states)
        for layer in self._layers:
            projected = linear(states, *layer.projection)[:used]
            parts = projected.view(count, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            query, key, value = parts
            mixed = scaled_dot_product_attention(query, key, value, attn_mask=mask)
            attended[:used] = mixed.transpose(1, 2).reshape(used, -1)
            states += linear(attended, *layer.attention)
            states = self._normalise(states, layer.attention_norm)
            states += linear(gelu(linear(states, *layer.inner)), *layer.outer)
            states = self._normalise(states, layer.outer_norm)
        return states[:used].view(count, length, -1)

    def _normalise(self, states: torch.Tensor, norm: Affine) -> torch.Tensor:
        return layer_norm(states, states.shape[1:], *norm, self._epsilon)
