"""The one decoder of UTF-8 for everything that a user writes."""

from __future__ import annotations

from codecs import BOM_UTF8


class NotUtf8Error(ValueError):
    """Bytes that are not UTF-8.

    `byte` is the first wrong one, `offset` its distance from the first byte, and `line` its line,
    counted from 1.
    """

    def __init__(self, content: bytes, offset: int) -> None:
        super().__init__(f"not UTF-8: byte {offset} is invalid")
        self.byte = content[offset]
        self.offset = offset
        self.line = content.count(b"\n", 0, offset) + 1


def decode(content: bytes) -> str:
    """Return the text without its byte order mark; raises NotUtf8Error."""
    mark = len(BOM_UTF8) if content.startswith(BOM_UTF8) else 0
    try:
        return content[mark:].decode()
    except UnicodeDecodeError as error:
        raise NotUtf8Error(content, mark + error.start) from error


def sanitise(text: str) -> str:
    """Return text with a blank for each NUL, and `?` for each surrogate: no database has these."""
    return text.encode(errors="replace").decode().replace("\0", " ")
