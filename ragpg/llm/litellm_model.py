"""Language models, through litellm."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any

from ragpg.llm.stripping import strip_fences, strip_thoughts
from ragpg.providers.endpoint import OLLAMA, Endpoint
from ragpg.providers.failures import ADDRESS, AGAIN
from ragpg.providers.litellm_import import import_litellm, suppress_warnings
from ragpg.types import Completion

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from ragpg.types import Message


FALLBACK_WINDOW = 4096
"""Context window, in tokens, of a model that litellm does not know: the default of Ollama."""


class LiteLLM:
    """A language model that litellm knows; fulfils `LLM`.

    `timeout` is in seconds without a byte, `retries` counts the attempts after the first. An
    answer ends at `max_tokens` even if the server continues. `context_tokens` is the context
    window, prompt and answer together; None means the one that litellm lists.
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
        self._endpoint = Endpoint(model, api_base, timeout=timeout, retries=retries)
        self._temperature = temperature
        self._max_tokens = max_tokens

    @property
    def name(self) -> str:
        """The model's name in litellm."""
        return self._endpoint.model

    @property
    def prompt_tokens(self) -> int:
        """The longest prompt that leaves room for the answer, in tokens."""
        window = self._context_tokens or find_context_tokens(self.name) or FALLBACK_WINDOW
        return max(window - self._max_tokens, 0)

    def stream(self, messages: Sequence[Message]) -> Generator[str | Completion, None, None]:
        """Yield the answer piece by piece, then its completion.

        Raises ProviderError if the provider refuses, cannot be reached, sends nothing for longer
        than the timeout, ends before the answer does, with or without an error, or if the answer
        is empty.
        """
        arguments = {
            **self._endpoint.prepare_arguments(),
            "messages": [
                {"role": message.role, "content": message.content} for message in messages
            ],
            "temperature": self._temperature,
            "max_tokens": self._max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        response = self._endpoint.request(lambda: _Response(arguments))
        with closing(response), self._endpoint.translate_errors():
            yield from self._limit(response)

    def _limit(self, response: _Response) -> Iterator[str | Completion]:
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

    def _complete(self, response: _Response, *, is_blank: bool) -> Completion:
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


class _Response:
    """A streamed answer whose first event has arrived."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._stream = import_litellm().completion(**arguments)
        from ragpg.providers.keep_alive import guard

        self._source = self._stream.completion_stream
        guard(getattr(self._source, "response", None), timeout=arguments["timeout"])
        if hasattr(self._source, "__next__"):
            # litellm skips events without content, even an endless number of them.
            limit = 4 * arguments["max_tokens"] + 1000
            self._stream.completion_stream = islice(self._source, limit)
        self._first = next(self._stream, None)

    def __iter__(self) -> Iterator[str]:
        event = self._first
        while event is not None:
            text = event.choices[0].delta.content if event.choices else None
            if text:
                yield text
            with suppress_warnings():
                event = next(self._stream, None)

    @property
    def finish_reason(self) -> str | None:
        """The reason that the server gave; litellm itself reports "stop" if there was none."""
        reason = self._stream.received_finish_reason or self._stream.intermittent_finish_reason
        return None if reason is None else str(reason)

    def count_usage(self) -> dict[str, float] | None:
        """Return the tokens that the server counted, and the cost in US dollars if it is known.

        None if the server counted nothing: the estimate of litellm is not reported.
        """
        usages = [event.usage for event in self._stream.chunks if getattr(event, "usage", None)]
        if not usages:
            return None
        fields = usages[-1].model_dump()
        numbers = {name: value for name, value in fields.items() if type(value) in (int, float)}
        cost = _calculate_cost(self._stream.model, self._stream.custom_llm_provider, numbers)
        return numbers if cost is None else {"cost": cost} | numbers

    def close(self) -> None:
        """Close the connection, even in the middle of an answer."""
        close = getattr(self._source or self._stream.completion_stream, "close", None)
        if close is not None:
            close()


def find_context_tokens(model: str) -> int | None:
    """Return a model's context window in tokens, None if litellm does not know it.

    With Ollama the server's settings decide (4,096 by default), not the model.
    """
    if model.partition("/")[0] in OLLAMA:
        return None
    try:
        tokens = import_litellm().get_model_info(model)["max_input_tokens"]
    except Exception:  # noqa: BLE001 - which class it is differs by version
        return None
    return None if tokens is None else int(tokens)


def _calculate_cost(model: str, provider: str, usage: dict[str, float]) -> float | None:
    """Return the cost in US dollars by litellm's list of prices, None if it has none."""
    if provider in OLLAMA:
        return None
    try:
        prompt, completion = import_litellm().cost_per_token(
            model=model,
            custom_llm_provider=provider,
            prompt_tokens=usage.get("prompt_tokens", 0),
            completion_tokens=usage.get("completion_tokens", 0),
        )
    except Exception:  # noqa: BLE001 - which class it is differs by version
        return None
    return float(prompt + completion)
