"""BERT's forward pass in OpenVINO: the fastest for many texts on most processors.

The graph is built from the weights themselves: nothing is exported, and nothing is written to disk.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

# Importing OpenVINO imports its converter of models, which sends statistics of use over the
# network and writes into the home directory, unless it does not find the package that does so.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # as Python documents
import openvino
from openvino import opset13 as ops

from ragpg.embedding.batches import encode_in_batches
from ragpg.embedding.bert_numpy import map_safetensors
from ragpg.types import ignore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from openvino import Node

    from ragpg.embedding.batches import Integers
    from ragpg.types import Report, Vectors

MAX_TOKENS = 2048
"""Tokens in a batch, with padding; chosen by hand."""

SETTINGS = {"PERFORMANCE_HINT": "LATENCY"}
"""One batch at a time on all cores, which is faster than several at once (measured in November
2026)."""

PRECISIONS = {"float32": "f32", "bfloat16": "bf16"}
"""What OpenVINO calls them."""


class OpenVinoBert:
    """The transformer layers of the BERT in a model's directory; fulfils `BertLayers`.

    `precision` is one of PRECISIONS; `batch_size` limits the sequences that are computed at once.
    """

    def __init__(
        self, directory: Path, *, precision: str = "float32", batch_size: int | None = None
    ) -> None:
        settings = json.loads((directory / "config.json").read_text("utf-8"))
        tensors = map_safetensors(directory / "model.safetensors")
        graph = Graph(tensors, settings).build()
        hints = {**SETTINGS, "INFERENCE_PRECISION_HINT": PRECISIONS[precision]}
        self._model = openvino.Core().compile_model(graph, "CPU", hints)
        self._batch_size = batch_size

    def encode(
        self, sequences: Sequence[Sequence[int]], *, report: Report = ignore
    ) -> list[Vectors]:
        """Return the last layer's states, shape (hidden, tokens), of each token sequence.

        The sequences include the special tokens.
        """
        return encode_in_batches(
            self._run,
            sequences,
            max_tokens=MAX_TOKENS,
            max_sequences=self._batch_size,
            report=report,
        )

    def _run(self, tokens: Integers, lengths: Integers) -> Vectors:
        within = np.arange(tokens.shape[1]) < lengths[:, None]
        mask = np.where(within, np.float32(0), np.float32(-np.inf))[:, None, None]
        states: Vectors = self._model([tokens, np.arange(tokens.shape[1]), mask])[0]
        return states


class Graph:
    """Builds the graph of a BERT from its tensors and its settings (config.json)."""

    def __init__(self, tensors: Mapping[str, Vectors], settings: Mapping[str, Any]) -> None:
        self._tensors = tensors
        self._layers: int = settings["num_hidden_layers"]
        self._heads: int = settings["num_attention_heads"]
        self._epsilon: float = settings["layer_norm_eps"]

    def build(self) -> openvino.Model:
        """Build the graph.

        It takes tokens, shape (sequences, tokens), their positions, and what is added to the scores
        of attention, shape (sequences, 1, 1, tokens); the states have the shape (sequences, tokens,
        hidden).
        """
        tokens = ops.parameter([-1, -1], np.int64)
        positions = ops.parameter([-1], np.int64)
        mask = ops.parameter([-1, 1, 1, -1], np.float32)
        words, places, types = (
            self._constant(f"embeddings.{name}_embeddings.weight")
            for name in ("word", "position", "token_type")
        )
        embedded = ops.add(ops.gather(words, tokens, 0), ops.gather(places, positions, 0))
        embedded = ops.add(embedded, ops.gather(types, 0, 0))
        states = self._normalise(embedded, "embeddings")
        for layer in range(self._layers):
            states = self._transform(states, mask, name=f"encoder.layer.{layer}")
        return openvino.Model([states], [tokens, positions, mask])

    def _transform(self, states: Node, mask: Node, *, name: str) -> Node:
        attended = self._attend(states, mask, name=f"{name}.attention.self")
        mixed = ops.add(states, self._apply(f"{name}.attention.output.dense", attended))
        mixed = self._normalise(mixed, f"{name}.attention.output")
        inner = ops.gelu(self._apply(f"{name}.intermediate.dense", mixed), "erf")
        result = ops.add(mixed, self._apply(f"{name}.output.dense", inner))
        return self._normalise(result, f"{name}.output")

    def _attend(self, states: Node, mask: Node, *, name: str) -> Node:
        by_head = [0, 2, 1, 3]
        parts = [self._apply(f"{name}.{part}", states) for part in ("query", "key", "value")]
        # A size of 0 is that of the input.
        query, key, value = (
            ops.transpose(ops.reshape(part, [0, 0, self._heads, -1], special_zero=True), by_head)
            for part in parts
        )
        mixed = ops.scaled_dot_product_attention(query, key, value, mask)
        return ops.reshape(ops.transpose(mixed, by_head), [0, 0, -1], special_zero=True)

    def _apply(self, name: str, states: Node) -> Node:
        """Apply a linear layer: multiply by its weights and add its bias."""
        weight, bias = (self._constant(f"{name}.{part}") for part in ("weight", "bias"))
        return ops.add(ops.matmul(states, weight, transpose_a=False, transpose_b=True), bias)

    def _normalise(self, states: Node, name: str) -> Node:
        weight, bias = (self._constant(f"{name}.LayerNorm.{part}") for part in ("weight", "bias"))
        normal = ops.mvn(
            states, [-1], normalize_variance=True, eps=self._epsilon, eps_mode="inside_sqrt"
        )
        return ops.add(ops.multiply(normal, weight), bias)

    def _constant(self, name: str) -> Node:
        return ops.constant(self._tensors[name])
