"""What an ingest has to do: the files that were found, compared with the documents in the table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg import formats
from ragpg.pipeline.scope import DirectoryScope, TreeScope
from ragpg.text.scripts import normalize
from ragpg.types import DocumentStatus, File, StoredDocument, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from ragpg.pipeline.scope import Scope
    from ragpg.types import LeftOut, Tree


@dataclass(frozen=True, slots=True)
class Action:
    """What is to be done with one document.

    `file` is there when the document is to be read, `stored` when it is in the table already
    (under `previous_source`, if it was renamed). `reason` says why it is missing if its file is
    there.
    """

    status: DocumentStatus
    source: str
    origin: str | None
    file: File | None = None
    stored: StoredDocument | None = None
    error: str | None = None
    reason: str | None = None

    @property
    def previous_source(self) -> str | None:
        """The source of a renamed document until now."""
        renamed = self.status is DocumentStatus.RENAMED and self.stored
        return self.stored.source if renamed and self.stored else None

    @property
    def from_directory(self) -> bool:
        """Whether the document is found below a directory, or ever was."""
        is_now = self.file is not None and self.file.from_directory
        return is_now or (self.stored is not None and self.stored.from_directory)

    @property
    def moves_origin(self) -> bool:
        """Whether a stored document is read from elsewhere, or found in another way now."""
        if self.stored is None:
            return False
        before = self.stored.origin, self.stored.from_directory, self.stored.commit
        return before != (self.origin, self.from_directory, self.commit)

    @property
    def commit(self) -> str | None:
        """The commit of git that the document is read from."""
        if self.file and (self.file.commit or self.file.origin):
            return self.file.commit
        return self.stored.commit if self.stored else None

    @property
    def learns_modified(self) -> bool:
        """Whether the store does not know yet when an unchanged document was modified."""
        known = self.stored.modified if self.stored else None
        return self.status is DocumentStatus.UNCHANGED and known is None and bool(self.modified)

    @property
    def modified(self) -> datetime | None:
        """When the file was modified; that of the same content stays: a checkout changes it."""
        if self.file is None:
            return None
        if self.stored and self.stored.modified and self.stored.digest == self.file.digest:
            return self.stored.modified
        return self.file.modified


def plan(
    files: Iterable[File | UnreadableFile],
    *,
    stored: Sequence[StoredDocument],
    chunking_fingerprint: bytes,
    directories: Sequence[Path] = (),
    left_out: Sequence[LeftOut] = (),
    tree: Tree | None = None,
    prune: bool = False,
) -> Iterator[Action]:
    """Decide for each file what is to be done, then what is missing below `directories`.

    Missing is also what git ignores, according to `left_out`, unless it is among the files. With a
    `tree` the files are those of a commit, and missing is what it lacks.

    Contents are compared by digest alone, never by time; a document with another chunking
    fingerprint has changed. With `prune`, documents that are missing and came from a directory are
    to be removed.
    """
    known = {normalize(document.source): document for document in stored}
    planned: dict[str, str | None] = {}
    on_disk = DirectoryScope(directories, left_out)
    scope = TreeScope(tree) if tree else on_disk
    renamable = Renamable(stored, scope)
    for file in files:
        if isinstance(file, UnreadableFile) and file.origin:
            on_disk.unreadable.append(Path(file.origin))
        action = decide(
            file, known=known, renamable=renamable, chunking_fingerprint=chunking_fingerprint
        )
        if action.previous_source:
            del known[normalize(action.previous_source)]
        yield fail_if_planned(action, planned)
    unplanned = [known[source] for source in known if source not in planned]
    for action in find_missing(unplanned, scope):
        removed = prune and action.from_directory
        yield replace(action, status=DocumentStatus.REMOVED) if removed else action


def decide(
    file: File | UnreadableFile,
    *,
    known: dict[str, StoredDocument],
    renamable: Renamable,
    chunking_fingerprint: bytes,
) -> Action:
    """Compare one file with the table."""
    if isinstance(file, UnreadableFile):
        return Action(DocumentStatus.FAILED, file.source, file.origin, error=file.reason)
    document = known.get(normalize(file.source))
    if document is None:
        renamed = renamable.claim(file.digest, known=known)
        status = DocumentStatus.RENAMED if renamed else DocumentStatus.ADDED
        return Action(status, file.source, file.origin, file=file, stored=renamed)
    if has_other_origin(document, file):
        error = describe_conflict(document, file)
        return Action(DocumentStatus.FAILED, file.source, file.origin, error=error)
    same_chunking = document.chunking_fingerprint == chunking_fingerprint
    # What was read as it is for want of a converter is converted once there is one.
    same_reading = document.converted or not formats.can_convert(file.source)
    unchanged = document.digest == file.digest and same_chunking and same_reading
    status = DocumentStatus.UNCHANGED if unchanged else DocumentStatus.CHANGED
    return Action(status, file.source, file.origin, file=file, stored=document)


def fail_if_planned(action: Action, planned: dict[str, str | None]) -> Action:
    """Refuse a file whose source is canonically equal to that of another file of this ingest."""
    if action.file is None:
        return action
    first = planned.setdefault(normalize(action.source), action.origin)
    if first == action.origin:
        return action
    error = f"{action.source!r} and {first!r} have canonically equal names: rename one"
    return Action(DocumentStatus.FAILED, action.source, action.origin, error=error)


class Renamable:
    """Documents whose file is gone, by digest; computed only when there is a new file."""

    def __init__(self, stored: Sequence[StoredDocument], scope: Scope) -> None:
        self._stored = stored
        self._scope = scope
        self._gone: dict[bytes, list[StoredDocument]] | None = None

    def claim(self, digest: bytes, *, known: dict[str, StoredDocument]) -> StoredDocument | None:
        """Return the one missing document with this content; None if there are several."""
        if self._gone is None:
            self._gone = {}
            for document in filter(self._scope.is_gone, self._stored):
                self._gone.setdefault(document.digest, []).append(document)
        unclaimed = [d for d in self._gone.get(digest, ()) if known.get(normalize(d.source)) is d]
        return unclaimed[0] if len(unclaimed) == 1 else None


def find_missing(stored: Iterable[StoredDocument], scope: Scope) -> Iterator[Action]:
    """Yield the documents whose file is gone, or ignored, where the ingest covers them."""
    for document in filter(scope.covers, stored):
        reason = scope.find_reason(document)
        if reason or scope.is_gone(document):
            missing = DocumentStatus.MISSING
            yield Action(missing, document.source, document.origin, stored=document, reason=reason)


def has_other_origin(document: StoredDocument, file: File) -> bool:
    """Return whether a source belongs to another file that still exists."""
    if document.origin is None or document.origin == file.origin:
        return False
    other = Path(document.origin)
    try:
        return other.exists() and not (file.origin and other.samefile(file.origin))
    except OSError:
        return True


def describe_conflict(document: StoredDocument, file: File) -> str:
    """Name the two files that claim one source."""
    other = f" and is not {file.origin!r}" if file.origin else ""
    return (
        f"{file.source!r} is already the source of {document.origin!r}, which still exists{other}: "
        "tell them apart with --root, or use another --table"
    )
