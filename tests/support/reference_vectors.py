"""Texts, and their vectors as sentence-transformers computes them in float32."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ragpg.embedding.sentence_transformer import SentenceTransformerEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ragpg.types import Vectors

TEXTS = [
    "leave",
    "Can I encash leave at year end?",
    "Ünïcödé, 漢字 and emoji 🙂",
    "many words " * 200,
    "",
]


def encode_exactly(directory: Path, texts: Sequence[str]) -> Vectors:
    """Embed texts with sentence-transformers in float32; rows of unit length."""
    exact = SentenceTransformerEncoder(directory, device="cpu", precision="float32")
    return to_unit_length(exact.encode(texts))


def to_unit_length(vectors: Vectors) -> Vectors:
    """Scale rows to unit length."""
    scaled: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled
