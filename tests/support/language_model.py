"""Asking a language model of the provider in `provider.py`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import ProviderError
from ragpg.llm.direct_model import DirectModel
from ragpg.llm.litellm_model import LiteLLM
from ragpg.providers.direct_providers import find_direct_provider
from ragpg.types import Completion, Message
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    from typing import TypeAlias

    from ragpg.llm.chat_model import ChatModel
    from ragpg.protocols import LLM

    Client: TypeAlias = type[ChatModel]

CLIENTS = (DirectModel, LiteLLM)
"""Whoever speaks to a provider, that has to make no difference."""
ANSWER = Reply("Up to 5 days [1]. See the policy [2].")
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
MESSAGES = [Message("system", "Answer."), Message("user", "How many days?")]
NOW = {"Retry-After": "0"}
ADDRESS = "Check apiBase: for OpenAI's protocol it often ends in /v1."


def each_client(*models: str) -> list[tuple[Client, str]]:
    """Return each model with everybody who can speak to it."""
    return [
        (client, model)
        for model in models
        for client in CLIENTS
        if client is LiteLLM or find_direct_provider(model)
    ]


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test see a key or an address of the environment."""
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_API_BASE", "_BASE_URL")):
            monkeypatch.delenv(name)


@pytest.fixture(params=CLIENTS, ids=lambda client: client.__name__)
def client(request: pytest.FixtureRequest) -> Client:
    """Return each of the classes that speak to a provider."""
    chosen: Client = request.param
    return chosen


def answer(
    provider: Provider,
    client: Client,
    *,
    model: str = "openai/test",
    max_tokens: int = 50,
    retries: int = 1,
    timeout: float = 10,
) -> tuple[str, Completion]:
    """Ask a question; return the joined pieces and the completion."""
    base = provider.url if model.startswith("openai/") else provider.root
    settings = {"max_tokens": max_tokens, "retries": retries}
    llm: LLM = client(model=model, api_base=base, timeout=timeout, **settings)
    *pieces, completion = llm.stream(MESSAGES)
    assert isinstance(completion, Completion)
    assert all(isinstance(piece, str) for piece in pieces)
    return "".join(str(piece) for piece in pieces), completion


def failure(
    provider: Provider,
    client: Client,
    *,
    model: str = "openai/test",
    retries: int = 1,
    timeout: float = 10,
) -> tuple[str, str]:
    """Ask where that fails; return the message, with HOST for the address, and the hint."""
    with pytest.raises(ProviderError) as caught:
        answer(provider, client, model=model, retries=retries, timeout=timeout)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.message.replace(provider.host, "HOST"), caught.value.hint or ""
