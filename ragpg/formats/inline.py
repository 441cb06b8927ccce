"""Formatting within lines, at which docling-rs parts words: "**Ma** kerspace", "see *this* ."."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import NamedTuple


class Formatting(NamedTuple):
    """The parts of an archive that have text, and the tags in them that say how it looks."""

    parts: re.Pattern[str]
    tags: re.Pattern[bytes]


_HTML = re.compile(rb"</?(?:b|strong|i|em|u|s|strike|del|ins|mark|small|big)(?:\s[^<>]*)?>", re.I)
ARCHIVES = {
    ".docx": Formatting(
        re.compile(r"word/(?:document|footnotes|endnotes)\d*\.xml"),
        re.compile(rb"<w:(?:b|i|u|bCs|iCs|strike)(?:\s[^<>]*)?/>"),
    ),
    ".odt": Formatting(re.compile(r"content\.xml"), re.compile(rb"</?text:span(?:\s[^<>]*)?>")),
    ".epub": Formatting(re.compile(r".*\.x?html?", re.I), _HTML),
}
PAGES = frozenset({".html", ".htm", ".xhtml"})

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,  # a password
    OSError,
    EOFError,
    ValueError,
)
"""docling-rs says what is wrong with such an archive, or reads it all the same."""

_CODE = re.compile(r"(^```.*?^```[^\n]*$)", re.MULTILINE | re.DOTALL)
_BEFORE_MARK = re.compile(r"(\]\([^()\s]*\)|[`*]) (?=[.,)](?:[\s.,;:!?)]|$))", re.MULTILINE)
_BEHIND_PARENTHESIS = re.compile(r"(?<=\() (?=[\[`*])")


def drop_formatting(content: bytes, suffix: str) -> bytes:
    """Take the formatting out of a file; one that cannot be opened stays as it is."""
    if suffix in PAGES:
        return _HTML.sub(b"", content)
    formatting = ARCHIVES.get(suffix)
    if formatting is None:
        return content
    written = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as source,
            zipfile.ZipFile(written, "w") as target,
        ):
            for part in source.infolist():
                data = source.read(part)
                if formatting.parts.fullmatch(part.filename):
                    data = formatting.tags.sub(b"", data)
                target.writestr(part.filename, data)
    except UNREADABLE:
        return content
    return written.getvalue()


def join_punctuation(markdown: str) -> str:
    """Take out the blanks between a link or code and the mark behind it; code blocks stay."""
    divided = _CODE.split(markdown)
    divided[::2] = [
        _BEHIND_PARENTHESIS.sub("", _BEFORE_MARK.sub(r"\1", text)) for text in divided[::2]
    ]
    return "".join(divided)
