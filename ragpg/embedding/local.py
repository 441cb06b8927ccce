"""Embedding on this machine."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.embedding import bert_encoder, model_files, word_vectors
from ragpg.errors import ProviderError
from ragpg.retrieval.late_interaction import encode
from ragpg.types import Embedding, EmbeddingModel, QueryEmbedding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.embedding.torch_encoder import BulkEncoder
    from ragpg.types import Chunk, Vectors

AXES = Path(__file__).with_name("axes.npy")
"""Of the default model, found once on English texts of many kinds."""

FEW = 48
"""Texts that are embedded sooner than PyTorch is imported."""


class LocalEmbedder:
    """A model whose files are here; a few texts are embedded without PyTorch where that works.

    `dimensions` cuts the vectors of a model that was trained for it (Kusupati et al., Matryoshka
    Representation Learning, 2022); prompts are put before a question or a passage where the model
    was trained with them. Without `words`, vectors of single words are made neither of passages nor
    of questions.
    """

    def __init__(
        self,
        directory: Path,
        bulk: BulkEncoder,
        *,
        dimensions: int | None = None,
        query_prompt: str = "",
        passage_prompt: str = "",
        words: bool = True,
    ) -> None:
        self._directory = directory
        self._bulk = bulk
        self._dimensions = dimensions
        self._query_prompt = query_prompt
        self._passage_prompt = passage_prompt
        self._words = words

    @cached_property
    def model(self) -> EmbeddingModel:
        """The model; its fingerprint covers its files and everything else that changes a vector."""
        parts = [self._dimensions, self._query_prompt, self._passage_prompt]
        parts += [word_vectors.VERSION] if self._axes else []
        sha = hashlib.sha256(model_files.digest(self._directory) + json.dumps(parts).encode())
        dimension = self._dimensions or model_files.dimension(self._directory)
        return EmbeddingModel(self._bulk.name, dimension, sha.digest())

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched; shape (len(texts), dimension), rows of unit length."""
        return self._embed([self._passage_prompt + text for text in texts])

    def embed_chunks(self, chunks: Sequence[Chunk]) -> list[Embedding]:
        """Embed what is searched: the passage of each chunk and, where it can be, its words."""
        texts = [self._passage_prompt + chunk.embedded_text for chunk in chunks]
        if not self._axes:
            return [Embedding(vector) for vector in self._embed(texts)]
        vectors, found = self._encoder(texts).read(texts, self._axes)
        pairs = zip(self._normalised(vectors), found, strict=True)
        return [Embedding(vector, encode(one)) for vector, one in pairs]

    def embed_query(self, text: str) -> QueryEmbedding:
        """Embed what is asked and, where it can be, its words."""
        prompted = self._query_prompt + text
        if not self._axes:
            return QueryEmbedding(self._embed([prompted])[0])
        vectors, [found] = self._encoder([prompted]).read([prompted], self._axes)
        return QueryEmbedding(
            self._normalised(vectors)[0], found.words, word_vectors.unit(found.vectors)
        )

    def _encoder(self, texts: Sequence[str]) -> bert_encoder.QuickEncoder | BulkEncoder:
        worth_loading = len(texts) > FEW or self._bulk.is_loaded
        return self._bulk if worth_loading or not self._quick else self._quick

    def _embed(self, texts: Sequence[str]) -> Vectors:
        return self._normalised(self._encoder(texts).encode(texts))

    def _normalised(self, raw: Vectors) -> Vectors:
        import numpy as np

        vectors = raw[:, : self._dimensions].astype(np.float32)
        with np.errstate(invalid="ignore"):
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(vectors).all():
            raise ProviderError(
                f"the embedding model {self._bulk.name!r} returned vectors that are not finite",
                hint='set device = "cpu" in [embedding], or choose another model',
            )
        return vectors

    @cached_property
    def _quick(self) -> bert_encoder.QuickEncoder | None:
        return (
            bert_encoder.QuickEncoder(self._directory)
            if bert_encoder.supports(self._directory)
            else None
        )

    @cached_property
    def _axes(self) -> word_vectors.Axes | None:
        wanted = self._words and model_files.is_default(self._directory)
        return word_vectors.Axes.load(AXES) if wanted else None
