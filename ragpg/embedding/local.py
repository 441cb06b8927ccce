"""Embedding on this machine."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING

from ragpg.embedding import model, quick
from ragpg.errors import ProviderError
from ragpg.types import Model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ragpg.embedding.bulk import BulkEncoder
    from ragpg.types import Vector, Vectors

FEW = 48
"""Texts that are embedded sooner than PyTorch is imported."""


class LocalEmbedder:
    """A model whose files are here; a few texts are embedded without PyTorch where that works.

    `dimensions` cuts the vectors of a model that was trained for it (Kusupati et al., Matryoshka
    Representation Learning, 2022); prompts are put before a question or a passage where the model
    was trained with them.
    """

    def __init__(
        self,
        directory: Path,
        bulk: BulkEncoder,
        *,
        dimensions: int | None = None,
        query_prompt: str = "",
        passage_prompt: str = "",
    ) -> None:
        self._directory = directory
        self._bulk = bulk
        self._dimensions = dimensions
        self._query_prompt = query_prompt
        self._passage_prompt = passage_prompt

    @cached_property
    def model(self) -> Model:
        """The model; its fingerprint covers its files and everything else that changes a vector."""
        parts = [self._dimensions, self._query_prompt, self._passage_prompt]
        sha = hashlib.sha256(model.digest(self._directory) + json.dumps(parts).encode())
        dimension = self._dimensions or model.dimension(self._directory)
        return Model(self._bulk.name, dimension, sha.digest())

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched; shape (len(texts), dimension), rows of unit length."""
        return self._embed([self._passage_prompt + text for text in texts])

    def embed_query(self, text: str) -> Vector:
        """Embed what is asked; shape (dimension,), of unit length."""
        vector: Vector = self._embed([self._query_prompt + text])[0]
        return vector

    def _embed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        worth_loading = len(texts) > FEW or self._bulk.is_loaded
        encoder = self._bulk if worth_loading or not self._quick else self._quick
        vectors = encoder.encode(texts)[:, : self._dimensions].astype(np.float32)
        with np.errstate(invalid="ignore"):
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(vectors).all():
            raise ProviderError(
                f"the embedding model {self._bulk.name!r} returned vectors that are not finite",
                hint='set device = "cpu" in [embedding], or choose another model',
            )
        return vectors

    @cached_property
    def _quick(self) -> quick.QuickEncoder | None:
        return quick.QuickEncoder(self._directory) if quick.supports(self._directory) else None
