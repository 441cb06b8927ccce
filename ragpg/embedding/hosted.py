"""Embedding with a provider's model, through litellm."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ragpg.providers.litellm_endpoint import LiteLLMEndpoint
from ragpg.providers.litellm_import import import_litellm
from ragpg.types import Embedding, EmbeddingModel, QueryEmbedding, ignore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.types import Chunk, Report, Vectors

TIMEOUT = 60.0
"""Seconds without a byte after which a request fails; the default of [llm] too."""
RETRIES = 2
"""Attempts after the first; the default of [llm] too."""
BATCH_SIZE = 64
"""Passages in a request: providers limit their number and the sum of their tokens. Chosen by
hand."""


class HostedEmbedder:
    """Embeds with a provider's model; fulfils `Embedder`. Parameters as in LocalEmbedder."""

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
        self._endpoint = LiteLLMEndpoint(name, api_base, timeout=TIMEOUT, retries=RETRIES)
        self._dimensions = dimensions
        self._query_prompt = query_prompt
        self._passage_prompt = passage_prompt
        self._batch_size = batch_size

    @cached_property
    def model(self) -> EmbeddingModel:
        """The model; its fingerprint covers what is known of it: its name and the settings."""
        return self.model_with_dimension(
            self._dimensions or int(self.embed_passages(["dimension"]).shape[1])
        )

    def model_with_dimension(self, dimension: int) -> EmbeddingModel:
        """Return the model without a request, assuming a dimension where none is configured."""
        name = self._endpoint.model
        parts = [name, self._dimensions, self._query_prompt, self._passage_prompt]
        fingerprint = hashlib.sha256(json.dumps(parts).encode()).digest()
        return EmbeddingModel(name, self._dimensions or dimension, fingerprint)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; shape (len(texts), dimension), rows of unit length."""
        import numpy as np

        batches = list(self._embed_batches(texts))
        return np.concatenate(batches) if batches else np.empty((0, 0), np.float32)

    def embed_chunks(self, chunks: Sequence[Chunk], *, report: Report = ignore) -> list[Embedding]:
        """Embed chunks, and report each request; providers give no vectors of words."""
        embeddings: list[Embedding] = []
        for vectors in self._embed_batches([chunk.embedded_text for chunk in chunks]):
            embeddings += map(Embedding, vectors)
            report(len(vectors))
        return embeddings

    def embed_query(self, text: str) -> QueryEmbedding:
        """Embed a query."""
        return QueryEmbedding(self._embed([self._query_prompt + text])[0])

    def _embed_batches(self, texts: Sequence[str]) -> Iterator[Vectors]:
        """Embed passages, with one request for so many."""
        prompted = [self._passage_prompt + text for text in texts]
        for start in range(0, len(prompted), self._batch_size):
            yield self._embed(prompted[start : start + self._batch_size])

    def _embed(self, texts: list[str]) -> Vectors:
        """Embed texts with one request; rows of unit length. Raises ProviderError."""
        import numpy as np

        arguments: dict[str, Any] = {**self._endpoint.prepare_arguments(), "input": texts}
        if self._dimensions:
            arguments["dimensions"] = self._dimensions
        response = self._endpoint.request(lambda: import_litellm().embedding(**arguments))
        with self._endpoint.translate_errors():
            rows = sorted(response.data, key=lambda row: int(row["index"]))
            vectors: Vectors = np.array([row["embedding"] for row in rows], np.float32)
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if vectors.shape[0] != len(texts) or not np.isfinite(vectors).all() or not lengths.all():
            raise self._endpoint.make_error(
                f"did not return a vector for each of {len(texts)} texts"
            )
        normalised: Vectors = vectors / lengths
        return normalised
