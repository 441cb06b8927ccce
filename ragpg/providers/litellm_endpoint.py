"""Requests through litellm."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ragpg.errors import ProviderError, RagpgError
from ragpg.providers.endpoint import OLLAMA, Endpoint, check_key, parse_host
from ragpg.providers.litellm_import import import_litellm, suppress_warnings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg.providers.endpoint import Result

NO_COST = {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0}
"""With these prices litellm does not ask the server, after the answer, what it costs."""

KEY_VARIABLES = {
    "bedrock": "AWS_ACCESS_KEY_ID",
    "ollama_chat": "OLLAMA_API_KEY",
    "perplexity": "PERPLEXITYAI_API_KEY",
    "together_ai": "TOGETHERAI_API_KEY",
    "vertex_ai": "GOOGLE_APPLICATION_CREDENTIALS",
}
"""Environment variables of keys that are not named PROVIDER_API_KEY."""


@dataclass(frozen=True, slots=True)
class LiteLLMEndpoint(Endpoint):
    """A model that litellm knows."""

    @property
    def key_variable(self) -> str:
        """The environment variable that holds the key."""
        return self._find_key()[0]

    def find_provider(self) -> str:
        """Return the provider's name in litellm; raises ProviderError for an unknown one."""
        try:
            _, provider, _, _ = import_litellm().get_llm_provider(
                self.model, api_base=self.api_base
            )
        except RagpgError:
            raise
        except Exception:  # noqa: BLE001 - which class it is differs by version
            hint = (
                'Names are provider/model: "openai/gpt-4o-mini", "ollama_chat/llama3.2"; with '
                f'apiBase for a server that speaks OpenAI\'s protocol: "openai/{self.model}".'
            )
            message = f'the model "{self.model}" names no known provider'
            raise ProviderError(message, hint=hint) from None
        return str(provider)

    def prepare_arguments(self) -> dict[str, Any]:
        """Return the arguments of every call of litellm.

        Raises ProviderError for a missing or malformed key, ConfigurationError for a malformed
        apiBase.
        """
        key, is_set = self._find_key()
        if self.api_base is not None:
            parse_host(self.api_base)
        if not is_set and self.api_base is None:
            raise self.make_missing_key_error()
        check_key(key)
        return {
            "model": self.model,
            "api_base": self.api_base,
            # The server at `api_base` may need no key, but the provider's library insists on one.
            "api_key": None if is_set else "none",
            "timeout": self.timeout,
            "max_retries": 0,
            "num_retries": 0,
            "drop_params": True,
            **(NO_COST if self.find_provider() in OLLAMA else {}),
        }

    def request(self, send: Callable[[], Result]) -> Result:
        """Send a request as `Endpoint.request` does, without the warnings of litellm."""

        def send_quietly() -> Result:
            with suppress_warnings():
                return send()

        # Not super(): a dataclass with slots is another class than the one that is written here.
        return Endpoint.request(self, send_quietly)

    def _find_key(self) -> tuple[str, bool]:
        """Return the variable of the key, and whether it is set, or no key is needed."""
        provider = self.find_provider()
        missing = import_litellm().validate_environment(self.model)["missing_keys"]
        for name in reversed(missing):
            if name.endswith(("_API_KEY", "_TOKEN")):
                return name, bool(os.environ.get(name))
        name = KEY_VARIABLES.get(provider, f"{provider.upper()}_API_KEY")
        return name, os.environ.get(name) != ""
