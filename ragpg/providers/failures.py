"""What went wrong at a model provider, read from an exception of litellm's.

litellm's own texts reach nobody: they carry the key (401) and the server's HTML page (502), and
its classes hide what happened (a timeout within a stream is a "status 500"). What happened stands
in the chain of causes, in httpx's exceptions, and these are what is read here.
"""

from __future__ import annotations

import os
import re
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
    """What a provider did, as the end of a sentence without keys, and what to do about it.

    `passes` says whether another attempt may succeed, `retry_after` (seconds) when.
    """

    what: str
    hint: str | None = None
    passes: bool = False
    retry_after: float | None = None


def read(error: BaseException, *, key: str, timeout: float) -> Failure:
    """Find what happened; `key` is the variable that holds the key, `timeout` is in seconds."""
    causes = list(_causes(error))
    for cause in reversed(causes):
        failure = _connection(cause, timeout=timeout) or _answered(cause, key=key, error=error)
        if failure is not None:
            return failure
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and 400 <= status < 500:
        return _refusal(status, key=key, detail=_detail(error), headers={})
    if any(
        isinstance(cause, ValueError | LookupError | TypeError | AttributeError) for cause in causes
    ):
        return Failure("sent something that is no answer in the provider's protocol", ADDRESS)
    return Failure(_with("failed", _detail(causes[-1])))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _connection(cause: BaseException, *, timeout: float) -> Failure | None:
    """A failure of the connection itself."""
    import httpx
    import openai

    if isinstance(cause, httpx.TimeoutException | openai.APITimeoutError):
        return Failure(f"sent nothing for {timeout:g} s", f"Raise timeout. {AGAIN}")
    if isinstance(cause, httpx.ConnectError | httpx.ProxyError):
        what = _with("cannot be reached", _reason(cause))
        return Failure(what, "Check the network, apiBase, and that the server runs.", passes=True)
    if isinstance(cause, httpx.TransportError):
        return Failure("broke off: the connection was lost", AGAIN, passes=True)
    return None


def _answered(cause: BaseException, *, key: str, error: BaseException) -> Failure | None:
    """A status that the server really sent: litellm makes up responses too, without headers."""
    response = getattr(cause, "response", None)
    headers = getattr(response, "headers", None)
    if response is None or not headers or response.status_code < 400:
        return None
    return _refusal(response.status_code, key=key, detail=_detail(error), headers=headers)


def _refusal(status: int, *, key: str, detail: str, headers: Mapping[str, str]) -> Failure:
    """What a status of 400 and above means."""
    wait = _seconds(headers.get("retry-after"))
    if status == 401:
        return Failure("refuses the key (401)", f"Set {key} to a valid key.")
    if status == 403:
        return Failure("refuses access (403)", f"Set {key} to a key that may use this model.")
    if status == 404:
        what = _with("does not exist (404)", detail)
        return Failure(what, f"Check the model's name. {ADDRESS}")
    if status == 429:
        return Failure("refuses: too many requests (429)", AGAIN, passes=True, retry_after=wait)
    if status >= 500:
        return Failure(f"failed ({status})", AGAIN, passes=True, retry_after=wait)
    return Failure(_with(f"refuses the request ({status})", detail))


def _with(what: str, detail: str) -> str:
    return f"{what}: {detail}" if detail else what


def _reason(error: BaseException) -> str:
    """The operating system's words: "Connection refused"."""
    *_, deepest = _causes(error)
    return re.sub(r"^\[.*?\] *", "", str(deepest)).partition("\n")[0]


def _detail(error: BaseException) -> str:
    """The server's own message, one line, unless it is a page of HTML."""
    text = str(error)
    if re.search(r"<(!doctype|html|head|body)\b", text, re.IGNORECASE):
        return ""
    quoted = re.search(r"""["'](?:message|error)["']: *(["'])(.*?)(?<!\\)\1""", text)
    text = quoted[2].replace("\\", "") if quoted else text.rpartition("Exception - ")[2]
    return _without_secrets(" ".join(text.split()))[:200]


def _without_secrets(text: str) -> str:
    for name, value in os.environ.items():
        if name.endswith(("KEY", "TOKEN", "SECRET", "PASSWORD")) and len(value) >= 4:
            text = text.replace(value, "…")
    return re.sub(r"\b(sk|pk|key|hf|gsk|xai)[-_][\w*-]{6,}", "…", text)


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds: a number, or a date (RFC 9110, 10.2.3)."""
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
