"""Asking a language model of the provider in `provider.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg.errors import ProviderError
from ragpg.llm.litellm_model import LiteLLM
from ragpg.types import Completion, Message
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    from ragpg.protocols import LLM

ANSWER = Reply("Up to 5 days [1]. See the policy [2].")
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
MESSAGES = [Message("system", "Answer."), Message("user", "How many days?")]
NOW = {"Retry-After": "0"}
ADDRESS = "Check apiBase: for OpenAI's protocol it often ends in /v1."


def answer(
    provider: Provider,
    *,
    model: str = "openai/test",
    max_tokens: int = 50,
    retries: int = 1,
    timeout: float = 10,
) -> tuple[str, Completion]:
    """Ask a question; return the joined pieces and the completion."""
    base = provider.url if model.startswith("openai/") else provider.root
    settings = {"max_tokens": max_tokens, "retries": retries}
    llm: LLM = LiteLLM(model=model, api_base=base, timeout=timeout, **settings)
    *pieces, completion = llm.stream(MESSAGES)
    assert isinstance(completion, Completion)
    assert all(isinstance(piece, str) for piece in pieces)
    return "".join(str(piece) for piece in pieces), completion


def failure(
    provider: Provider, *, model: str = "openai/test", retries: int = 1, timeout: float = 10
) -> tuple[str, str]:
    """Ask where that fails; return the message, with HOST for the address, and the hint."""
    with pytest.raises(ProviderError) as caught:
        answer(provider, model=model, retries=retries, timeout=timeout)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.message.replace(provider.host, "HOST"), caught.value.hint or ""
