"""What every language model has in common, whoever speaks to its provider."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol

from ragpg.llm.stripping import strip_fences, strip_thoughts
from ragpg.providers.endpoint import OLLAMA
from ragpg.providers.failures import ADDRESS, AGAIN
from ragpg.types import Completion

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from ragpg.providers.endpoint import Endpoint
    from ragpg.types import Message


FALLBACK_WINDOW = 4096
"""Context window, in tokens, of a model that is not listed: the default of Ollama."""


class Response(Protocol):
    """A streamed answer whose first event has arrived."""

    @property
    def finish_reason(self) -> str | None:
        """The reason that the server gave for the end; None if it gave none."""
        ...

    def __iter__(self) -> Iterator[str]:
        """Yield the text of the answer, piece by piece."""
        ...

    def count_usage(self) -> dict[str, float] | None:
        """Return the tokens that the server counted, and the cost in US dollars if it is known.

        None if the server counted nothing.
        """
        ...

    def close(self) -> None:
        """Close the connection, even in the middle of an answer."""
        ...


class ChatModel(ABC):
    """A language model at a provider; fulfils `LLM`.

    `api_base` is the address of a server; without it the provider's own counts. `timeout` is in
    seconds without a byte, `retries` counts the attempts after the first. An answer ends at
    `max_tokens` even if the server continues. `context_tokens` is the context window, prompt and
    answer together; None means the one that litellm lists.
    """

    def __init__(
        self,
        *,
        model: str,
        api_base: str | None = None,
        temperature: float = 0.0,
        max_tokens: int = 1024,
        timeout: float = 60.0,
        retries: int = 2,
        context_tokens: int | None = None,
    ) -> None:
        self._context_tokens = context_tokens
        self._endpoint = self._make_endpoint(model, api_base, timeout=timeout, retries=retries)
        self._temperature = temperature
        self._max_tokens = max_tokens

    @property
    def name(self) -> str:
        """The model's name, as litellm writes it."""
        return self._endpoint.model

    @property
    def host(self) -> str | None:
        """Host and port of the server, None if only litellm knows it."""
        return self._endpoint.host

    @property
    def prompt_tokens(self) -> int:
        """The longest prompt that leaves room for the answer, in tokens."""
        window = self._context_tokens or self._find_window() or FALLBACK_WINDOW
        return max(window - self._max_tokens, 0)

    def stream(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None
    ) -> Generator[str | Completion, None, None]:
        """Yield the answer piece by piece, then its completion.

        With a JSON Schema, JSON of that shape is asked for; whether it comes is not checked.

        Raises ProviderError if the provider refuses, cannot be reached, sends nothing for longer
        than the timeout, ends before the answer does, with or without an error, or if the answer
        is empty.
        """
        response = self._send(messages, schema)
        with closing(response), self._endpoint.translate_errors():
            yield from self._limit(response)

    def _find_window(self) -> int | None:
        """Return the context window; with Ollama the server's settings decide, not the model."""
        if self.name.partition("/")[0] in OLLAMA:
            return None
        return self._find_context_tokens()

    def _limit(self, response: Response) -> Iterator[str | Completion]:
        """Yield an answer, cut where it is surely longer than `max_tokens`, then its completion."""
        length, is_blank = 0, True
        pieces = strip_fences(strip_thoughts(iter(response)))
        for count, piece in enumerate(pieces, start=1):
            yield piece
            length += len(piece)
            is_blank = is_blank and piece.isspace()
            if count > 2 * self._max_tokens + 8 or length > 8 * self._max_tokens + 64:
                yield Completion("length", response.count_usage())
                return
        yield self._complete(response, is_blank=is_blank)

    def _complete(self, response: Response, *, is_blank: bool) -> Completion:
        """Return how an answer ended; raises ProviderError for a broken or an empty one."""
        reason = response.finish_reason
        make_error = self._endpoint.make_error
        if reason is None and is_blank:
            raise make_error("ended the connection without an answer", hint=ADDRESS)
        if reason is None:
            raise make_error("broke off in the middle of its answer", hint=AGAIN)
        if reason == "content_filter":
            raise make_error("stopped its answer: the provider's content filter", hint=None)
        if is_blank:
            raise make_error("gave an empty answer", hint=f"Raise maxTokens. {AGAIN}")
        return Completion("length" if reason == "length" else "stop", response.count_usage())

    @abstractmethod
    def _make_endpoint(
        self, model: str, api_base: str | None, *, timeout: float, retries: int
    ) -> Endpoint:
        """Make what requests go through."""

    @abstractmethod
    def _send(self, messages: Sequence[Message], schema: Mapping[str, Any] | None) -> Response:
        """Ask the model, and wait for the first event of its answer."""

    @abstractmethod
    def _find_context_tokens(self) -> int | None:
        """Return the context window that is listed, None if there is none."""


def limit_events(max_tokens: int) -> int:
    """Return the largest number of events, with text or without, that an answer may have."""
    return 4 * max_tokens + 1000
