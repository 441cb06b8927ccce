"""Language models whose provider is spoken to over HTTP, without litellm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from ragpg.llm import ollama_protocol, openai_protocol
from ragpg.llm.chat_model import ChatModel, limit_events
from ragpg.llm.openai_protocol import ChatRequest
from ragpg.providers.bodies import iter_lines
from ragpg.providers.direct_endpoint import DirectEndpoint, complete, make_client
from ragpg.providers.direct_providers import PROVIDERS
from ragpg.providers.endpoint import OLLAMA
from ragpg.providers.model_list import ListedModel, find_listed_model
from ragpg.uninterrupted import start_uninterrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import httpx

    from ragpg.llm.openai_protocol import Event
    from ragpg.types import Message


@dataclass(frozen=True, slots=True)
class Protocol:
    """Where requests go, what they say, and what a line of the answer says; None for its end."""

    path: str
    compose_body: Callable[[ChatRequest], dict[str, Any]]
    read_event: Callable[[bytes], Event | None]


PROTOCOLS = {
    "openai": Protocol(
        openai_protocol.PATH, openai_protocol.compose_body, openai_protocol.read_event
    ),
    "ollama": Protocol(
        ollama_protocol.PROMPT_PATH, ollama_protocol.compose_prompt, ollama_protocol.read_event
    ),
    "ollama_chat": Protocol(
        ollama_protocol.CHAT_PATH, ollama_protocol.compose_chat, ollama_protocol.read_event
    ),
}


class DirectModel(ChatModel):
    """A language model of one of `PROVIDERS`."""

    _endpoint: DirectEndpoint

    def __init__(self, *, model: str, **settings: Any) -> None:
        super().__init__(model=model, **settings)
        # httpx takes a good part of the time to import that the search takes: both at once.
        self._client = start_uninterrupted(make_client)

    def _make_endpoint(
        self, model: str, api_base: str | None, *, timeout: float, retries: int
    ) -> DirectEndpoint:
        provider = PROVIDERS[model.partition("/")[0]]
        return DirectEndpoint(model, api_base, timeout=timeout, retries=retries, provider=provider)

    def _send(self, messages: Sequence[Message], schema: Mapping[str, Any] | None) -> _Response:
        endpoint = self._endpoint
        protocol = PROTOCOLS[endpoint.provider.protocol]
        model = endpoint.model.partition("/")[2]
        listed = self._find_listed()
        body = protocol.compose_body(
            ChatRequest(
                endpoint.provider,
                model,
                listed,
                messages,
                self._temperature,
                self._max_tokens,
                schema,
            )
        )
        url = complete(endpoint.address, protocol.path)
        endpoint.make_headers()  # a missing key is noticed before anything is waited for
        client = self._client.result()
        limit = limit_events(self._max_tokens)
        return endpoint.request(
            lambda: _Response(endpoint.post(client, url, body), protocol, listed, limit=limit)
        )

    def _find_context_tokens(self) -> int | None:
        return self._find_listed().context_tokens

    def _find_listed(self) -> ListedModel:
        """Return what is known of the model; a local server's prices are not those of a list."""
        provider, _, model = self.name.partition("/")
        return ListedModel() if provider in OLLAMA else find_listed_model(provider, model)


class _Response:
    """A streamed answer whose first event has arrived."""

    def __init__(
        self, response: httpx.Response, protocol: Protocol, listed: ListedModel, *, limit: int
    ) -> None:
        self._response = response
        self._read_event = protocol.read_event
        self._listed = listed
        self._usage: Mapping[str, Any] | None = None
        self._finish_reason: str | None = None
        self._texts = self._iter_texts(limit)
        try:
            self._first = next(self._texts, "")
        except BaseException:
            self.close()
            raise

    @property
    def finish_reason(self) -> str | None:
        """The reason that the server gave."""
        return self._finish_reason

    def __iter__(self) -> Iterator[str]:
        if self._first:
            yield self._first
        yield from self._texts

    def _iter_texts(self, limit: int) -> Iterator[str]:
        """Yield what at most `limit` events of an answer say, and remember the rest of it."""
        from ragpg.providers.keep_alive import is_content

        for line in islice(filter(is_content, iter_lines(self._response)), limit):
            event = self._read_event(line)
            if event is None:
                return
            self._usage = event.usage or self._usage
            self._finish_reason = event.finish_reason or self._finish_reason
            if event.text:
                yield event.text

    def count_usage(self) -> dict[str, float] | None:
        """Return the tokens that the server counted, and the cost in US dollars if it is known."""
        if self._usage is None:
            return None
        numbers = {
            name: value for name, value in self._usage.items() if type(value) in (int, float)
        }
        cost = self._listed.calculate_cost(numbers, now=datetime.now(UTC))
        return numbers if cost is None else {"cost": cost} | numbers

    def close(self) -> None:
        """Close the connection, even in the middle of an answer."""
        self._response.close()
