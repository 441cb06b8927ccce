"""Providers that are spoken to without litellm: their addresses, and the variables that count.

Address, variables and their order are those of litellm, so that a provider behaves alike whoever
speaks to it. Others, whose requests, prices or counts litellm changes in a way of its own, are left
to it, and so is everything while a variable is set that only litellm obeys.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from ragpg.providers.model_list import find_listed_model

if TYPE_CHECKING:
    from collections.abc import Mapping

Protocol: TypeAlias = Literal["openai", "ollama", "ollama_chat"]


@dataclass(frozen=True, slots=True)
class DirectProvider:
    """A provider; of several variables the first one that is set counts.

    Without `address` a server has to be named. `path` is what an address always ends with. Errors
    name the last one of `key_variables`. `placeholder_key` is sent where no key is needed and none
    is set; None means that a key is needed. `counts_tokens_unasked` means that it refuses
    `stream_options`; `extra_body` goes into each request.
    """

    name: str
    address: str | None
    address_variables: tuple[str, ...]
    key_variables: tuple[str, ...]
    protocol: Protocol = "openai"
    path: str = ""
    placeholder_key: str | None = None
    counts_tokens_unasked: bool = False
    extra_body: Mapping[str, object] = field(default_factory=dict)

    def find_address(self) -> str | None:
        """Return the address where none is configured."""
        return _first_set(self.address_variables) or self.address

    def find_key_variable(self) -> str | None:
        """Return the variable that holds a key."""
        return next((name for name in self.key_variables if os.environ.get(name)), None)


_OLLAMA = ("http://localhost:11434", ("OLLAMA_API_BASE",), ("OLLAMA_API_KEY",))

PROVIDERS = {
    provider.name: provider
    for provider in (
        DirectProvider(
            "openai",
            "https://api.openai.com/v1",
            ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
            ("OPENAI_API_KEY",),
        ),
        DirectProvider(
            "deepseek",
            "https://api.deepseek.com/beta",
            ("DEEPSEEK_API_BASE",),
            ("DEEPSEEK_API_KEY",),
        ),
        DirectProvider(
            "groq",
            "https://api.groq.com/openai/v1",
            ("GROQ_API_BASE",),
            ("GROQ_API_KEY",),
        ),
        DirectProvider(
            "hosted_vllm",
            None,
            ("HOSTED_VLLM_API_BASE",),
            ("HOSTED_VLLM_API_KEY",),
            placeholder_key="fake-api-key",
        ),
        DirectProvider(
            "mistral",
            "https://api.mistral.ai/v1",
            ("MISTRAL_AZURE_API_BASE",),
            ("MISTRAL_AZURE_API_KEY", "MISTRAL_API_KEY"),
            path="/v1",
            counts_tokens_unasked=True,
        ),
        DirectProvider(
            "openrouter",
            "https://openrouter.ai/api/v1",
            ("OPENROUTER_API_BASE",),
            ("OPENROUTER_API_KEY",),
            extra_body={"usage": {"include": True}},  # says what the answer cost
        ),
        DirectProvider(
            "together_ai",
            "https://api.together.ai/v1",
            ("TOGETHER_AI_API_BASE",),
            ("TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHERAI_API_KEY"),
        ),
        DirectProvider("ollama", *_OLLAMA, protocol="ollama", placeholder_key=""),
        DirectProvider("ollama_chat", *_OLLAMA, protocol="ollama_chat", placeholder_key=""),
    )
}

LITELLM_VARIABLES = (
    "OPENAI_CUSTOM_HEADERS",
    "OR_APP_NAME",
    "OR_SITE_URL",
    "SSL_CERTIFICATE",
    "SSL_ECDH_CURVE",
    "SSL_SECURITY_LEVEL",
    "SSL_VERIFY",
    "USE_LITELLM_PROXY",
)
"""Variables that litellm obeys, and the library of OpenAI that it uses."""


_COMPLETION_MODEL = re.compile(r"ft:(babbage|davinci)-002")


def find_direct_provider(model: str) -> DirectProvider | None:
    """Return the provider that a model's prefix means; None where litellm has to be used."""
    prefix, slash, name = model.partition("/")
    if not slash or _first_set(LITELLM_VARIABLES) or (prefix == "openai" and _is_no_chat(name)):
        return None
    return PROVIDERS.get(prefix)


def _is_no_chat(model: str) -> bool:
    """Return whether a model of OpenAI's is reached by another protocol than that of chats."""
    is_other = find_listed_model("openai", model).entry.get("mode", "chat") != "chat"
    return is_other or model.startswith("responses/") or _COMPLETION_MODEL.search(model) is not None


def _first_set(variables: tuple[str, ...]) -> str | None:
    return next((os.environ[name] for name in variables if os.environ.get(name)), None)
