"""Documents into the store: what is written, what is reported, and what was foretold."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.errors import DatabaseError
from ragpg.pipeline.ingest import confirm, ingest, merge_receipts, preview
from ragpg.store.connection import duplicate
from ragpg.store.postgres import PostgresStore
from ragpg.types import DocumentStatus, File, Receipt, UnreadableFile
from tests.support.pipeline import CHUNKER, HashingEmbedder, file, measure
from tests.support.store import read_documents, sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ragpg.pipeline.ingest import Event

FINGERPRINT = "7a6d30d1a0aaa6ac51f5971829ef5fb928ea1e234d8675310fd27063ab43537c"
SOURCES = st.sampled_from(["a.md", "b.md", "c.md"])
RECEIPTS = st.builds(
    Receipt,
    source=SOURCES,
    origin=st.none(),
    status=st.sampled_from(DocumentStatus),
    previous_source=st.none(),
    chunks=st.integers(0, 9),
)


def run(
    files: Sequence[File | UnreadableFile],
    table: PostgresStore,
    *directories: Path,
    embedder: HashingEmbedder | None = None,
    rebuild: bool = False,
) -> list[Receipt]:
    """Ingest files; what is missing below the directories is removed."""
    events = ingest(
        files,
        work=measure(files),
        store=table,
        embedder=embedder or HashingEmbedder(),
        chunker=CHUNKER,
        directories=directories,
        prune=True,
        rebuild=rebuild,
    )
    return receipts_of(events)


def receipts_of(events: Iterable[Event]) -> list[Receipt]:
    """The receipts among the events of an ingest or of a preview."""
    return [event for event in events if isinstance(event, Receipt)]


def foretell(
    files: Sequence[File | UnreadableFile], table: PostgresStore | None = None, *directories: Path
) -> list[Receipt]:
    """What an ingest would do; what is missing below the directories would be removed."""
    return receipts_of(
        preview(
            files,
            work=measure(files),
            store=table,
            chunker=CHUNKER,
            directories=directories,
            prune=True,
        )
    )


def read(directory: Path) -> Sequence[File]:
    """Read all files of a directory."""
    return [
        file(path.name, path.read_bytes(), origin=str(path), from_directory=True)
        for path in sorted(directory.iterdir())
    ]


def section(topic: str, *, sentences: int = 6) -> str:
    """A section of several chunks, no two of which have the same text."""
    text = " ".join(f"The {topic} is told in sentence {number}." for number in range(sentences))
    return f"## {topic}\n\n{text}\n\n"


# --- receipts -------------------------------------------------------------------------------


def receipt(source: str, status: DocumentStatus, previous: str | None = None) -> Receipt:
    """Make a receipt."""
    return Receipt(source, None, status, previous_source=previous)


def test_the_last_receipt_that_says_what_was_done_is_kept() -> None:
    """A document that was rebuilt, and then is unchanged, was changed."""
    rebuilt = receipt("a.md", DocumentStatus.CHANGED)
    unchanged = receipt("a.md", DocumentStatus.UNCHANGED)
    removed = receipt("a.md", DocumentStatus.REMOVED)
    assert merge_receipts([rebuilt, unchanged]) == [rebuilt]
    assert merge_receipts([rebuilt, removed]) == [removed]
    assert merge_receipts([unchanged]) == [unchanged]


def test_a_renamed_document_has_one_receipt() -> None:
    """That of its former name is dropped."""
    rebuilt = receipt("old.md", DocumentStatus.CHANGED)
    renamed = receipt("new.md", DocumentStatus.RENAMED, "old.md")
    assert merge_receipts([rebuilt, renamed]) == [renamed]


@given(st.lists(RECEIPTS, max_size=12))
def test_each_document_has_one_receipt(receipts: list[Receipt]) -> None:
    """All sources are kept, each once; an unchanged one only where nothing else is known."""
    merged = merge_receipts(receipts)
    assert sorted(r.source for r in merged) == sorted({r.source for r in receipts})
    for kept in merged:
        own = [r for r in receipts if r.source == kept.source]
        done = [r for r in own if r.status is not DocumentStatus.UNCHANGED]
        assert kept == (done[-1] if done else own[0])
    assert merge_receipts(merged) == merged


# --- chunker --------------------------------------------------------------------------------


def test_the_chunking_fingerprint() -> None:
    """It never changes by itself: all tables would be chunked again."""
    limits = replace(CHUNKER.limits, max_tokens=160, min_tokens=80)
    default = replace(CHUNKER, limits=limits)
    assert default.fingerprint.hex() == FINGERPRINT
    others = [CHUNKER, replace(default, language="german")]
    assert len({default.fingerprint, *(other.fingerprint for other in others)}) == 3


# --- ingest ---------------------------------------------------------------------------------


def test_a_preview_says_what_an_ingest_does(table: PostgresStore, tmp_path: Path) -> None:
    """Status and numbers are the same for every kind of change, and the preview makes none."""
    texts = {name: section(name) * 3 for name in ("same", "edited", "gone", "moved")}
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(text, "utf-8")
    assert foretell(read(tmp_path)) == run(read(tmp_path), table)

    (tmp_path / "edited.md").write_text(texts["edited"] + section("addition"), "utf-8")
    (tmp_path / "gone.md").unlink()
    (tmp_path / "moved.md").rename(tmp_path / "renamed.md")
    (tmp_path / "broken.md").write_bytes(b"\xff")
    (tmp_path / "copy.md").write_text(texts["same"], "utf-8")
    files: list[File | UnreadableFile] = [
        *read(tmp_path),
        UnreadableFile("x.md", None, "it is not a regular file"),
    ]
    before = table.list_documents()
    foretold = foretell(files, table, tmp_path)
    assert table.list_documents() == before
    receipts = run(files, table, tmp_path)
    assert foretold == receipts
    assert {r.source: r.status for r in receipts} == {
        "broken.md": DocumentStatus.FAILED,
        "copy.md": DocumentStatus.ADDED,
        "edited.md": DocumentStatus.CHANGED,
        "renamed.md": DocumentStatus.RENAMED,
        "same.md": DocumentStatus.UNCHANGED,
        "gone.md": DocumentStatus.REMOVED,
        "x.md": DocumentStatus.FAILED,
    }
    assert [document.source for document in table.list_documents()] == [
        "copy.md",
        "edited.md",
        "renamed.md",
        "same.md",
    ]


def test_only_new_texts_are_embedded(table: PostgresStore) -> None:
    """A second ingest embeds nothing, and a change only the chunks that it concerns."""
    text = "# Top\n\n" + "".join(section(f"part {number}") for number in range(5))
    embedder = HashingEmbedder()
    [added] = run([file("a.md", text)], table, embedder=embedder)
    assert added.chunks == added.embedded == sum(map(len, embedder.calls)) > 4

    embedder.calls.clear()
    [unchanged] = run([file("a.md", text)], table, embedder=embedder)
    assert (unchanged.status, embedder.calls) == (DocumentStatus.UNCHANGED, [])

    [changed] = run([file("a.md", text + section("addition"))], table, embedder=embedder)
    assert changed.embedded == sum(map(len, embedder.calls)) < changed.chunks
    assert changed.reused == added.chunks


def test_a_rebuild_embeds_everything_again(table: PostgresStore) -> None:
    """It needs no files; with a file that has changed, the document has two receipts."""
    run([file("a.md", section("a")), file("b.md", section("b"))], table)
    before = read_documents(table)
    embedder = HashingEmbedder()
    receipts = run([], table, embedder=embedder, rebuild=True)
    assert [(r.source, r.status) for r in receipts] == [
        ("a.md", DocumentStatus.CHANGED),
        ("b.md", DocumentStatus.CHANGED),
    ]
    assert sum(map(len, embedder.calls)) == sum(r.chunks for r in receipts)
    assert read_documents(table) == before

    receipts = run([file("a.md", section("other"))], table, rebuild=True)
    assert [r.source for r in receipts] == ["a.md", "b.md", "a.md"]
    assert [r.source for r in merge_receipts(receipts)] == ["a.md", "b.md"]


def test_a_rebuild_carries_over_what_others_write_meanwhile(table: PostgresStore) -> None:
    """Documents that are added, changed, moved and removed while the new table is filled."""
    names = [f"{name}.md" for name in "abcdef"]
    run([file(name, section(name)) for name in names], table)
    events = ingest(
        [],
        work=measure([]),
        store=table,
        embedder=HashingEmbedder(),
        chunker=CHUNKER,
        rebuild=True,
    )
    first = next(event for event in events if isinstance(event, Receipt))
    with closing(duplicate(table.table.connection)) as connection:
        other = PostgresStore.open(connection, table.table.name)
        moved = file("d.md", section("d.md"), origin="/elsewhere/d.md")
        run([file("a.md", section("other")), file("new.md", section("new")), moved], other)
        other.remove(["b.md", "c.md"])
    receipts = receipts_of((first, *events))
    statuses = {receipt.source: receipt.status.value for receipt in merge_receipts(receipts)}
    assert statuses == dict.fromkeys((*names, "new.md"), "changed") | dict.fromkeys(
        ("b.md", "c.md"), "removed"
    )
    documents = {made.source: made for made in read_documents(table)}
    assert sorted(documents) == ["a.md", "d.md", "e.md", "f.md", "new.md"]
    assert documents["a.md"].text == section("other")
    assert documents["d.md"].origin == "/elsewhere/d.md"
    assert sound(table)


def test_another_language_embeds_nothing(table: PostgresStore) -> None:
    """The words are read anew, in a new table; vectors are taken over."""
    run([file("a.md", section("a"))], table)
    embedder = HashingEmbedder()
    german = replace(CHUNKER, language="german")
    events = ingest([], work=measure([]), store=table, embedder=embedder, chunker=german)
    [receipt] = receipts_of(events)
    assert (receipt.status, receipt.embedded, embedder.calls) == (DocumentStatus.CHANGED, 0, [])
    assert receipt.reused == receipt.chunks > 0
    assert table.uses_language("german")
    assert sound(table)


def test_other_chunk_sizes_change_a_document(table: PostgresStore) -> None:
    """Its bytes are the same, its chunks are not."""
    run([file("a.md", section("a", sentences=20))], table)
    smaller = replace(CHUNKER, limits=replace(CHUNKER.limits, max_tokens=12, min_tokens=4))
    files = [file("a.md", section("a", sentences=20))]
    [receipt] = receipts_of(
        ingest(
            files,
            work=measure(files),
            store=table,
            embedder=HashingEmbedder(),
            chunker=smaller,
        )
    )
    assert receipt.status is DocumentStatus.CHANGED


def test_what_is_not_there_is_named(table: PostgresStore) -> None:
    """Written documents are counted again; of many, three are named."""
    written = [
        Receipt(f"{n}.md", None, DocumentStatus.ADDED, chunks=1) for n in ("a", "b", "c", "d")
    ]
    with pytest.raises(DatabaseError) as caught:
        confirm(written, store=table)
    assert caught.value.message == (
        "4 documents are not in the table as they were written: 'a.md', 'b.md', 'c.md', …"
    )
    confirm([replace(r, status=DocumentStatus.UNCHANGED) for r in written], store=table)
