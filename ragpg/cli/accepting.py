"""The project's file of accepted claims: read, applied to checked files, written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.acceptance import (
    FILE_NAME,
    AcceptedClaim,
    accept_failing,
    find_unmatched,
    format_entries,
    mark_accepted,
    parse_entries,
)
from ragpg.api.paths import SourcePaths
from ragpg.cli.files import write_atomically
from ragpg.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ragpg.types import CheckedFile, LocatedClaim

MAX_BYTES = 20_000_000
"""A link in a cloned repository could lead to a device that never ends."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted claims of the project in `root`; none where it has no such file."""

    root: Path
    entries: tuple[AcceptedClaim, ...] = ()

    @classmethod
    def read(cls) -> Baseline:
        """Read that of the current directory's project; raises DocumentError, UsageError."""
        root = SourcePaths.from_cwd().root or Path.cwd()
        path = root / FILE_NAME
        try:
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return cls(root)
        except OSError as error:
            raise DocumentError(f"{str(path)!r} cannot be read: {error.strerror}") from error
        if len(content) > MAX_BYTES:
            raise DocumentError(f"{str(path)!r} has more than {MAX_BYTES} bytes")
        return cls(root, tuple(parse_entries(content, name=str(path))))

    @property
    def path(self) -> Path:
        """The file, whether it exists or not."""
        return self.root / FILE_NAME

    def mark(self, files: Sequence[CheckedFile]) -> list[CheckedFile]:
        """Mark the claims that are accepted."""
        return [mark_accepted(file, self.entries) for file in files]

    def find_unmatched(self, files: Sequence[CheckedFile]) -> list[AcceptedClaim]:
        """Return the entries that match no claim of the files, or whose file is gone."""
        return find_unmatched(
            files,
            self.entries,
            to_source=SourcePaths.from_cwd().to_source,
            exists=lambda source: (self.root / source).exists(),
        )

    def accept(
        self, files: Sequence[CheckedFile], *, fails: Callable[[LocatedClaim], bool]
    ) -> Baseline:
        """Accept the claims that fail, drop entries without a match; raises DocumentError."""
        unmatched = self.find_unmatched(files)
        entries = accept_failing(
            files,
            [entry for entry in self.entries if entry not in unmatched],
            fails=fails,
            to_source=SourcePaths.from_cwd().to_source,
        )
        if entries or self.entries:
            write_atomically(self.path, format_entries(entries))
        return Baseline(self.root, tuple(entries))
