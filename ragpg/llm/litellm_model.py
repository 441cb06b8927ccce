"""Language models, whichever litellm knows."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any

from ragpg.providers.endpoint import OLLAMA, Endpoint, load, quiet
from ragpg.providers.failures import ADDRESS, AGAIN
from ragpg.types import Completion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.types import Message


FALLBACK_WINDOW = 4096
"""Tokens that any model in use reads; Ollama serves no more unless it is told to."""


class LiteLLM:
    """A language model behind litellm; fulfils `LLM`.

    `timeout` is in seconds without a byte, `retries` counts the attempts after the first; an
    answer ends at `max_tokens` even when the server goes on. `context_tokens` is what the model
    reads at most, prompt and answer together; None leaves that to what litellm knows.
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
        """The model's name, as litellm has it."""
        return self._endpoint.model

    @property
    def prompt_tokens(self) -> int:
        """The longest prompt that leaves room for the answer, in tokens."""
        window = self._context_tokens or context_tokens(self.name) or FALLBACK_WINDOW
        return max(window - self._max_tokens, 0)

    def stream(self, messages: Sequence[Message]) -> Iterator[str | Completion]:
        """Yield the answer piece by piece, then its completion.

        Raises ProviderError when the provider refuses, cannot be reached, is silent for longer
        than the timeout, breaks off, with or without an error, or answers nothing.
        """
        arguments = {
            **self._endpoint.arguments(),
            "messages": [{"role": each.role, "content": each.content} for each in messages],
            "temperature": self._temperature,
            "max_tokens": self._max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        response = self._endpoint.request(lambda: _Response(arguments))
        with closing(response), self._endpoint.errors():
            yield from self._within_bounds(response)

    def _within_bounds(self, response: _Response) -> Iterator[str | Completion]:
        """Pass on an answer up to more than `max_tokens` could hold, then its completion."""
        length, is_blank = 0, True
        for count, piece in enumerate(without_thoughts(iter(response)), start=1):
            yield piece
            length += len(piece)
            is_blank = is_blank and piece.isspace()
            if count > 2 * self._max_tokens + 8 or length > 8 * self._max_tokens + 64:
                yield Completion("length", response.usage())
                return
        yield self._completion(response, is_blank=is_blank)

    def _completion(self, response: _Response, *, is_blank: bool) -> Completion:
        """Say how an answer ended; raises ProviderError unless it is one."""
        reason = response.finish_reason
        error = self._endpoint.error
        if reason is None and is_blank:
            raise error("ended the connection without an answer", hint=ADDRESS)
        if reason is None:
            raise error("broke off in the middle of its answer", hint=AGAIN)
        if reason == "content_filter":
            raise error("stopped its answer: the provider's content filter", hint=None)
        if is_blank:
            raise error("gave an empty answer", hint=f"Raise maxTokens. {AGAIN}")
        return Completion("length" if reason == "length" else "stop", response.usage())


class _Response:
    """An answer that has begun: its first event is there."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._stream = load().completion(**arguments)
        self._source = self._stream.completion_stream
        if hasattr(self._source, "__next__"):
            # litellm skips events without content, however many there are.
            limit = 4 * arguments["max_tokens"] + 1000
            self._stream.completion_stream = islice(self._source, limit)
        self._first = next(self._stream, None)

    def __iter__(self) -> Iterator[str]:
        event = self._first
        while event is not None:
            text = event.choices[0].delta.content if event.choices else None
            if text:
                yield text
            with quiet():
                event = next(self._stream, None)

    @property
    def finish_reason(self) -> str | None:
        """The reason that the server gave; litellm reports "stop" when it gave none."""
        reason = self._stream.received_finish_reason or self._stream.intermittent_finish_reason
        return None if reason is None else str(reason)

    def usage(self) -> dict[str, float] | None:
        """The tokens that the server counted, and the cost in US dollars where it is known.

        litellm makes an estimate where the server counted nothing; that one is not told.
        """
        counted = [event.usage for event in self._stream.chunks if getattr(event, "usage", None)]
        if not counted:
            return None
        fields = counted[-1].model_dump()
        numbers = {name: value for name, value in fields.items() if type(value) in (int, float)}
        cost = _cost(self._stream.model, self._stream.custom_llm_provider, numbers)
        return numbers if cost is None else {"cost": cost} | numbers

    def close(self) -> None:
        """Leave the connection, also in the middle of an answer."""
        close = getattr(self._source or self._stream.completion_stream, "close", None)
        if close is not None:
            close()


def without_thoughts(pieces: Iterator[str]) -> Iterator[str]:
    """Leave out what some models think aloud before they answer, in <think>…</think>."""
    opening, closing = "<think>", "</think>"
    begun = ""
    for piece in pieces:
        begun += piece
        start = begun.lstrip()
        if start.startswith(opening):
            _, _, begun = start.partition(closing)
            if begun.strip():
                yield begun.lstrip()
                break
            begun = start
        elif not opening.startswith(start):
            yield begun
            break
    else:
        if begun and not begun.lstrip().startswith(opening):
            yield begun
    yield from pieces


def context_tokens(model: str) -> int | None:
    """The tokens that a model reads at most, None where litellm doesn't know.

    With Ollama the server's settings decide (4,096 if nobody changed them), not the model.
    """
    if model.partition("/")[0] in OLLAMA:
        return None
    try:
        tokens = load().get_model_info(model)["max_input_tokens"]
    except Exception:  # noqa: BLE001 - which class it is differs by version
        return None
    return None if tokens is None else int(tokens)


def _cost(model: str, provider: str, usage: dict[str, float]) -> float | None:
    """US dollars, by litellm's list of prices."""
    if provider in OLLAMA:
        return None
    try:
        prompt, completion = load().cost_per_token(
            model=model,
            custom_llm_provider=provider,
            prompt_tokens=usage.get("prompt_tokens", 0),
            completion_tokens=usage.get("completion_tokens", 0),
        )
    except Exception:  # noqa: BLE001 - which class it is differs by version
        return None
    return float(prompt + completion)
