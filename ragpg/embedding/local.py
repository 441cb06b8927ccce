"""Embedding on this machine, with sentence-transformers."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ragpg.embedding import model
from ragpg.errors import ProviderError
from ragpg.types import Model
from ragpg.undisturbed import undisturbed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ragpg.types import Vector, Vectors

# Batches sorted by length; small ones are faster on a CPU than the usual 32.
BATCH_SIZE = 16


class LocalEmbedder:
    """A model of any architecture that sentence-transformers loads.

    `dimensions` cuts the vectors of a model that was trained for it (Matryoshka); prompts are put
    before a question or a passage where the model was trained with them.
    """

    def __init__(
        self,
        name: str,
        directory: Path,
        *,
        dimensions: int | None = None,
        query_prompt: str = "",
        passage_prompt: str = "",
        device: str | None = None,
        batch_size: int = BATCH_SIZE,
        trust_remote_code: bool = False,
    ) -> None:
        self._name = name
        self._directory = directory
        self._dimensions = dimensions
        self._query_prompt = query_prompt
        self._passage_prompt = passage_prompt
        self._device = device
        self._batch_size = batch_size
        self._trust_remote_code = trust_remote_code

    @cached_property
    def model(self) -> Model:
        """The model; its fingerprint covers its files and everything else that changes a vector."""
        parts = [self._dimensions, self._query_prompt, self._passage_prompt]
        sha = hashlib.sha256(model.digest(self._directory) + json.dumps(parts).encode())
        dimension = self._dimensions or model.dimension(self._directory)
        return Model(self._name, dimension, sha.digest())

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched; shape (len(texts), dimension), rows of unit length."""
        return self._encode(texts, prompt=self._passage_prompt)

    def embed_query(self, text: str) -> Vector:
        """Embed what is asked; shape (dimension,), of unit length."""
        vector: Vector = self._encode([text], prompt=self._query_prompt)[0]
        return vector

    def _encode(self, texts: Sequence[str], *, prompt: str) -> Vectors:
        import numpy as np

        vectors: Vectors = self._loaded.encode(
            [prompt + text for text in texts],
            batch_size=self._batch_size,
            convert_to_numpy=True,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        if not np.isfinite(vectors).all():
            raise ProviderError(
                f"the embedding model {self._name!r} returned vectors that are not finite",
                hint='set device = "cpu" in [embedding], or choose another model',
            )
        return vectors.astype(np.float32, copy=False)

    @cached_property
    def _loaded(self) -> Any:
        return undisturbed(self._load)

    def _load(self) -> Any:
        import transformers

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(
                str(self._directory),
                device=self._device,
                truncate_dim=self._dimensions,
                trust_remote_code=self._trust_remote_code,
                # Prompts are ours to add: those of the model's settings are for other uses.
                prompts={},
                local_files_only=not self._trust_remote_code,
            )
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise ProviderError(
                f"the embedding model {self._name!r} could not be loaded: {reason}",
                hint=f"it is read from {str(self._directory)!r}",
            ) from error
