"""Embedding in batches, ahead of what is written."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.errors import ProviderError
from ragpg.pipeline import embed_ahead as module
from ragpg.pipeline.embed_ahead import ChunkedDocument, EmbeddedBatch, EmbeddedPart, embed_ahead
from ragpg.pipeline.meter import Meter
from ragpg.types import DocumentStatus, Embedding, Receipt, Unit, Work, ignore
from tests.support.documents import chunks, document
from tests.support.pipeline import HashingEmbedder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.pipeline.embed_ahead import Item
    from ragpg.types import Chunk, Progress, Report


def embed(items: Iterable[Item], embedder: HashingEmbedder) -> Iterator[EmbeddedBatch]:
    """The batches; parts are left out."""
    events = embed_ahead(items, embedder)
    return (event for event in events if isinstance(event, EmbeddedBatch))


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
def test_every_chunk_has_an_embedding_when_its_document_is_written(items: list[Item]) -> None:
    """Items keep their order; what is stored is not embedded, and no batch embeds a text twice."""
    embedder = HashingEmbedder()
    batches = list(embed(items, embedder))
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
    batches = list(embed([item("a", "b", "c", "d"), item("d", "e", "f", "g", "a")], embedder))
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

    batches = embed(documents(), HashingEmbedder())
    next(batches)
    assert taken == 2
    next(batches)
    assert taken == 3


def test_nothing_is_embedded_without_need() -> None:
    """Receipts and documents that are stored already pass without a call."""
    embedder = HashingEmbedder()
    items: list[Item] = [RECEIPT, item("a", stored=["a"]), item()]
    assert [batch.items for batch in embed(items, embedder)] == [items]
    assert list(embed_ahead([], embedder)) == []
    assert embedder.calls == []


@pytest.mark.usefixtures("small_batches")
@given(items=ITEMS)
def test_progress_never_goes_back_and_ends_at_the_total(items: list[Item]) -> None:
    """Embedded and reused chunks are counted, each once, whatever the batches are."""
    documents = [one for one in items if isinstance(one, ChunkedDocument)]
    sizes = [one.document.size for one in documents]
    meter = Meter(Work(len(documents), sum(sizes)))

    def read() -> Iterator[Item]:
        for one in items:
            if isinstance(one, ChunkedDocument):
                meter.documents, meter.size = meter.documents + 1, meter.size + one.document.size
            yield one

    steps: list[Progress] = []
    for event in embed_ahead(meter.count_chunks(read()), HashingEmbedder()):
        if isinstance(event, EmbeddedPart):
            steps.append(meter.add_part(event))
        else:
            steps.append(meter.add_batch(event))
    counted = [step for step in steps if step.unit is Unit.CHUNKS]
    done = [step.done for step in counted]
    assert done == sorted(done)
    assert all(step.total is not None and step.done <= step.total for step in counted)
    total = sum(len(one.chunks) for one in documents)
    if total:
        assert (done[-1], counted[-1].total, counted[-1].is_estimate) == (total, total, False)
    else:
        assert not counted


def test_an_embedder_that_tells_nothing_is_counted_at_the_end() -> None:
    """All of a batch is reported once it is there."""

    class Silent(HashingEmbedder):
        def embed_chunks(
            self, chunks: Sequence[Chunk], *, report: Report = ignore
        ) -> list[Embedding]:
            return super().embed_chunks(chunks)

    events = list(embed_ahead([item("a", "b")], Silent()))
    parts = [event.chunks for event in events if isinstance(event, EmbeddedPart)]
    assert parts == [0, 2]


def test_a_slow_embedder_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing is done it is said, again and again, which document is at work."""
    monkeypatch.setattr(module, "TICK", 0.01)
    waited = Event()

    class Slow(HashingEmbedder):
        def embed_chunks(
            self, chunks: Sequence[Chunk], *, report: Report = ignore
        ) -> list[Embedding]:
            assert waited.wait(60)
            return super().embed_chunks(chunks, report=report)

    events = embed_ahead([item("a")], Slow())
    ticks = [next(events) for _ in range(4)]
    waited.set()
    assert ticks == [EmbeddedPart(0, "a.md")] * 4
    assert isinstance(list(events)[-1], EmbeddedBatch)


def test_an_embedder_that_fails_ends_it() -> None:
    """Its error is raised where the batch would have been yielded."""

    class Failing(HashingEmbedder):
        def embed_chunks(
            self, chunks: Sequence[Chunk], *, report: Report = ignore
        ) -> list[Embedding]:
            raise ProviderError("no embeddings", hint="none")

    with pytest.raises(ProviderError, match="no embeddings"):
        list(embed_ahead([item("a")], Failing()))
