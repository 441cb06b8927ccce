"""OpenAI's chat completions: what is asked, and what an event of the answer says. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ragpg.providers.bodies import parse_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.providers.direct_providers import DirectProvider
    from ragpg.providers.model_list import ListedModel
    from ragpg.types import Message


PATH = "/chat/completions"


@dataclass(frozen=True, slots=True)
class Event:
    """What one event of an answer adds; `usage` is what the server has counted."""

    text: str = ""
    finish_reason: str | None = None
    usage: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A request to a model; `model` is its name at the provider, `listed` what is known of it.

    `schema` is the JSON Schema of the answer, None where that is text.
    """

    provider: DirectProvider
    model: str
    listed: ListedModel
    messages: Sequence[Message]
    temperature: float
    max_tokens: int
    schema: Mapping[str, Any] | None = None


def compose_body(request: ChatRequest) -> dict[str, Any]:
    """Return the body of a request; what a model of OpenAI's refuses is left out or renamed."""
    provider = request.provider
    body: dict[str, Any] = {
        "model": request.model,
        "messages": list_messages(request.messages),
        "stream": True,
        **provider.extra_body,
    }
    if request.schema is not None:
        body["response_format"] = compose_response_format(request.schema)
    if not provider.counts_tokens_unasked:
        body["stream_options"] = {"include_usage": True}
    if provider.name != "openai" or not _is_reasoning_model(request.model):
        return body | {"temperature": request.temperature, "max_tokens": request.max_tokens}
    body["max_completion_tokens"] = request.max_tokens
    if _takes_temperature(request):
        body["temperature"] = request.temperature
    if _is_of_o_series(request.model) and not request.listed.entry.get("supports_system_messages"):
        for message in body["messages"]:
            message["role"] = "user"
    return body


def compose_response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what asks for an answer of a shape, strictly where OpenAI's rules allow that."""
    definition = {"name": "answer", "schema": schema, "strict": _is_strict(schema)}
    return {"type": "json_schema", "json_schema": definition}


def _is_strict(schema: object) -> bool:
    """Return whether every object of a schema names all that it has, and requires it.

    https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
    """
    if isinstance(schema, list):
        return all(map(_is_strict, schema))
    if not isinstance(schema, dict):
        return True
    if "properties" in schema or schema.get("type") == "object":
        properties, required = schema.get("properties", {}), schema.get("required", [])
        if not isinstance(properties, dict) or not isinstance(required, list):
            return False  # the value of a constant, or a name of a property
        is_closed = schema.get("additionalProperties") is False
        if not is_closed or any(name not in required for name in properties):
            return False
    return all(map(_is_strict, schema.values()))


def list_messages(messages: Iterable[Message]) -> list[dict[str, str]]:
    """Return messages as JSON."""
    return [{"role": message.role, "content": message.content} for message in messages]


def read_event(line: bytes) -> Event | None:
    """Return what a line of an event stream says, None for the last one.

    Raises ServerError for an error of the server's, ValueError or TypeError for what is no event.
    """
    if not line.startswith(b"data:"):
        return Event()
    data = line.removeprefix(b"data:").strip()
    if data == b"[DONE]":
        return None
    event = parse_object(data)
    choices = event.get("choices") or [{}]
    delta = choices[0].get("delta") or {}
    return Event(
        _to_text(delta.get("content")), choices[0].get("finish_reason"), event.get("usage")
    )


def _to_text(content: object) -> str:
    """Return the text of a piece; some models of Mistral's send parts, thoughts among them."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part.get("type") == "text")
    return content if isinstance(content, str) else ""


def _is_reasoning_model(model: str) -> bool:
    is_chat = "gpt-5-chat" in model.rpartition("/")[2]
    return _is_of_o_series(model) or (("gpt-5" in model or "gpt-6" in model) and not is_chat)


def _is_of_o_series(model: str) -> bool:
    return re.match(r"o\d", model.rpartition("/")[2]) is not None


def _takes_temperature(request: ChatRequest) -> bool:
    """Return whether a reasoning model takes a temperature: 1, or any while it does not reason."""
    if "search" in request.model:
        return False
    entry = request.listed.entry
    is_idle = entry.get("default_reasoning_effort") == "none"
    return request.temperature == 1 or (
        is_idle and entry.get("supports_none_reasoning_effort") is True
    )
