"""What an ingest decides to do."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ragpg.pipeline import plan as planning
from ragpg.types import DocumentStatus, File, StoredDocument, UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

FINGERPRINT = b"fingerprint"


def file_of(path: Path, *, source: str | None = None, from_directory: bool = True) -> File:
    """Read a file as the search for documents does."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).digest()
    return File(source or path.name, str(path), content, digest, from_directory)


def stored_of(
    path: Path,
    content: bytes,
    *,
    chunking_fingerprint: bytes = FINGERPRINT,
    from_directory: bool = True,
) -> StoredDocument:
    """Describe a document that was ingested from a path."""
    return StoredDocument(
        source=path.name,
        origin=str(path),
        digest=hashlib.sha256(content).digest(),
        chunking_fingerprint=chunking_fingerprint,
        title="",
        chunks=1,
        size=len(content),
        ingested=datetime.now(UTC),
        from_directory=from_directory,
    )


def plan(
    files: list[File | UnreadableFile], stored: list[StoredDocument], *directories: Path
) -> list[tuple[DocumentStatus, str]]:
    """Plan, and tell each action by its status and source."""
    actions = planning.plan(
        files, stored=stored, chunking_fingerprint=FINGERPRINT, directories=directories
    )
    return [(action.status, action.source) for action in actions]


def test_a_new_file_is_added(tmp_path: Path) -> None:
    """A source that the table lacks is added."""
    (tmp_path / "a.md").write_bytes(b"a")
    assert plan([file_of(tmp_path / "a.md")], []) == [(DocumentStatus.ADDED, "a.md")]


def test_content_and_chunking_decide_whether_a_document_changed(tmp_path: Path) -> None:
    """The same bytes, chunked the same way, are unchanged; anything else is not."""
    path = tmp_path / "a.md"
    path.write_bytes(b"a")
    same, other = stored_of(path, b"a"), stored_of(path, b"b")
    outdated = stored_of(path, b"a", chunking_fingerprint=b"an older one")
    assert plan([file_of(path)], [same]) == [(DocumentStatus.UNCHANGED, "a.md")]
    assert plan([file_of(path)], [other]) == [(DocumentStatus.CHANGED, "a.md")]
    assert plan([file_of(path)], [outdated]) == [(DocumentStatus.CHANGED, "a.md")]


def test_exactly_one_missing_document_with_the_digest_makes_a_rename(tmp_path: Path) -> None:
    """A new file is a renamed document if one, and only one, missing document had its content."""
    (tmp_path / "new.md").write_bytes(b"a")
    gone, twin = stored_of(tmp_path / "old.md", b"a"), stored_of(tmp_path / "older.md", b"a")
    new = file_of(tmp_path / "new.md")
    [action] = planning.plan([new], stored=[gone], chunking_fingerprint=FINGERPRINT)
    assert (action.status, action.previous_source) == (DocumentStatus.RENAMED, "old.md")
    assert plan([new], [gone, twin]) == [(DocumentStatus.ADDED, "new.md")]


def test_a_copy_is_not_a_rename(tmp_path: Path) -> None:
    """While the first file is still there, a second one with its content is added."""
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_bytes(b"a")
    files: list[File | UnreadableFile] = [file_of(tmp_path / "a.md"), file_of(tmp_path / "b.md")]
    assert plan(files, [stored_of(tmp_path / "a.md", b"a")]) == [
        (DocumentStatus.UNCHANGED, "a.md"),
        (DocumentStatus.ADDED, "b.md"),
    ]


def test_a_missing_document_is_renamed_once(tmp_path: Path) -> None:
    """Of two new files with a missing document's content one is the renamed document."""
    for name in ("b.md", "c.md"):
        (tmp_path / name).write_bytes(b"a")
    files: list[File | UnreadableFile] = [file_of(tmp_path / "b.md"), file_of(tmp_path / "c.md")]
    assert plan(files, [stored_of(tmp_path / "a.md", b"a")], tmp_path) == [
        (DocumentStatus.RENAMED, "b.md"),
        (DocumentStatus.ADDED, "c.md"),
    ]


def test_missing_is_reported_below_the_given_directories_only(tmp_path: Path) -> None:
    """A document whose file is gone is missing if its origin lies below a given directory."""
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    stored = [stored_of(here / "a.md", b"a"), stored_of(elsewhere / "b.md", b"b")]
    assert plan([], stored, here) == [(DocumentStatus.MISSING, "a.md")]
    assert plan([], stored) == []


def test_prune_removes_what_came_from_directories_and_nothing_else(tmp_path: Path) -> None:
    """What came from a directory is removed; what was named by itself stays missing."""
    stored = [
        stored_of(tmp_path / "below.md", b"a"),
        stored_of(tmp_path / "named.md", b"b", from_directory=False),
    ]
    actions = planning.plan(
        [], stored=stored, chunking_fingerprint=FINGERPRINT, directories=[tmp_path], prune=True
    )
    assert [(action.status, action.source) for action in actions] == [
        (DocumentStatus.REMOVED, "below.md"),
        (DocumentStatus.MISSING, "named.md"),
    ]


def test_a_source_that_belongs_to_another_file_fails(tmp_path: Path) -> None:
    """Two existing files never share a source: the second one fails and names both."""
    one, two = tmp_path / "one" / "a.md", tmp_path / "two" / "a.md"
    for path in (one, two):
        path.parent.mkdir()
        path.write_bytes(b"a")
    [action] = planning.plan(
        [file_of(two)], stored=[stored_of(one, b"a")], chunking_fingerprint=FINGERPRINT
    )
    assert action.status is DocumentStatus.FAILED
    assert action.error == (
        f"'a.md' is already the source of '{one}', which still exists and is not '{two}': "
        "tell them apart with --root, or use another --table"
    )


def test_a_new_origin_is_adopted_where_the_old_file_is_gone(tmp_path: Path) -> None:
    """A source whose former file no longer exists may be read from elsewhere."""
    (tmp_path / "a.md").write_bytes(b"a")
    former = stored_of(tmp_path / "gone" / "a.md", b"a")
    assert plan([file_of(tmp_path / "a.md")], [former]) == [(DocumentStatus.UNCHANGED, "a.md")]


def test_an_unreadable_file_fails_and_the_others_go_on(tmp_path: Path) -> None:
    """One file that cannot be read is one failed action."""
    (tmp_path / "a.md").write_bytes(b"a")
    files: list[File | UnreadableFile] = [
        UnreadableFile("x.md", None, "no such file"),
        file_of(tmp_path / "a.md"),
    ]
    assert plan(files, []) == [(DocumentStatus.FAILED, "x.md"), (DocumentStatus.ADDED, "a.md")]


def test_canonically_equal_names_are_one_document(tmp_path: Path) -> None:
    """A name is that of a stored document, composed or not; two files with it are too many."""
    composed, decomposed = tmp_path / "Caf\u00e9.md", tmp_path / "Cafe\u0301.md"
    composed.write_bytes(b"a")
    stored = stored_of(decomposed, b"a")
    [action] = planning.plan([file_of(composed)], stored=[stored], chunking_fingerprint=FINGERPRINT)
    assert (action.status, action.stored) == (DocumentStatus.UNCHANGED, stored)
    decomposed.write_bytes(b"b")
    if not composed.samefile(decomposed):
        both = [file_of(composed), file_of(decomposed)]
        statuses = [status for status, _ in plan([*both], [])]
        assert statuses == [DocumentStatus.ADDED, DocumentStatus.FAILED]
