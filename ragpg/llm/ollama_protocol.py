"""Ollama's own protocol, for chats (`ollama_chat/`) and for single prompts (`ollama/`). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ragpg.llm.openai_protocol import Event, list_messages
from ragpg.providers.bodies import parse_object

if TYPE_CHECKING:
    from ragpg.llm.openai_protocol import ChatRequest

CHAT_PATH, PROMPT_PATH = "/api/chat", "/api/generate"


def compose_chat(request: ChatRequest) -> dict[str, Any]:
    """Return the body of a request for the next message of a chat."""
    return {**_compose(request), "messages": list_messages(request.messages)}


def compose_prompt(request: ChatRequest) -> dict[str, Any]:
    """Return the body of a request to go on with a prompt, in the form that litellm gives it."""
    parts = [
        f"### {message.role.capitalize()}:\n{message.content}\n\n" for message in request.messages
    ]
    return {**_compose(request), "prompt": "".join(parts)}


def _compose(request: ChatRequest) -> dict[str, Any]:
    options = {"temperature": request.temperature, "num_predict": request.max_tokens}
    body = {"model": request.model, "options": options, "stream": True}
    return body if request.schema is None else {**body, "format": request.schema}


def read_event(line: bytes) -> Event:
    """Return what a line of an answer says.

    Raises ServerError for an error of the server's, ValueError or LookupError for what is no event.
    """
    if not line.strip():
        return Event()
    event = parse_object(line)
    text = event["message"].get("content") if "message" in event else event.get("response")
    if not event["done"]:
        return Event(text or "")
    counts = event.get("prompt_eval_count"), event.get("eval_count")
    return Event(text or "", event.get("done_reason") or "stop", _to_usage(*counts))


def _to_usage(prompt: int | None, completion: int | None) -> dict[str, int] | None:
    if prompt is None or completion is None:
        return None
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
