"""The files that an ingest is given, and those below its directories."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.api.paths import SourcePaths
from ragpg.operating_system import use_slashes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import BinaryIO

    from ragpg.config import Config
    from ragpg.documents import FileSelection
    from ragpg.documents.changes import Changed
    from ragpg.types import File, LeftOut, Tree, UnreadableFile, Work


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files to ingest, each read when its turn comes, and the directories among the paths.

    `work` is what the files are together, `left_out` what is not read below the directories. The
    files of a commit come with its `tree`, and no directories.
    """

    files: Iterable[File | UnreadableFile]
    directories: list[Path]
    work: Work
    left_out: list[LeftOut] = field(default_factory=list)
    tree: Tree | None = None

    @property
    def has_files(self) -> bool:
        """Whether there is any file."""
        return self.work.documents > 0


def make_selection(
    config: Config,
    *,
    root: Path | None,
    exclude: Sequence[str],
    all_formats: bool = False,
    honours_gitignore: bool = True,
) -> FileSelection:
    """Return which files are read, and what their sources are relative to.

    With `all_formats`, files below a directory that a converter reads are included.
    """
    from ragpg.documents import FileSelection
    from ragpg.formats import FORMAT_GLOBS

    settings = config.ingest
    return FileSelection(
        root=root or SourcePaths.from_cwd().root,
        include=(*settings.include, *(FORMAT_GLOBS if all_formats else ())),
        exclude=(*settings.exclude, *map(use_slashes, exclude)),
        follow_symlinks=settings.follow_symlinks,
        max_bytes=settings.max_file_bytes,
        links_within=find_limit_of_links(config),
        honours_gitignore=honours_gitignore,
    )


def find_limit_of_links(config: Config) -> Path | None:
    """Return where links have to lead if only a project's file wants them to be followed.

    It may have come with links to the user's private files, and with a server to send these to.
    """
    is_found = "ingest.followSymlinks" in config.found_keys
    return config.path.parent if config.path and is_found else None


def select_inputs(
    paths: Sequence[str],
    selection: FileSelection,
    *,
    stream: tuple[str, BinaryIO] | None = None,
    changed: Changed | None = None,
) -> Inputs:
    """Find the files below the paths; what a stream brings, under the name it has, comes first.

    With `changed`, files that have not changed are left alone.
    """
    from ragpg.documents import find_files, measure_files, read_files, read_stdin
    from ragpg.types import File, LeftOut, UnreadableFile, Work, expect_text

    items = list(find_files([path for path in paths if path != "-"], selection))
    found = [item for item in items if not isinstance(item, LeftOut)]
    left_out = [item for item in items if isinstance(item, LeftOut)]
    # What is ignored and named all the same must be among the files, or it would be missing.
    if changed and not any(is_named_below(item, paths) for item in left_out):
        found = [f for f in found if isinstance(f, UnreadableFile) or changed.concerns(f.path)]
    work = measure_files(found, selection)
    files: Iterable[File | UnreadableFile] = read_files(found, selection)
    if stream is not None:
        name, content = stream
        first = read_stdin(content, name=name, selection=selection)
        size = expect_text(name, len(first.content)) if isinstance(first, File) else 0
        work = Work(work.documents + 1, work.size + size)
        files = chain([first], files)
    directories = [Path(os.path.abspath(path)) for path in paths if Path(path).is_dir()]  # noqa: PTH100 - origins are not resolved either
    return Inputs(files, directories, work, left_out)


def select_commit(paths: Sequence[str], selection: FileSelection, *, ref: str) -> Inputs:
    """Find the files below the paths in a commit of git, without a checkout.

    The repository is that of the first path. Raises UsageError where there is no such commit.
    """
    from ragpg.documents import find_commit, find_in_tree

    existing = next((p for p in (Path(paths[0]), *Path(paths[0]).parents) if p.is_dir()), Path())
    files = find_in_tree(paths, find_commit(ref, existing), selection)
    return Inputs(files.read(), [], files.work, tree=files.tree)


def is_named_below(left_out: LeftOut, paths: Sequence[str]) -> bool:
    """Return whether something that git ignores is, or has, one of the paths."""
    named = (Path(os.path.abspath(path)) for path in paths)  # noqa: PTH100 - as above
    return left_out.is_ignored and any(path.is_relative_to(left_out.path) for path in named)


def count_others(directories: Sequence[Path], selection: FileSelection) -> Counter[str]:
    """Count the files below the directories that are no documents, by suffix.

    The configuration of the project is none of them.
    """
    from ragpg.documents import count_other_suffixes

    selection = replace(selection, exclude=(*selection.exclude, "Config.toml"))
    counts = (count_other_suffixes(directory, selection) for directory in directories)
    return sum(counts, Counter())


def describe_others(others: Counter[str]) -> str:
    """Say how many other files there are, and of which suffix most are."""
    [(suffix, count)] = others.most_common(1)
    total = others.total()
    suffix = suffix or "without a suffix"
    if total == 1:
        return f"1 other file, {suffix}"
    return f"{total} other files, {'all' if count == total else 'most'} {suffix}"
