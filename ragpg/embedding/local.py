"""Embedding with a model on this machine."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.embedding import bert_encoder, model_files
from ragpg.embedding.bert_encoder import BertEncoder
from ragpg.embedding.word_vectors import VERSION, Projection, normalise_rows
from ragpg.errors import ProviderError
from ragpg.retrieval.late_interaction import encode
from ragpg.text.scripts import find_script
from ragpg.types import Embedding, EmbeddingModel, QueryEmbedding, ignore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.embedding.bulk_encoder import BulkEncoder
    from ragpg.types import Chunk, Report, Vectors

WORD_PROJECTION = Path(__file__).with_name("word_projection.npy")
"""The PCA of the default model's word vectors on English texts of many kinds (November 2026)."""

MAX_TEXTS_IN_NUMPY = 64
"""Number of texts up to which numpy is done before another engine is loaded. Chosen by hand from
the speeds on 2 cores (November 2026: 3,200 tokens/s in numpy; OpenVINO 4,000, after 0.7 s)."""

DEFAULT_MODEL_SCRIPTS = ("Latin", "Han", None)
"""Scripts that the default model can read; None is that of a text without letters. It has learned
English alone, but has a token for most ideographs, where words of others fall into letters."""


class LocalEmbedder:
    """Embeds with a model in a directory; fulfils `Embedder`.

    A BERT embeds few texts in numpy, without the time that another engine takes to be loaded.
    `dimensions` truncates the vectors of a model that was trained for it (Kusupati et al.,
    Matryoshka Representation Learning, 2022). The prompts precede each query and passage, for
    models trained with them. `words` has the words of texts embedded too, if the model can.
    """

    def __init__(
        self,
        directory: Path,
        bulk_encoder: BulkEncoder,
        *,
        dimensions: int | None = None,
        query_prompt: str = "",
        passage_prompt: str = "",
        words: bool = True,
    ) -> None:
        self._directory = directory
        self._bulk_encoder = bulk_encoder
        self._dimensions = dimensions
        self._query_prompt = query_prompt
        self._passage_prompt = passage_prompt
        self._embeds_words = words

    @cached_property
    def model(self) -> EmbeddingModel:
        """The model; its fingerprint covers its files and all settings that change a vector."""
        parts = [self._dimensions, self._query_prompt, self._passage_prompt]
        parts += [VERSION] if self._projection else []
        sha = hashlib.sha256(model_files.hash_model(self._directory) + json.dumps(parts).encode())
        dimension = self._dimensions or model_files.read_dimension(self._directory)
        return EmbeddingModel(self._bulk_encoder.name, dimension, sha.digest())

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; shape (len(texts), dimension), rows of unit length."""
        return self._embed([self._passage_prompt + text for text in texts])

    def embed_chunks(self, chunks: Sequence[Chunk], *, report: Report = ignore) -> list[Embedding]:
        """Embed chunks and, where the model can, their words; report those that are done."""
        texts = [self._passage_prompt + chunk.embedded_text for chunk in chunks]
        if not self._projection:
            return [Embedding(vector) for vector in self._embed(texts, report)]
        encoder = self._choose_encoder(texts)
        vectors, words = encoder.encode_with_words(texts, self._projection, report)
        pairs = zip(self._normalise(vectors), words, strict=True)
        return [Embedding(vector, encode(word_vectors)) for vector, word_vectors in pairs]

    def embed_query(self, text: str) -> QueryEmbedding:
        """Embed a query and, where the model can, its words."""
        texts = [self._query_prompt + text]
        knows_script = not self._is_default or find_script(text) in DEFAULT_MODEL_SCRIPTS
        if not self._projection:
            return QueryEmbedding(self._embed(texts)[0], knows_script=knows_script)
        vectors, [words] = self._choose_encoder(texts).encode_with_words(texts, self._projection)
        return QueryEmbedding(
            self._normalise(vectors)[0], words.words, normalise_rows(words.vectors), knows_script
        )

    def _choose_encoder(self, texts: Sequence[str]) -> BertEncoder | BulkEncoder:
        is_bulk_faster = len(texts) > MAX_TEXTS_IN_NUMPY or self._bulk_encoder.is_loaded
        return self._bulk_encoder if is_bulk_faster else self._numpy_encoder or self._bulk_encoder

    def _embed(self, texts: Sequence[str], report: Report = ignore) -> Vectors:
        return self._normalise(self._choose_encoder(texts).encode(texts, report))

    def _normalise(self, raw: Vectors) -> Vectors:
        """Truncate vectors and scale them to unit length; raises ProviderError."""
        import numpy as np

        vectors = raw[:, : self._dimensions].astype(np.float32)
        with np.errstate(invalid="ignore"):
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(vectors).all():
            raise ProviderError(
                f"the embedding model {self._bulk_encoder.name!r} "
                "returned vectors that are not finite",
                hint='set device = "cpu" in [embedding], or choose another model',
            )
        return vectors

    @cached_property
    def _numpy_encoder(self) -> BertEncoder | None:
        is_bert = bert_encoder.is_supported(self._directory)
        return BertEncoder(self._directory) if is_bert else None

    @cached_property
    def _is_default(self) -> bool:
        return model_files.is_default_model(self._directory)

    @cached_property
    def _projection(self) -> Projection | None:
        # There is a projection of the default model alone.
        embeds_words = self._embeds_words and self._is_default
        return Projection.load(WORD_PROJECTION) if embeds_words else None
