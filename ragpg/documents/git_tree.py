"""Paths, directories and globs to files of a commit, without a checkout."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ragpg.documents.file_selection import is_utf8
from ragpg.documents.walk import list_patterns
from ragpg.errors import DocumentError
from ragpg.operating_system import use_slashes
from ragpg.text.globs import is_glob, match
from ragpg.text.scripts import normalize
from ragpg.types import File, Tree, UnreadableFile, Work, expect_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.documents.file_selection import FileSelection
    from ragpg.documents.git import Blob, Commit

LFS_POINTER = b"version https://git-lfs.github.com/spec/"
NO_CONTENT = "it is a pointer of Git LFS: its content is not in the repository"


class FoundBlob(NamedTuple):
    """A file of a tree, and whether it was found below a directory."""

    path: str
    blob: Blob
    from_directory: bool


@dataclass(frozen=True, slots=True)
class TreeFiles:
    """What paths, directories and globs mean in a commit."""

    commit: Commit
    found: Sequence[FoundBlob | UnreadableFile]
    tree: Tree
    selection: FileSelection

    @property
    def work(self) -> Work:
        """What the files are together."""
        blobs = (item for item in self.found if isinstance(item, FoundBlob))
        sizes = (expect_text(item.path, item.blob.size) for item in blobs)
        return Work(len(self.found), sum(sizes))

    def read(self) -> Iterator[File | UnreadableFile]:
        """Read the files, each when its turn comes."""
        with self.commit.open_reader() as reader:
            for item in self.found:
                if isinstance(item, UnreadableFile):
                    yield item
                    continue
                try:
                    content = reader.read(item.blob)
                except DocumentError as error:
                    yield self._report(item.path, error.message)
                    continue
                if content.startswith(LFS_POINTER) and len(content) < 1024:
                    yield self._report(item.path, NO_CONTENT)
                    continue
                source = self.selection.to_source(self.commit.top / item.path)
                digest = sha256(content).digest()
                yield File(
                    source,
                    None,
                    content,
                    digest,
                    item.from_directory,
                    modified=self.commit.time,
                    commit=self.commit.sha,
                )

    def _report(self, path: str, reason: str) -> UnreadableFile:
        return UnreadableFile(self.selection.to_source(self.commit.top / path), None, reason)


def find_in_tree(arguments: Iterable[str], commit: Commit, selection: FileSelection) -> TreeFiles:
    """Find the files that paths, directories and globs stand for in a commit, each once.

    Directories are walked as those of the disk are; what is committed is not ignored. Links and
    submodules are left out.
    """
    tree = _BlobFinder(commit, commit.list_blobs(), selection)
    found: dict[str, FoundBlob | UnreadableFile] = {}
    directories: list[str] = []
    for argument in map(use_slashes, arguments):
        path = _locate(argument, commit.top)
        if path not in tree.blobs and tree.has_directory(path):
            directories.append(tree.to_source(path))
            items = tree.walk(path)
        else:
            items = tree.find(path)
        for item in items:
            found.setdefault(item.path, tree.check(item))
        if not items and tree.to_source(path) not in directories:
            reason = f"it is not in the commit {commit.sha[:10]}"
            found[path] = UnreadableFile(tree.to_source(path), None, reason)
    sources = frozenset(normalize(tree.to_source(path)) for path in tree.blobs)
    about = Tree(commit.sha, sources, tuple(directories))
    return TreeFiles(commit, list(found.values()), about, selection)


def _locate(argument: str, top: Path) -> str:
    """Return the path of an argument in the repository; raises DocumentError outside of it."""
    absolute = Path(os.path.abspath(argument))  # noqa: PTH100 - the last part may be a link
    if absolute != top:
        absolute = Path(os.path.realpath(absolute.parent), absolute.name)
    if not absolute.is_relative_to(top):
        raise DocumentError(f"{argument!r} is not in the repository {str(top)!r}")
    path = absolute.relative_to(top).as_posix()
    return "" if path == "." else path


@dataclass(frozen=True, slots=True)
class _BlobFinder:
    """Finds files of a commit by their paths in the repository."""

    commit: Commit
    blobs: dict[str, Blob]
    selection: FileSelection

    def to_source(self, path: str) -> str:
        return self.selection.to_source(self.commit.top / path)

    def has_directory(self, path: str) -> bool:
        return not path or any(name.startswith(f"{path}/") for name in self.blobs)

    def find(self, path: str) -> list[FoundBlob]:
        """Find the file of this path, or those that match it as a glob."""
        if path in self.blobs:
            return [FoundBlob(path, self.blobs[path], from_directory=False)]
        parts = path.split("/")
        first = next((index for index, part in enumerate(parts) if is_glob(part)), None)
        if first is None:
            return []
        glob, base = "/".join(parts[first:]), "/".join(parts[:first])
        return self._select(base, [glob], from_directory=False)

    def walk(self, directory: str) -> list[FoundBlob]:
        """Find the included files below a directory."""
        return self._select(directory, list_patterns(self.selection), from_directory=True)

    def _select(
        self, base: str, patterns: Sequence[str], *, from_directory: bool
    ) -> list[FoundBlob]:
        below = f"{base}/" if base else ""
        environments = [
            path.removesuffix("pyvenv.cfg")
            for path in self.blobs
            if path.endswith("/pyvenv.cfg") and path != f"{below}pyvenv.cfg"
        ]
        return [
            FoundBlob(path, blob, from_directory)
            for path, blob in self.blobs.items()
            if path.startswith(below)
            and blob.is_regular
            and any(match(pattern, path[len(below) :]) for pattern in patterns)
            and not path.startswith(tuple(environments))
            and not self._is_left_out(path[len(below) :], base)
        ]

    def _is_left_out(self, name: str, base: str) -> bool:
        """Return whether a walk of the directory `base` skips a file, or a directory above it."""
        *above, _ = parts = name.split("/")
        if any(part.startswith(".") or part == "node_modules" for part in above):
            return True
        if not self.selection.exclude:
            return False
        paths = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        names = {*parts, *paths, *(self.to_source(f"{base}/{path}".lstrip("/")) for path in paths)}
        patterns = [glob.removeprefix("./").rstrip("/") for glob in self.selection.exclude]
        return any(match(pattern, each) for pattern in patterns for each in names)

    def check(self, item: FoundBlob) -> FoundBlob | UnreadableFile:
        """Report a file that is not read."""
        source, blob = self.to_source(item.path), item.blob
        if not is_utf8(source):
            name = os.fsencode(source).decode(errors="backslashreplace")
            return UnreadableFile(name, None, "its name is not valid UTF-8")
        if not blob.is_regular:
            kind = "a submodule" if blob.mode == "160000" else "a link"
            return UnreadableFile(source, None, f"it is {kind} in the commit")
        if blob.size > self.selection.max_bytes:
            limit = f"maxFileBytes in [ingest], {self.selection.max_bytes}"
            return UnreadableFile(source, None, f"its {blob.size} bytes are more than {limit}")
        return item
