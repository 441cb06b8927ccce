"""Embedding in batches, ahead of what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragpg.errors import ProviderError
from ragpg.pipeline import embed_ahead as module
from ragpg.pipeline.embed_ahead import ChunkedDocument, embed_ahead
from ragpg.types import DocumentStatus, Embedding, Receipt
from tests.support.documents import chunks, document
from tests.support.pipeline import HashingEmbedder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.pipeline.embed_ahead import Item
    from ragpg.types import Chunk


def item(*bodies: str, stored: Sequence[str] = ()) -> ChunkedDocument:
    """Make a document of these chunks, of which some are in the store."""
    parts = chunks(*bodies)
    digests = [chunk.digest for chunk in parts]
    vectors = HashingEmbedder().embed_passages(bodies)
    known = {
        digest: Embedding(vector)
        for digest, vector, body in zip(digests, vectors, bodies, strict=True)
        if body in stored
    }
    return ChunkedDocument(document("a.md", *bodies), parts, digests, known)


RECEIPT = Receipt("x.md", None, DocumentStatus.UNCHANGED)
BODIES = st.lists(st.sampled_from([f"text {n}" for n in range(12)]), max_size=5)
ITEMS = st.lists(
    st.just(RECEIPT)
    | st.builds(lambda bodies, stored: item(*bodies, stored=stored), BODIES, BODIES),
    max_size=12,
)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches that a few documents fill."""
    monkeypatch.setattr(module, "BATCH_CHUNKS", 4)
    monkeypatch.setattr(module, "BATCH_DOCUMENTS", 3)


@pytest.mark.usefixtures("small_batches")
@given(items=ITEMS)
@settings(deadline=None)
def test_every_chunk_has_an_embedding_when_its_document_is_written(items: list[Item]) -> None:
    """Items keep their order; what is stored is not embedded, and no batch embeds a text twice."""
    embedder = HashingEmbedder()
    batches = list(embed_ahead(items, embedder))
    assert [part for batch in batches for part in batch.items] == items
    assert all(call and len(call) == len(set(call)) for call in embedder.calls)
    assert sum(map(len, embedder.calls)) == sum(len(batch.new) for batch in batches)
    for batch in batches:
        for part in batch.items:
            if isinstance(part, ChunkedDocument):
                assert set(part.digests) <= part.stored.keys() | batch.embeddings.keys()
                assert not part.stored.keys() & part.missing.keys()


@pytest.mark.usefixtures("small_batches")
def test_a_text_of_the_last_batch_is_not_embedded_again() -> None:
    """The store could not know of it yet when it was asked."""
    embedder = HashingEmbedder()
    batches = list(embed_ahead([item("a", "b", "c", "d"), item("d", "e", "f", "g", "a")], embedder))
    assert embedder.calls == [["a", "b", "c", "d"], ["e", "f", "g"]]
    assert [len(batch.new) for batch in batches] == [4, 3]


@pytest.mark.usefixtures("small_batches")
def test_one_batch_is_prepared_ahead() -> None:
    """While the first batch is written, the second one is read, and no third one."""
    taken = 0

    def documents() -> Iterator[Item]:
        nonlocal taken
        for number in range(20):
            taken += 1
            yield item(*(f"{number} {part}" for part in range(4)))

    batches = embed_ahead(documents(), HashingEmbedder())
    next(batches)
    assert taken == 2
    next(batches)
    assert taken == 3


def test_nothing_is_embedded_without_need() -> None:
    """Receipts and documents that are stored already pass without a call."""
    embedder = HashingEmbedder()
    items: list[Item] = [RECEIPT, item("a", stored=["a"]), item()]
    assert [batch.items for batch in embed_ahead(items, embedder)] == [items]
    assert list(embed_ahead([], embedder)) == []
    assert embedder.calls == []


def test_an_embedder_that_fails_ends_it() -> None:
    """Its error is raised where the batch would have been yielded."""

    class Failing(HashingEmbedder):
        def embed_chunks(self, chunks: Sequence[Chunk]) -> list[Embedding]:
            raise ProviderError("no embeddings", hint="none")

    with pytest.raises(ProviderError, match="no embeddings"):
        list(embed_ahead([item("a")], Failing()))
