"""A file's bytes as a document."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ragpg.documents.front_matter import front_matter
from ragpg.errors import DocumentError
from ragpg.markdown import find_title
from ragpg.types import Document, File

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TITLE = 300

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def parse(file: File) -> Document:
    """Decode a file and read its front matter; raises DocumentError where it is not UTF-8 text."""
    return restore(
        _decode(file),
        source=file.source,
        origin=file.origin,
        digest=file.digest,
        size=len(file.content),
        from_directory=file.from_directory,
    )


def restore(
    text: str, *, source: str, origin: str | None, digest: bytes, size: int, from_directory: bool
) -> Document:
    """Make the document of a text that was decoded before."""
    metadata, body_start = front_matter(text)
    return Document(
        source=source,
        origin=origin,
        text=text,
        digest=digest,
        size=size,
        title=_title(metadata, text[body_start:], source),
        metadata=metadata,
        body_start=body_start,
        from_directory=from_directory,
    )


def _decode(file: File) -> str:
    mark = codecs.BOM_UTF8 if file.content.startswith(codecs.BOM_UTF8) else b""
    try:
        text = file.content[len(mark) :].decode()
    except UnicodeDecodeError as error:
        place = len(mark) + error.start
        byte = f"byte 0x{file.content[place]:02x} at offset {place}"
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


def _title(metadata: Mapping[str, Any], body: str, source: str) -> str:
    """The title in the front matter, else the only heading of the first level, else the name."""
    given = metadata.get("title")
    named = "" if given is None or isinstance(given, bool | dict | list) else str(given)
    for title in (named, find_title(body) or "", PurePosixPath(source).stem):
        if folded := " ".join(_CONTROLS.sub(" ", title).split())[:LONGEST_TITLE].rstrip():
            return folded
    return source
