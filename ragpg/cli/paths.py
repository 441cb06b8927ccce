"""Between the names of documents and the paths that a person types and reads."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Names:
    """Sources are relative to `root`, the project (None: absolute); people stand in `current`."""

    root: Path | None
    current: Path

    @classmethod
    def here(cls) -> Names:
        """Take the current directory and its project."""
        from ragpg.project import find_project

        current = Path.cwd()
        return cls(find_project(current), current)

    def shown(self, source: str) -> str:
        """Shorten a source to the current directory where its file lies below it."""
        path = self.root / source if self.root else Path(source)
        return path.relative_to(self.current).as_posix() if self.below(path) else source

    def below(self, path: Path) -> bool:
        """Whether a path lies below the current directory."""
        return path.is_relative_to(self.current) and path != self.current

    def source(self, typed: str) -> str:
        """Find the source that a typed path or glob means, seen from the current directory."""
        path = Path(os.path.normpath(self.current / typed))
        if self.root and path.is_relative_to(self.root):
            return path.relative_to(self.root).as_posix()
        return path.as_posix()

    def holds_root(self, typed: str) -> bool:
        """Whether a typed directory is the project's root, or lies above it."""
        path = Path(os.path.normpath(self.current / typed))
        return self.root is not None and self.root.is_relative_to(path)

    def choose(self, typed: str, *, known: set[str]) -> str:
        """Prefer what is typed as it stands, if there is such a source."""
        return typed if typed in known else self.source(typed)
