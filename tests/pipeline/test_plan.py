"""What an ingest decides to do."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ragpg.pipeline import plan as planning
from ragpg.types import File, Status, StoredDocument, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

RECIPE = b"recipe"


def file_of(path: Path, *, source: str | None = None, walked: bool = True) -> File:
    """Read a file as the search for documents does."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).digest()
    return File(source or path.name, str(path), content, digest, walked)


def stored_of(
    path: Path, content: bytes, *, recipe: bytes = RECIPE, walked: bool = True
) -> StoredDocument:
    """Describe a document that was ingested from a path."""
    return StoredDocument(
        source=path.name,
        origin=str(path),
        digest=hashlib.sha256(content).digest(),
        recipe=recipe,
        title="",
        chunks=1,
        size=len(content),
        ingested=datetime.now(UTC),
        walked=walked,
    )


def plan(
    files: list[File | Unreadable], stored: list[StoredDocument], *directories: Path
) -> list[tuple[Status, str]]:
    """Plan, and tell each step by its status and source."""
    steps = planning.plan(files, stored=stored, recipe=RECIPE, directories=directories)
    return [(step.status, step.source) for step in steps]


def test_a_new_file_is_added(tmp_path: Path) -> None:
    """A source that the table lacks is added."""
    (tmp_path / "a.md").write_bytes(b"a")
    assert plan([file_of(tmp_path / "a.md")], []) == [(Status.ADDED, "a.md")]


def test_content_and_recipe_decide_whether_a_document_changed(tmp_path: Path) -> None:
    """The same bytes by the same recipe are unchanged; other bytes or another recipe are not."""
    path = tmp_path / "a.md"
    path.write_bytes(b"a")
    same, other = stored_of(path, b"a"), stored_of(path, b"b")
    outdated = stored_of(path, b"a", recipe=b"an older one")
    assert plan([file_of(path)], [same]) == [(Status.UNCHANGED, "a.md")]
    assert plan([file_of(path)], [other]) == [(Status.CHANGED, "a.md")]
    assert plan([file_of(path)], [outdated]) == [(Status.CHANGED, "a.md")]


def test_exactly_one_missing_document_with_the_digest_makes_a_rename(tmp_path: Path) -> None:
    """A new file is a renamed document if one, and only one, missing document had its content."""
    (tmp_path / "new.md").write_bytes(b"a")
    gone, twin = stored_of(tmp_path / "old.md", b"a"), stored_of(tmp_path / "older.md", b"a")
    new = file_of(tmp_path / "new.md")
    [step] = planning.plan([new], stored=[gone], recipe=RECIPE)
    assert (step.status, step.previous_source) == (Status.RENAMED, "old.md")
    assert plan([new], [gone, twin]) == [(Status.ADDED, "new.md")]


def test_a_copy_is_not_a_rename(tmp_path: Path) -> None:
    """While the first file is still there, a second one with its content is added."""
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_bytes(b"a")
    files: list[File | Unreadable] = [file_of(tmp_path / "a.md"), file_of(tmp_path / "b.md")]
    assert plan(files, [stored_of(tmp_path / "a.md", b"a")]) == [
        (Status.UNCHANGED, "a.md"),
        (Status.ADDED, "b.md"),
    ]


def test_a_missing_document_is_renamed_once(tmp_path: Path) -> None:
    """Of two new files with a missing document's content one is the renamed document."""
    for name in ("b.md", "c.md"):
        (tmp_path / name).write_bytes(b"a")
    files: list[File | Unreadable] = [file_of(tmp_path / "b.md"), file_of(tmp_path / "c.md")]
    assert plan(files, [stored_of(tmp_path / "a.md", b"a")], tmp_path) == [
        (Status.RENAMED, "b.md"),
        (Status.ADDED, "c.md"),
    ]


def test_missing_is_reported_below_the_given_directories_only(tmp_path: Path) -> None:
    """A document whose file is gone is missing if its origin lies below a given directory."""
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    stored = [stored_of(here / "a.md", b"a"), stored_of(elsewhere / "b.md", b"b")]
    assert plan([], stored, here) == [(Status.MISSING, "a.md")]
    assert plan([], stored) == []


def test_prune_removes_what_was_walked_and_nothing_else(tmp_path: Path) -> None:
    """What came from a directory is removed; what was named by itself stays missing."""
    stored = [
        stored_of(tmp_path / "walked.md", b"a"),
        stored_of(tmp_path / "named.md", b"b", walked=False),
    ]
    steps = planning.plan([], stored=stored, recipe=RECIPE, directories=[tmp_path])
    assert [(step.status, step.source) for step in planning.prune(steps)] == [
        (Status.REMOVED, "walked.md"),
        (Status.MISSING, "named.md"),
    ]


def test_a_source_that_belongs_to_another_file_fails(tmp_path: Path) -> None:
    """Two existing files never share a source: the second one fails and names both."""
    one, two = tmp_path / "one" / "a.md", tmp_path / "two" / "a.md"
    for path in (one, two):
        path.parent.mkdir()
        path.write_bytes(b"a")
    [step] = planning.plan([file_of(two)], stored=[stored_of(one, b"a")], recipe=RECIPE)
    assert step.status is Status.FAILED
    assert step.error == (
        f"'a.md' is already the source of '{one}', which still exists and is not '{two}': "
        "tell them apart with --root, or use another --table"
    )


def test_a_new_origin_is_adopted_where_the_old_file_is_gone(tmp_path: Path) -> None:
    """A source whose former file no longer exists may be read from elsewhere."""
    (tmp_path / "a.md").write_bytes(b"a")
    former = stored_of(tmp_path / "gone" / "a.md", b"a")
    assert plan([file_of(tmp_path / "a.md")], [former]) == [(Status.UNCHANGED, "a.md")]


def test_an_unreadable_file_fails_and_the_others_go_on(tmp_path: Path) -> None:
    """One file that cannot be read is one failed step."""
    (tmp_path / "a.md").write_bytes(b"a")
    files: list[File | Unreadable] = [
        Unreadable("x.md", None, "no such file"),
        file_of(tmp_path / "a.md"),
    ]
    assert plan(files, []) == [(Status.FAILED, "x.md"), (Status.ADDED, "a.md")]
