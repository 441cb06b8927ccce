"""What went wrong at a model provider, found out from an exception of httpx or litellm.

litellm's own messages are never shown: they contain the key (401) or the server's HTML page (502),
and its classes are misleading (a timeout within a stream is a "status 500"). The true reason is in
the exceptions of httpx, further down the chain of causes.
"""

from __future__ import annotations

import os
import re
import sys
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

AGAIN = "Try again later."
ADDRESS = "Check apiBase: for OpenAI's protocol it often ends in /v1."


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed request: `predicate` completes the sentence that the model's name begins.

    `is_temporary` means that another attempt may succeed, `retry_after` is in seconds.
    """

    predicate: str
    hint: str | None = None
    is_temporary: bool = False
    retry_after: float | None = None


class ServerError(Exception):
    """What a server reports in the provider's protocol; the message is its own.

    `status` is None for an error in the middle of an answer that names none.
    """

    def __init__(
        self, message: str, *, status: int | None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


class RedirectError(Exception):
    """A server redirects a request to `host`; documents and key are not sent there."""

    def __init__(self, host: str, *, status: int) -> None:
        super().__init__(host)
        self.host = host
        self.status = status


def diagnose(error: BaseException, *, key: str, timeout: float) -> Failure:
    """Return what happened; `key` is the variable that holds the key, `timeout` is in seconds."""
    if isinstance(error, RedirectError):
        predicate = f"redirects to {error.host} ({error.status}), which is not followed"
        return Failure(predicate, "Set apiBase to the address that answers.")
    if isinstance(error, ServerError):
        return _to_reported_failure(error, key=key)
    causes = list(_iter_causes(error))
    for cause in reversed(causes):
        failure = _to_connection_failure(cause, timeout=timeout)
        failure = failure or _to_server_failure(cause, key=key, error=error)
        if failure is not None:
            return failure
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and 400 <= status < 500:
        return _interpret_status(status, key=key, detail=_extract_detail(error), headers={})
    if any(
        isinstance(cause, ValueError | LookupError | TypeError | AttributeError) for cause in causes
    ):
        return Failure("sent something that is no answer in the provider's protocol", ADDRESS)
    return Failure(_append_detail("failed", _extract_detail(causes[-1])))


def _iter_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _to_connection_failure(cause: BaseException, *, timeout: float) -> Failure | None:
    """Return the failure of a connection, None for other exceptions."""
    import httpx

    from ragpg.providers.keep_alive import PATIENCE, OnlyKeepAlivesError

    if isinstance(cause, OnlyKeepAlivesError):
        predicate = f"sent nothing but keep-alives for {PATIENCE * timeout:g} s"
        return Failure(predicate, f"Raise timeout. {AGAIN}")
    if isinstance(cause, httpx.TimeoutException) or _is_timeout_of_openai(cause):
        return Failure(f"sent nothing for {timeout:g} s", f"Raise timeout. {AGAIN}")
    if isinstance(cause, httpx.ConnectError | httpx.ProxyError):
        predicate = _append_detail("cannot be reached", _extract_system_message(cause))
        return Failure(
            predicate, "Check the network, apiBase, and that the server runs.", is_temporary=True
        )
    if isinstance(cause, httpx.TransportError):
        return Failure("broke off: the connection was lost", AGAIN, is_temporary=True)
    return None


def _is_timeout_of_openai(cause: BaseException) -> bool:
    """Return whether the library of OpenAI, which litellm imports, reports a timeout."""
    openai = sys.modules.get("openai")
    return openai is not None and isinstance(cause, openai.APITimeoutError)


def _to_reported_failure(error: ServerError, *, key: str) -> Failure:
    detail = _clean_detail(str(error))
    if error.status is None:
        return Failure(_append_detail("failed", detail))
    return _interpret_status(error.status, key=key, detail=detail, headers=error.headers)


def _to_server_failure(cause: BaseException, *, key: str, error: BaseException) -> Failure | None:
    """Return the failure that a server reported with its status, None for other exceptions."""
    # litellm makes up responses too: those have no headers.
    response = getattr(cause, "response", None)
    headers = getattr(response, "headers", None)
    if response is None or not headers or response.status_code < 400:
        return None
    return _interpret_status(
        response.status_code, key=key, detail=_extract_detail(error), headers=headers
    )


def _interpret_status(status: int, *, key: str, detail: str, headers: Mapping[str, str]) -> Failure:
    """Return the failure that a status of 400 and above means."""
    wait = parse_retry_after(headers.get("retry-after"))
    if status == 401:
        return Failure("refuses the key (401)", f"Set {key} to a valid key.")
    if status == 403:
        return Failure("refuses access (403)", f"Set {key} to a key that may use this model.")
    if status == 404:
        predicate = _append_detail("does not exist (404)", detail)
        return Failure(predicate, f"Check the model's name. {ADDRESS}")
    if status == 429:
        return Failure(
            "refuses: too many requests (429)", AGAIN, is_temporary=True, retry_after=wait
        )
    if status >= 500:
        return Failure(f"failed ({status})", AGAIN, is_temporary=True, retry_after=wait)
    return Failure(_append_detail(f"refuses the request ({status})", detail))


def _append_detail(predicate: str, detail: str) -> str:
    return f"{predicate}: {detail}" if detail else predicate


def _extract_system_message(error: BaseException) -> str:
    """Return the operating system's message, such as "Connection refused"."""
    *_, deepest = _iter_causes(error)
    return re.sub(r"^\[.*?\] *", "", str(deepest)).partition("\n")[0]


def _extract_detail(error: BaseException) -> str:
    """Return the server's message, 200 characters at most, secrets masked; "" for a HTML page."""
    text = str(error)
    quoted = re.search(r"""["'](?:message|error)["']: *(["'])(.*?)(?<!\\)\1""", text)
    text = quoted[2].replace("\\", "") if quoted else text.rpartition("Exception - ")[2]
    return _clean_detail(text) if not _is_page(str(error)) else ""


def _clean_detail(text: str) -> str:
    """Return a server's message as one line of 200 characters, secrets masked; "" for a page."""
    return "" if _is_page(text) else _mask_secrets(" ".join(text.split()))[:200]


def _is_page(text: str) -> bool:
    return re.search(r"<(!doctype|html|head|body)\b", text, re.IGNORECASE) is not None


def _mask_secrets(text: str) -> str:
    for name, value in os.environ.items():
        if name.endswith(("KEY", "TOKEN", "SECRET", "PASSWORD")) and len(value) >= 4:
            text = text.replace(value, "…")
    return re.sub(r"\b(sk|pk|key|hf|gsk|xai)[-_][\w*-]{6,}", "…", text)


def parse_retry_after(retry_after: str | None) -> float | None:
    """Parse Retry-After, a number of seconds or a date (RFC 9110, 10.2.3), as seconds from now."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return None
