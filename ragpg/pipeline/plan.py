"""What an ingest has to do: the files that were found against the documents in the table."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.types import File, Status, StoredDocument, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with one document.

    `file` is there when the document is to be read, `stored` when it is in the table already
    (under `previous_source`, if it was renamed).
    """

    status: Status
    source: str
    origin: str | None
    file: File | None = None
    stored: StoredDocument | None = None
    error: str | None = None

    @property
    def previous_source(self) -> str | None:
        """The name of a renamed document until now."""
        renamed = self.status is Status.RENAMED and self.stored
        return self.stored.source if renamed and self.stored else None


def plan(
    files: Iterable[File | Unreadable],
    *,
    stored: Sequence[StoredDocument],
    recipe: bytes,
    directories: Sequence[Path] = (),
) -> Iterator[Step]:
    """Decide for each file what is to be done, then report what is missing below `directories`.

    Contents are compared by digest alone, never by time; a document that was made by another
    recipe has changed.
    """
    known = {document.source: document for document in stored}
    renamable = Renamable(stored)
    unreadable = []
    for file in files:
        if isinstance(file, Unreadable) and file.origin:
            unreadable.append(Path(file.origin))
        step = decide(file, known=known, renamable=renamable, recipe=recipe)
        if step.previous_source:
            del known[step.previous_source]
        yield step
    yield from missing(known.values(), directories=directories, unreadable=unreadable)


def decide(
    file: File | Unreadable,
    *,
    known: dict[str, StoredDocument],
    renamable: Renamable,
    recipe: bytes,
) -> Step:
    """Compare one file with what is in the table."""
    if isinstance(file, Unreadable):
        return Step(Status.FAILED, file.source, file.origin, error=file.reason)
    document = known.get(file.source)
    if document is None:
        renamed = renamable.claim(file.digest, known=known)
        status = Status.RENAMED if renamed else Status.ADDED
        return Step(status, file.source, file.origin, file=file, stored=renamed)
    if taken(document, file):
        return Step(Status.FAILED, file.source, file.origin, error=conflict(document, file))
    same = document.digest == file.digest and document.recipe == recipe
    status = Status.UNCHANGED if same else Status.CHANGED
    return Step(status, file.source, file.origin, file=file, stored=document)


class Renamable:
    """Documents whose file is gone, by digest; looked for only when there is a new file."""

    def __init__(self, stored: Sequence[StoredDocument]) -> None:
        self._stored = stored
        self._gone: dict[bytes, list[StoredDocument]] | None = None

    def claim(self, digest: bytes, *, known: dict[str, StoredDocument]) -> StoredDocument | None:
        """Find the one missing document with this content; none if there are several."""
        if self._gone is None:
            self._gone = {}
            for document in filter(is_gone, self._stored):
                self._gone.setdefault(document.digest, []).append(document)
        found = [d for d in self._gone.get(digest, ()) if known.get(d.source) is d]
        return found[0] if len(found) == 1 else None


def missing(
    stored: Iterable[StoredDocument],
    *,
    directories: Sequence[Path],
    unreadable: Sequence[Path],
) -> Iterator[Step]:
    """Report documents whose file is gone below directories that could be read."""
    for document in stored:
        origin = Path(document.origin or "")
        looked = any(map(origin.is_relative_to, directories))
        if looked and not any(map(origin.is_relative_to, unreadable)) and is_gone(document):
            yield Step(Status.MISSING, document.source, document.origin, stored=document)


def prune(steps: Iterable[Step]) -> Iterator[Step]:
    """Turn what is missing into what is to be removed; what came as a single file stays."""
    for step in steps:
        walked = step.stored is not None and step.stored.walked
        removable = step.status is Status.MISSING and walked
        yield replace(step, status=Status.REMOVED) if removable else step


def is_gone(document: StoredDocument) -> bool:
    """Whether a document's file is certainly no longer there: one out of reach is not gone."""
    if document.origin is None:
        return False
    try:
        os.lstat(document.origin)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def taken(document: StoredDocument, file: File) -> bool:
    """Whether a source belongs to another file that still exists."""
    if document.origin is None or document.origin == file.origin:
        return False
    other = Path(document.origin)
    try:
        return other.exists() and not (file.origin and other.samefile(file.origin))
    except OSError:
        return True


def conflict(document: StoredDocument, file: File) -> str:
    """Say which two files claim one source."""
    this = repr(file.origin) if file.origin else "standard input"
    return (
        f"{file.source!r} is already the source of {document.origin!r}, "
        f"which still exists and is not {this}: "
        "tell them apart with --root, or use another --table"
    )
