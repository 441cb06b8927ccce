"""Stored embeddings are used again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ragpg.types import Embedding
from tests.support.documents import (
    chunks,
    document,
    vectors,
)
from tests.support.store import put, upsert

if TYPE_CHECKING:
    from ragpg.store.postgres import PostgresStore


def test_vectors_are_reused_by_passage(store: PostgresStore) -> None:
    """A passage's vector is found by the digest of its text, as exact as half precision is."""
    put(store, "a.md", "alpha ", "beta")
    parts = chunks("alpha ", "beta", "gamma")
    digests = [chunk.digest for chunk in parts]
    known = store.find_embeddings(digests)
    assert list(known) == sorted(digests[:2])
    for digest, vector in zip(digests, vectors(2), strict=False):
        assert known[digest].vector.dtype == np.float32
        assert known[digest].vector @ vector > 0.999
    assert store.find_embeddings([]) == {}
    again = [Embedding(known[digest].vector, b"words") for digest in digests[:2]]
    upsert(
        store, document("a.md", "alpha ", "beta"), parts[:2], again, chunking_fingerprint=b"finer"
    )
    reused = store.find_embeddings(digests)[digests[0]]
    assert (reused.vector == known[digests[0]].vector).all()
    assert reused.word_codes == b"words"
