"""What comes in the body of a response: lines, JSON objects, errors in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ragpg.providers.failures import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

LARGEST = 2**20
"""Bytes that a line of an answer may have, and the body of an error; chosen by hand."""


def iter_lines(response: httpx.Response) -> Iterator[bytes]:
    """Yield the lines of a body without their ends; raises ValueError for an endless one."""
    line = b""
    for data in response.iter_bytes():
        *lines, line = (line + data).split(b"\n")
        yield from (whole.rstrip(b"\r") for whole in lines)
        if len(line) > LARGEST:
            raise ValueError("an endless line")
    if line:
        yield line


def parse_object(data: bytes) -> dict[str, Any]:
    """Parse a JSON object; raises ServerError if it is an error, ValueError if it is none."""
    value = json.loads(data)
    if not isinstance(value, dict):
        raise ValueError("no object")
    error = value.get("error")
    if error:
        status = error.get("code") if isinstance(error, dict) else None
        is_status = type(status) is int and 400 <= status < 600
        raise ServerError(find_message(value), status=status if is_status else None)
    return value


def read_error(response: httpx.Response) -> ServerError:
    """Read the body of a response with a status of 400 and above."""
    body = b""
    for data in response.iter_bytes():
        body += data
        if len(body) > LARGEST:
            break
    text = body.decode(errors="replace")
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    message = find_message(value) if isinstance(value, dict) else text
    return ServerError(message, status=response.status_code, headers=response.headers)


def find_message(body: Mapping[str, Any]) -> str:
    """Return the sentence in which a server says what is wrong, or else all that it says."""
    error = body.get("error") or body.get("message") or body.get("detail")
    if isinstance(error, dict):
        error = error.get("message")
    if isinstance(error, str):
        return error
    return json.dumps(body) if body else ""
