"""A file's bytes to a document."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ragpg.documents.front_matter import parse_front_matter
from ragpg.errors import DocumentError
from ragpg.markdown import find_title
from ragpg.text import utf8
from ragpg.types import PLACES_KEY, Document, File, LocatorKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.types import PlaceMap

MAX_TITLE_LENGTH = 300
"""Characters."""
FIRST = "1"
"""The label of the first page or slide."""
COMMIT = "commit"
"""The key of metadata that has the commit of a document that was read from git."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def parse_document(file: File) -> Document:
    """Decode a file and read its front matter; raises DocumentError if it is not UTF-8 text."""
    text = _decode(file)
    metadata, body_start, warning = parse_front_matter(text)
    metadata.pop(PLACES_KEY, None)
    if file.commit:
        metadata = {**metadata, COMMIT: file.commit}
    return Document(
        source=file.source,
        origin=file.origin,
        text=text,
        digest=file.digest,
        size=len(file.content),
        title=_choose_title(metadata, text[body_start:], file.source),
        metadata=metadata,
        body_start=body_start,
        from_directory=file.from_directory,
        warning=warning,
        modified=file.modified,
    )


def parse_converted(file: File, text: str, places: PlaceMap) -> Document:
    """Make a document of what a file was converted to."""
    text = utf8.sanitise(text)
    return Document(
        source=file.source,
        origin=file.origin,
        text=text,
        digest=file.digest,
        size=len(file.content),
        title=_choose_title({"title": _find_first_title(text, places)}, "", file.source),
        metadata={PLACES_KEY: places.to_json()} | ({COMMIT: file.commit} if file.commit else {}),
        body_start=0,
        from_directory=file.from_directory,
        modified=file.modified,
    )


def _find_first_title(text: str, places: PlaceMap) -> str | None:
    """Return the title of the first page or slide, or of all; a sheet's name is none."""
    marks = places.marks
    if any(mark.locator.kind is LocatorKind.SHEET for mark in marks):
        return None
    is_first = len(marks) > 1 and marks[0].locator.label == FIRST
    first = text.split("\n")[: marks[1].line - 1] if is_first else []
    return find_title("\n".join(first)) or find_title(text)


def parse_again(document: Document) -> Document:
    """Read the front matter of a stored document anew; what was converted has none."""
    if document.converted:
        return document
    metadata, body_start, warning = parse_front_matter(document.text)
    metadata.pop(PLACES_KEY, None)
    if document.origin is None and COMMIT in document.metadata:
        metadata = {**metadata, COMMIT: document.metadata[COMMIT]}
    title = _choose_title(metadata, document.text[body_start:], document.source)
    return replace(document, metadata=metadata, body_start=body_start, title=title, warning=warning)


def _decode(file: File) -> str:
    try:
        text = utf8.decode(file.content)
    except utf8.NotUtf8Error as error:
        byte = f"byte 0x{error.byte:02x} at offset {error.offset}"
        raise DocumentError(
            f"{file.source!r} is not valid UTF-8: {byte}",
            hint="save it as UTF-8, or leave it out with --exclude",
        ) from error
    if "\0" in text:
        raise DocumentError(
            f"{file.source!r} is not a text: NUL at offset {file.content.index(0)}",
            hint="leave it out with --exclude",
        )
    return text


def _choose_title(metadata: Mapping[str, Any], body: str, source: str) -> str:
    """Return the title in the front matter, else the only top-level heading, else the file's name.

    It is on one line and has no control characters.
    """
    value = metadata.get("title")
    has_title = value is not None and not isinstance(value, bool | dict | list)
    for title in (
        str(value) if has_title else "",
        find_title(body) or "",
        PurePosixPath(source).stem,
    ):
        line = " ".join(_CONTROLS.sub(" ", title).split())[:MAX_TITLE_LENGTH].rstrip()
        if line:
            return line
    return source
