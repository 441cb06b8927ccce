"""Formatting within lines, at which docling-rs parts words: "**Ma** kerspace", "see *this* ."."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ragpg.formats.navigation import drop_menus

if TYPE_CHECKING:
    from collections.abc import Callable


class Formatting(NamedTuple):
    """The parts of an archive that have text, and what takes out of one how it looks."""

    parts: re.Pattern[str]
    drop: Callable[[bytes], bytes]


_HTML = re.compile(rb"</?(?:b|strong|i|em|u|s|strike|del|ins|mark|small|big)(?:\s[^<>]*)?>", re.I)
_HTML_CODE = re.compile(rb"<(pre|code)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_COLOURS = re.compile(rb"</?(?:span|a)(?:\s[^<>]*)?>", re.IGNORECASE)
"""Tags in code, whose colours would part it: "df . groupby ( x )"."""


def drop_html_formatting(page: bytes) -> bytes:
    """Take out of a page which words look otherwise than those beside them."""
    page = _HTML_CODE.sub(lambda match: _COLOURS.sub(b"", match[0]), page)
    return _HTML.sub(b"", drop_menus(page))


ARCHIVES = {
    ".docx": Formatting(
        re.compile(r"word/(?:document|footnotes|endnotes)\d*\.xml"),
        partial(re.compile(rb"<w:(?:b|i|u|bCs|iCs|strike)(?:\s[^<>]*)?/>").sub, b""),
    ),
    ".odt": Formatting(
        re.compile(r"content\.xml"),
        partial(re.compile(rb"</?text:span(?:\s[^<>]*)?>").sub, b""),
    ),
    ".epub": Formatting(re.compile(r".*\.x?html?", re.I), drop_html_formatting),
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
_TORN = re.compile(r"(?<=\() (?=[\[`*])|(?<=`) (?=-[^\W\d_]{3})|(?<=[^\W\d_]-) (?=`)")
"""Blanks behind a parenthesis, and between code and the rest of its word: "a `GET` -request"."""


def drop_formatting(content: bytes, suffix: str) -> bytes:
    """Take the formatting out of a file; one that cannot be opened stays as it is."""
    if suffix in PAGES:
        return drop_html_formatting(content)
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
                    data = formatting.drop(data)
                target.writestr(part.filename, data)
    except UNREADABLE:
        return content
    return written.getvalue()


def join_punctuation(markdown: str) -> str:
    """Take out the blanks between a link or code and the mark behind it; code blocks stay."""
    divided = _CODE.split(markdown)
    marked = (_BEFORE_MARK.sub(r"\1", text) for text in divided[::2])
    divided[::2] = [_TORN.sub("", text) for text in marked]
    return "".join(divided)
