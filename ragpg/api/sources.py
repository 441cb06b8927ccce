"""The documents that a name means: it is a source, a directory, a glob, or the path of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ragpg.api.paths import SourcePaths
    from ragpg.types import StoredDocument


def find_sources(
    names: Iterable[str], documents: Sequence[StoredDocument], *, paths: SourcePaths
) -> list[str]:
    """Return the sources that names mean, sorted; raises DocumentError where one means none."""
    from ragpg.text.scripts import normalize

    known = {normalize(document.source): document.source for document in documents}
    found = {source for name in names for source in select(name, set(known), paths=paths)}
    return sorted(known[source] for source in found)


def select(name: str, known: set[str], *, paths: SourcePaths) -> set[str]:
    """Return the sources that a name means, read as a source or else as a path; all in NFC."""
    from ragpg.text.scripts import normalize

    for candidate in dict.fromkeys((name, paths.to_source(name))):
        if sources := match_sources(normalize(candidate), known):
            return sources
    raise DocumentError(
        f"no document {name!r} in the table", hint="`ragpg list` shows the documents"
    )


def match_sources(name: str, known: set[str]) -> set[str]:
    """Return the sources that are equal to a name, else those below it, else those it matches."""
    from ragpg.text.globs import match

    if name in known:
        return {name}
    below = {source for source in known if source.startswith(name.rstrip("/") + "/")}
    return below or {source for source in known if match(name, source)}
