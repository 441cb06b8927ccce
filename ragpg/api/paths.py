"""Converts between the sources of documents and the paths that people type and read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class SourcePaths:
    """Sources are relative to `root`, paths to `current`, the current directory.

    `root` is the directory of the project; without one, sources are absolute paths.
    """

    root: Path | None
    current: Path

    @classmethod
    def from_cwd(cls) -> SourcePaths:
        """Use the current directory and its project."""
        from ragpg.project import find_project

        current = Path.cwd()
        return cls(find_project(current), current)

    def to_path(self, source: str) -> str:
        """Return the path of a document below the current directory, the source of any other."""
        path = self.root / source if self.root else Path(source)
        is_below = path.is_relative_to(self.current) and path != self.current
        return path.relative_to(self.current).as_posix() if is_below else source

    def to_file_url(self, source: str) -> str | None:
        """Return the address of a document's file; None where there is none, or over SSH.

        A terminal would look for it on the machine that it runs on.
        """
        path = self.root / source if self.root else Path(source)
        is_remote = "SSH_CONNECTION" in os.environ
        return None if is_remote or not path.is_file() else path.absolute().as_uri()

    def to_source(self, path: str) -> str:
        """Return the source, or the glob over sources, that a path or a glob means."""
        absolute = self._to_absolute(path)
        if self.root and absolute.is_relative_to(self.root):
            return absolute.relative_to(self.root).as_posix()
        return absolute.as_posix()

    def to_globs(self, paths: Sequence[str] | None) -> tuple[str, ...]:
        """Return the globs over sources that values of --source mean; raises UsageError.

        Each value may be a source or a path, and each of these a directory, which stands for
        everything below it.
        """
        if not paths:
            return ()
        if "" in paths:
            raise UsageError("--source is empty")
        from ragpg.text.globs import escape

        sources = dict.fromkeys(name for path in paths for name in (path, self.to_source(path)))
        below = [f"{escape(name.rstrip('/'))}/**" for name in sources]
        everything = ["**"] if any(self._contains_root(path) for path in paths) else []
        return tuple(dict.fromkeys((*sources, *below, *everything)))

    def _contains_root(self, path: str) -> bool:
        return self.root is not None and self.root.is_relative_to(self._to_absolute(path))

    def _to_absolute(self, path: str) -> Path:
        return Path(os.path.normpath(self.current / path))
