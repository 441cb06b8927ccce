"""Keeps the table in step with files while they are edited."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.api import factories
from ragpg.api.inputs import select_inputs
from ragpg.errors import NothingIngestedError
from ragpg.operating_system import use_slashes
from ragpg.text.globs import is_glob

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from ragpg.api.database import Database
    from ragpg.documents import FileSelection
    from ragpg.documents.changes import Changed
    from ragpg.pipeline.ingest import Event
    from ragpg.pipeline.write import Chunker
    from ragpg.protocols import Embedder


class WatchedDocuments:
    """The documents that paths, directories and globs stand for; models are loaded once."""

    def __init__(
        self, paths: Sequence[str], selection: FileSelection, *, database: Database, prune: bool
    ) -> None:
        self._paths = paths
        self._selection = selection
        self._database = database
        self._prune = prune

    def renew(self, changed: Changed) -> Generator[Event, None, None]:
        """Ingest the files that have changed; what is gone is found without being reported.

        The database is connected to if there is anything to do. Raises LostConnectionError where
        the server has gone in the meantime.
        """
        from ragpg.pipeline import ingest as pipeline

        inputs = select_inputs(self._paths, self._selection, changed=changed)
        if not inputs.has_files and not changed.is_all and not changed.has_gone:
            return
        try:
            store = self._database.open_for_ingest(
                embedder=self._embedder, has_files=inputs.has_files
            )
        except NothingIngestedError:
            return
        yield from pipeline.ingest(
            inputs.files,
            work=inputs.work,
            store=store,
            embedder=self._embedder,
            chunker=self._chunker,
            directories=inputs.directories,
            left_out=inputs.left_out,
            prune=self._prune,
        )

    @cached_property
    def _embedder(self) -> Embedder:
        return factories.make_embedder(self._database.config)

    @cached_property
    def _chunker(self) -> Chunker:
        return factories.make_chunker(self._database.config)


def divide_paths(paths: Sequence[str]) -> tuple[list[Path], list[Path]]:
    """Return the directories to watch, those of globs too, and the single files."""
    directories, files = [], []
    for argument in map(use_slashes, paths):
        path = Path(argument)
        if path.is_dir():
            directories.append(path.absolute())
        elif path.exists() or not is_glob(argument):
            files.append(path.absolute())
        else:
            parts = argument.split("/")
            first = next(index for index, part in enumerate(parts) if is_glob(part))
            base = Path("".join(f"{part}/" for part in parts[:first]) or ".")
            directories.append(base.absolute())
    return directories, files
