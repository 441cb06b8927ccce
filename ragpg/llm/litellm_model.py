"""Language models, through litellm."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from ragpg.errors import RagpgError
from ragpg.llm.chat_model import ChatModel, limit_events
from ragpg.llm.openai_protocol import compose_response_format
from ragpg.providers.endpoint import OLLAMA
from ragpg.providers.litellm_endpoint import LiteLLMEndpoint
from ragpg.providers.litellm_import import (
    import_in_background,
    import_litellm,
    suppress_warnings,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ragpg.types import Message


class LiteLLM(ChatModel):
    """A language model that litellm knows."""

    _endpoint: LiteLLMEndpoint

    def __init__(self, *, model: str, **settings: Any) -> None:
        super().__init__(model=model, **settings)
        import_in_background()

    def _make_endpoint(
        self, model: str, api_base: str | None, *, timeout: float, retries: int
    ) -> LiteLLMEndpoint:
        return LiteLLMEndpoint(model, api_base, timeout=timeout, retries=retries)

    def _send(self, messages: Sequence[Message], schema: Mapping[str, Any] | None) -> _Response:
        if schema is not None:
            self._require_schemas()
        arguments = {
            **self._endpoint.prepare_arguments(),
            "messages": [
                {"role": message.role, "content": message.content} for message in messages
            ],
            "temperature": self._temperature,
            "max_tokens": self._max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            **({} if schema is None else {"response_format": compose_response_format(schema)}),
        }
        return self._endpoint.request(lambda: _Response(arguments))

    def _require_schemas(self) -> None:
        """Raise ProviderError where litellm would leave a schema out, and say nothing."""
        provider = self._endpoint.find_provider()
        with suppress_warnings():
            taken = import_litellm().get_supported_openai_params(self.name, provider)
        if "response_format" not in (taken or ()):
            raise self._endpoint.make_error("takes no schema for its answer")

    def _find_context_tokens(self) -> int | None:
        return find_context_tokens(self.name)


class _Response:
    """A streamed answer whose first event has arrived."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._stream = import_litellm().completion(**arguments)
        from ragpg.providers.keep_alive import guard

        self._source = self._stream.completion_stream
        guard(getattr(self._source, "response", None), timeout=arguments["timeout"])
        if hasattr(self._source, "__next__"):
            # litellm skips events without content, even an endless number of them.
            limit = limit_events(arguments["max_tokens"])
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
    """Return a model's context window in tokens, None if litellm does not know it."""
    try:
        tokens = import_litellm().get_model_info(model)["max_input_tokens"]
    except RagpgError:
        raise
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
