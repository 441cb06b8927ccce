"""The embedder on this machine: when numpy is enough, prompts, dimensions, fingerprints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragpg.embedding import model_files
from ragpg.embedding.bulk_encoder import BulkEncoder
from ragpg.embedding.engine import Engine
from ragpg.embedding.local import MAX_TEXTS_IN_NUMPY, LocalEmbedder
from ragpg.types import ignore
from tests.support import tiny_model
from tests.support.documents import chunks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ragpg.types import Report, Vectors


class Unloadable:
    """Takes the place of another engine in a test in which it must not be loaded."""

    name = "unloadable"
    is_loaded = False

    def encode(self, texts: Sequence[str], report: Report = ignore) -> Vectors:
        """Fail."""
        raise AssertionError(len(texts))


def test_few_texts_need_no_engine_but_numpy_and_many_do() -> None:
    """Up to a number of texts numpy is done before another engine is loaded."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    embedder = LocalEmbedder(directory, Unloadable())  # type: ignore[arg-type] # it must stay unused
    assert embedder.embed_query("leave").vector.shape == (384,)
    assert embedder.embed_passages(["leave"] * MAX_TEXTS_IN_NUMPY).shape == (
        MAX_TEXTS_IN_NUMPY,
        384,
    )
    with pytest.raises(AssertionError):
        embedder.embed_passages(["leave"] * (MAX_TEXTS_IN_NUMPY + 1))


@pytest.mark.parametrize(
    ("text", "knows"),
    [
        ("How many days?", True),
        ("Wie viele Tage?", True),
        ("如何使用 ref?", True),
        ("42?", True),
        ("파일을 여러 개 업로드할 수 있나요?", False),
        ("Как запустить задачу в фоне?", False),
        ("ลาพักร้อนได้กี่วัน", False),
    ],
)
@pytest.mark.parametrize("words", [True, False])
def test_the_default_model_knows_some_scripts(text: str, knows: bool, words: bool) -> None:
    """It has learned English; of letters of other scripts it makes nothing."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    embedder = LocalEmbedder(directory, Unloadable(), words=words)  # type: ignore[arg-type]
    assert embedder.embed_query(text).knows_script is knows


def test_other_models_may_know_all_scripts(tmp_path: Path) -> None:
    """Nothing is known of them."""
    directory = tiny_model.build(tmp_path, dimension=8)
    embedder = LocalEmbedder(directory, BulkEncoder("tiny", directory))
    assert embedder.embed_query("Как?").knows_script


def test_prompts_and_dimensions_change_vectors_and_fingerprint() -> None:
    """A setting that changes vectors changes the fingerprint; nothing else does."""
    directory = model_files.find_model("all-MiniLM-L6-v2")
    encoder = BulkEncoder("all-MiniLM-L6-v2", directory)
    plain = LocalEmbedder(directory, encoder)
    prompted = LocalEmbedder(directory, encoder, query_prompt="query: ")
    cut = LocalEmbedder(directory, encoder, dimensions=64)
    fingerprints = [embedder.model.fingerprint for embedder in (plain, prompted, cut)]
    assert len(set(fingerprints)) == 3
    assert LocalEmbedder(directory, encoder).model == plain.model
    vectors = [embedder.embed_query("leave").vector for embedder in (plain, prompted)]
    assert not np.allclose(vectors[0], vectors[1], atol=1e-3)
    assert cut.model.dimension == 64
    whole, part = vectors[0][:64], cut.embed_query("leave").vector
    np.testing.assert_allclose(part, whole / np.linalg.norm(whole), atol=1e-6)


@pytest.mark.parametrize("kind", ["numpy", "openvino", "torch", "sentence-transformers"])
def test_every_chunk_is_reported_when_it_is_done(kind: str, tmp_path: Path) -> None:
    """In several steps, which add up; the vectors are those of the same chunks alone."""
    is_bert = kind != "sentence-transformers"
    directory = (
        model_files.find_model("all-MiniLM-L6-v2")
        if is_bert
        else tiny_model.build(tmp_path, dimension=8)
    )
    pytest.importorskip(kind.replace("-", "_"))
    engine = Engine(kind) if is_bert else None
    encoder = BulkEncoder("x", directory, engine=engine, precision="float32", batch_size=8)
    if kind != "numpy":
        encoder.encode(["load it"])
    embedder = LocalEmbedder(directory, encoder, words=is_bert)
    texts = [f"Sentence {number} " + "and so on " * (number % 7) for number in range(20)]
    reports: list[int] = []
    embedded = embedder.embed_chunks(chunks(*texts), report=reports.append)
    assert reports == [8, 8, 4]
    alone = [embedder.embed_chunks([chunk])[0].vector for chunk in chunks(*texts)]
    np.testing.assert_allclose([e.vector for e in embedded], alone, atol=1e-5)
    assert encoder.is_loaded == (kind != "numpy")
