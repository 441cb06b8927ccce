"""What an ingest covers, and what is gone there: below directories, or in a commit's tree."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ragpg.text.scripts import normalize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.types import LeftOut, StoredDocument, Tree


class Scope(Protocol):
    """Where documents may be missing."""

    def covers(self, document: StoredDocument, /) -> bool:
        """Return whether a document would have been found, were it there."""
        ...

    def is_gone(self, document: StoredDocument, /) -> bool:
        """Return whether a document's file is known to be gone; False where that is not known."""
        ...

    def find_reason(self, document: StoredDocument, /) -> str | None:
        """Say why a document is left out whose file is there, if it is."""
        ...


class DirectoryScope:
    """Directories of the disk, but for what could not be read."""

    def __init__(self, directories: Sequence[Path], left_out: Sequence[LeftOut]) -> None:
        self.unreadable: list[Path] = []
        self._directories = directories
        self._ignored = {item.path: item.reason for item in left_out if item.is_ignored}

    def covers(self, document: StoredDocument, /) -> bool:
        """See `Scope.covers`."""
        origin = Path(document.origin or "")
        is_below = any(map(origin.is_relative_to, self._directories))
        return is_below and not any(map(origin.is_relative_to, self.unreadable))

    def is_gone(self, document: StoredDocument, /) -> bool:
        """See `Scope.is_gone`."""
        if document.origin is None:
            return False
        try:
            os.lstat(document.origin)
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return False

    def find_reason(self, document: StoredDocument, /) -> str | None:
        """See `Scope.find_reason`."""
        origin = Path(document.origin or "")
        above = (str(path) for path in (origin, *origin.parents))
        return next((self._ignored[path] for path in above if path in self._ignored), None)


class TreeScope:
    """Directories of a commit; of the documents only those that were read from one count."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def covers(self, document: StoredDocument, /) -> bool:
        """See `Scope.covers`."""
        below = (d == "." or document.source.startswith(f"{d}/") for d in self._tree.directories)
        return document.commit is not None and any(below)

    def is_gone(self, document: StoredDocument, /) -> bool:
        """See `Scope.is_gone`."""
        is_there = normalize(document.source) in self._tree.sources
        return document.commit is not None and not is_there

    def find_reason(self, _: StoredDocument, /) -> str | None:
        """See `Scope.find_reason`."""
        return None
