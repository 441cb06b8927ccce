"""Paths as a pull request names them: from the root of the repository."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RepositoryPaths:
    """Paths become relative to `root`; sources are relative to `project`, and files to `current`.

    The root is that of the git repository, the project without one, else the current directory.
    """

    root: Path
    project: Path
    current: Path

    @classmethod
    def from_cwd(cls) -> RepositoryPaths:
        """Use the repository and the project of the current directory."""
        from ragpg.project import find_project

        current = Path.cwd()
        project = find_project(current) or current
        above = (directory for directory in (project, *project.parents))
        repository = next((path for path in above if (path / ".git").exists()), project)
        return cls(repository, project, current)

    def of_file(self, path: str) -> str:
        """Return the path of a file that is named in the current directory."""
        return self._relate(self.current / path)

    def of_source(self, source: str) -> str:
        """Return the path of a document."""
        return self._relate(self.project / source)

    def to_source(self, path: str) -> str:
        """Return the source that a document has whose path from the root this is."""
        absolute = self.root / path
        is_below = absolute.is_relative_to(self.project)
        return (absolute.relative_to(self.project) if is_below else absolute).as_posix()

    def _relate(self, path: Path) -> str:
        absolute = Path(os.path.normpath(path))
        is_below = absolute.is_relative_to(self.root)
        return (absolute.relative_to(self.root) if is_below else absolute).as_posix()
