"""Requests to model providers through litellm: address, key, retries, error messages."""

from __future__ import annotations

import logging
import os
import random
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from ragpg.errors import ConfigurationError, ProviderError, RagpgError
from ragpg.providers.failures import Failure, diagnose
from ragpg.providers.litellm_import import import_litellm, suppress_warnings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Result = TypeVar("Result")

LONGEST_PAUSE = 30.0
"""Upper limit, in seconds, of the pause before another attempt, Retry-After included. Chosen by
hand."""

OLLAMA = ("ollama", "ollama_chat")
"""Providers that are a local server, whose own settings decide on windows and prices."""

NO_COST = {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0}
"""With these prices litellm does not ask the server, after the answer, what it costs."""

KEY_VARIABLES = {
    "bedrock": "AWS_ACCESS_KEY_ID",
    "perplexity": "PERPLEXITYAI_API_KEY",
    "together_ai": "TOGETHERAI_API_KEY",
    "vertex_ai": "GOOGLE_APPLICATION_CREDENTIALS",
}
"""Environment variables of keys that are not named PROVIDER_API_KEY."""

logger = logging.getLogger("ragpg")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model at its provider, or at the server with the address `api_base`.

    `timeout` is in seconds without a byte; `retries` counts the attempts after the first.
    """

    model: str
    api_base: str | None
    timeout: float
    retries: int

    def find_provider(self) -> str:
        """Return the provider's name in litellm; raises ProviderError for an unknown one."""
        try:
            _, provider, _, _ = import_litellm().get_llm_provider(
                self.model, api_base=self.api_base
            )
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
            message = f"{self.model} needs a key, and {key} is not set"
            hint = f"Set {key}, or name a server that needs no key as apiBase."
            raise ProviderError(message, hint=hint)
        if any(not " " < letter <= "~" for letter in os.environ.get(key, "")):
            message = f"{key} holds a blank, a line break or another character that no key has"
            raise ProviderError(message, hint=f"Set {key} to the key alone.")
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
        """Send a request, retrying after a pause on 429, 5xx and connection errors.

        Raises ProviderError.
        """
        for attempt in range(self.retries + 1):
            try:
                with suppress_warnings():
                    return send()
            except RagpgError:
                raise
            except Exception as error:  # noqa: BLE001 - litellm passes on errors of any class
                failure = self._diagnose(error)
            if attempt == self.retries or not failure.is_temporary:
                break
            pause = _seconds_to_wait(failure, attempt)
            logger.info("%s; trying again in %.1f s", self._sentence(failure.predicate), pause)
            time.sleep(pause)
        # Raised outside of the handler: the text of the exception, as its cause, may hold the key.
        raise self.make_error(failure.predicate, hint=failure.hint)

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Turn any exception of litellm into a ProviderError."""
        try:
            yield
        except RagpgError:
            raise
        except Exception as error:  # noqa: BLE001 - litellm passes on errors of any class
            failure = self._diagnose(error)
            # Without a cause: the text of `error` may hold the key.
            raise self.make_error(failure.predicate, hint=failure.hint) from None

    def make_error(self, predicate: str, *, hint: str | None = None) -> ProviderError:
        """Return an error whose message is this model, with its host, and a predicate."""
        return ProviderError(self._sentence(predicate), hint=hint)

    def _sentence(self, predicate: str) -> str:
        host = f" at {parse_host(self.api_base)}" if self.api_base else ""
        return f"{self.model}{host} {predicate}"

    def _diagnose(self, error: BaseException) -> Failure:
        return diagnose(error, key=self._find_key()[0], timeout=self.timeout)

    def _find_key(self) -> tuple[str, bool]:
        """Return the variable of the key, and whether it is set, or no key is needed."""
        provider = self.find_provider()
        missing = import_litellm().validate_environment(self.model)["missing_keys"]
        for name in reversed(missing):
            if name.endswith(("_API_KEY", "_TOKEN")):
                return name, bool(os.environ.get(name))
        name = KEY_VARIABLES.get(provider, f"{provider.upper()}_API_KEY")
        return name, os.environ.get(name) != ""


def _seconds_to_wait(failure: Failure, attempt: int) -> float:
    """Return the seconds before the next attempt: Retry-After, or doubling with jitter."""
    if failure.retry_after is not None:
        return min(failure.retry_after, LONGEST_PAUSE)
    return min(random.uniform(0.25, 0.5) * float(2**attempt), LONGEST_PAUSE)  # noqa: S311 - not a secret


def parse_host(api_base: str) -> str:
    """Return host and port of an address, without a user's name and password."""
    try:
        address = urlsplit(api_base)
    except ValueError:
        address = urlsplit("")
    if address.scheme not in ("http", "https") or not address.hostname:
        shown = "apiBase" if "@" in api_base else f'apiBase "{api_base}"'
        hint = "An address looks like http://localhost:11434 or https://models.example/v1."
        raise ConfigurationError(f"{shown} is not the address of a server", hint=hint)
    return address.netloc.rpartition("@")[2]
