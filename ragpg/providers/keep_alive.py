"""Streams whose server sends nothing but keep-alive comments (WHATWG HTML, 9.2.6)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 5
"""Timeouts that a server may spend sending comments only: it is alive, and perhaps queuing."""


class OnlyKeepAlivesError(httpx.ReadTimeout):
    """A server went on sending comments instead of an answer."""


class GuardedStream(httpx.SyncByteStream):
    """The body of a response; ends it with OnlyKeepAlivesError if no line of its content ends.

    `seconds` is the time for a line.
    """

    def __init__(self, stream: httpx.SyncByteStream, *, seconds: float) -> None:
        self._stream = stream
        self._seconds = seconds

    def __iter__(self) -> Iterator[bytes]:
        deadline = time.monotonic() + self._seconds
        line = b""
        for data in self._stream:
            *lines, line = (line + data).split(b"\n")
            if any(map(is_content, lines)):
                deadline = time.monotonic() + self._seconds
            elif time.monotonic() > deadline:
                raise OnlyKeepAlivesError(f"only keep-alives for {self._seconds:g} s")
            line = line[:1]  # all that tells whether it is a comment
            yield data

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()


def is_content(line: bytes) -> bool:
    """Return whether a line of an event stream is neither blank nor a comment."""
    return bool(line.strip()) and not line.startswith(b":")


def guard(response: Any, *, timeout: float) -> None:
    """Let a response of httpx end if it brings nothing but comments."""
    if isinstance(response, httpx.Response) and isinstance(response.stream, httpx.SyncByteStream):
        response.stream = GuardedStream(response.stream, seconds=PATIENCE * timeout)
