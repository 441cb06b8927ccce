"""Embedding at a provider, through litellm."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ragpg.providers.endpoint import Endpoint, load
from ragpg.types import Embedding, EmbeddingModel, QueryEmbedding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.types import Chunk, Vectors

TIMEOUT = 60.0
RETRIES = 2
BATCH_SIZE = 64
"""Passages a request: providers limit their number and their tokens together."""


class HostedEmbedder:
    """A model behind litellm; see LocalEmbedder for dimensions and prompts."""

    def __init__(
        self,
        name: str,
        *,
        api_base: str | None = None,
        dimensions: int | None = None,
        query_prompt: str = "",
        passage_prompt: str = "",
        batch_size: int = BATCH_SIZE,
    ) -> None:
        self._endpoint = Endpoint(name, api_base, timeout=TIMEOUT, retries=RETRIES)
        self._dimensions = dimensions
        self._query_prompt = query_prompt
        self._passage_prompt = passage_prompt
        self._batch_size = batch_size

    @cached_property
    def model(self) -> EmbeddingModel:
        """The model; its fingerprint is all that is known of it: its name, and the settings."""
        return self.model_of(self._dimensions or int(self.embed_passages(["dimension"]).shape[1]))

    def model_of(self, dimension: int) -> EmbeddingModel:
        """The model, if its vectors are that long, without a request."""
        name, length = self._endpoint.model, self._dimensions
        parts = [name, length, self._query_prompt, self._passage_prompt]
        fingerprint = hashlib.sha256(json.dumps(parts).encode()).digest()
        return EmbeddingModel(name, length or dimension, fingerprint)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched; shape (len(texts), dimension), rows of unit length."""
        import numpy as np

        prompted = [self._passage_prompt + text for text in texts]
        starts = range(0, len(prompted), self._batch_size)
        batches = [self._embed(prompted[start : start + self._batch_size]) for start in starts]
        return np.concatenate(batches) if batches else np.empty((0, 0), np.float32)

    def embed_chunks(self, chunks: Sequence[Chunk]) -> list[Embedding]:
        """Embed what is searched: the passage of each chunk."""
        vectors = self.embed_passages([chunk.embedded_text for chunk in chunks])
        return [Embedding(vector) for vector in vectors]

    def embed_query(self, text: str) -> QueryEmbedding:
        """Embed what is asked."""
        return QueryEmbedding(self._embed([self._query_prompt + text])[0])

    def _embed(self, texts: list[str]) -> Vectors:
        """Send one request; raises ProviderError."""
        import numpy as np

        arguments: dict[str, Any] = {**self._endpoint.arguments(), "input": texts}
        if self._dimensions:
            arguments["dimensions"] = self._dimensions
        response = self._endpoint.request(lambda: load().embedding(**arguments))
        with self._endpoint.errors():
            rows = sorted(response.data, key=lambda row: int(row["index"]))
            vectors: Vectors = np.array([row["embedding"] for row in rows], np.float32)
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if vectors.shape[0] != len(texts) or not np.isfinite(vectors).all() or not lengths.all():
            raise self._endpoint.error(f"did not return a vector for each of {len(texts)} texts")
        normalised: Vectors = vectors / lengths
        return normalised
