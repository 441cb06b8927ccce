"""Model providers behind litellm: an address, its key, retries once, failures in our words."""

from __future__ import annotations

import logging
import os
import random
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from ragpg.errors import ConfigurationError, ProviderError, RagpgError
from ragpg.providers.failures import Failure, read
from ragpg.uninterrupted import undisturbed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Result = TypeVar("Result")

LONGEST_PAUSE = 30.0
"""Seconds that are waited at most before another attempt, whatever Retry-After says."""

OLLAMA = ("ollama", "ollama_chat")
"""Providers whose models run at home, under settings of the server's."""

FREE = {"input_cost_per_token": 0.0, "output_cost_per_token": 0.0}
"""Keeps litellm from asking the server, after the answer, what it costs."""

CREDENTIALS = {
    "bedrock": "AWS_ACCESS_KEY_ID",
    "perplexity": "PERPLEXITYAI_API_KEY",
    "together_ai": "TOGETHERAI_API_KEY",
    "vertex_ai": "GOOGLE_APPLICATION_CREDENTIALS",
}
"""Where a key is kept if not in a variable named after the provider."""

logger = logging.getLogger("ragpg")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep back the warnings of litellm and pydantic, which no user can do anything about."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def load_ahead() -> None:
    """Begin to import litellm, which takes seconds, while something else is done."""
    Thread(target=load, daemon=True).start()


@cache
def load() -> Any:
    """Give litellm, which fetches, logs and prints nothing of its own."""
    return undisturbed(_import)


def _import() -> Any:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS"] = "True"
    # Otherwise it reads a `.env` file, and whoever wrote that could send the documents elsewhere.
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    with quiet():
        import litellm

    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).disabled = True
    litellm.suppress_debug_info = True
    litellm.disable_streaming_logging = True
    litellm.disable_hf_tokenizer_download = True
    litellm.REPEATED_STREAMING_CHUNK_LIMIT = 2**31  # an endless answer is cut by its length
    return litellm


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model at its provider, or at the server whose address is `api_base`.

    `timeout` is in seconds without a byte; `retries` counts the attempts after the first.
    """

    model: str
    api_base: str | None
    timeout: float
    retries: int

    def provider(self) -> str:
        """The provider's name in litellm; raises ProviderError for an unknown one."""
        try:
            _, provider, _, _ = load().get_llm_provider(self.model, api_base=self.api_base)
        except Exception:  # noqa: BLE001 - which class it is differs by version
            hint = (
                'Names are provider/model: "openai/gpt-4o-mini", "ollama_chat/llama3.2"; with '
                f'apiBase for a server that speaks OpenAI\'s protocol: "openai/{self.model}".'
            )
            message = f'the model "{self.model}" names no known provider'
            raise ProviderError(message, hint=hint) from None
        return str(provider)

    def arguments(self) -> dict[str, Any]:
        """What every call of litellm takes; raises ProviderError where a key is missing."""
        key, is_set = self._key()
        if self.api_base is not None:
            _host(self.api_base)
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
            # A server of one's own may need no key; the provider's library insists on one.
            "api_key": None if is_set else "none",
            "timeout": self.timeout,
            "max_retries": 0,
            "num_retries": 0,
            "drop_params": True,
            **(FREE if self.provider() in OLLAMA else {}),
        }

    def request(self, send: Callable[[], Result]) -> Result:
        """Send a request, again after a pause on 429, 5xx and connections that fail."""
        for attempt in range(self.retries + 1):
            try:
                with quiet():
                    return send()
            except RagpgError:
                raise
            except Exception as error:  # noqa: BLE001 - litellm lets through whatever happens
                failure = self._read(error)
            if attempt == self.retries or not failure.passes:
                break
            pause = _pause(failure, attempt)
            logger.info("%s; trying again in %.1f s", self._sentence(failure.what), pause)
            time.sleep(pause)
        # Outside of the handler, as the cause's text may hold the key.
        raise self.error(failure.what, hint=failure.hint)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn whatever litellm raises into a ProviderError."""
        try:
            yield
        except RagpgError:
            raise
        except Exception as error:  # noqa: BLE001 - litellm lets through whatever happens
            failure = self._read(error)
            # Not from `error`, whose text may hold the key.
            raise self.error(failure.what, hint=failure.hint) from None

    def error(self, what: str, *, hint: str | None = None) -> ProviderError:
        """A failure of this model, named with its host."""
        return ProviderError(self._sentence(what), hint=hint)

    def _sentence(self, what: str) -> str:
        place = f" at {_host(self.api_base)}" if self.api_base else ""
        return f"{self.model}{place} {what}"

    def _read(self, error: BaseException) -> Failure:
        return read(error, key=self._key()[0], timeout=self.timeout)

    def _key(self) -> tuple[str, bool]:
        """The variable that holds the key, and whether a key is there or not needed."""
        provider = self.provider()
        needed = load().validate_environment(self.model)["missing_keys"]
        for name in reversed(needed):
            if name.endswith(("_API_KEY", "_TOKEN")):
                return name, bool(os.environ.get(name))
        name = CREDENTIALS.get(provider, f"{provider.upper()}_API_KEY")
        return name, os.environ.get(name) != ""


def _pause(failure: Failure, attempt: int) -> float:
    """Seconds before the next attempt: what the server asks for, or doubling with jitter."""
    if failure.retry_after is not None:
        return min(failure.retry_after, LONGEST_PAUSE)
    return min(random.uniform(0.25, 0.5) * float(2**attempt), LONGEST_PAUSE)  # noqa: S311 - not a secret


def _host(api_base: str) -> str:
    """Host and port, without the user's name and password that an address may hold."""
    try:
        address = urlsplit(api_base)
    except ValueError:
        address = urlsplit("")
    if address.scheme not in ("http", "https") or not address.hostname:
        shown = "apiBase" if "@" in api_base else f'apiBase "{api_base}"'
        hint = "An address looks like http://localhost:11434 or https://models.example/v1."
        raise ConfigurationError(f"{shown} is not the address of a server", hint=hint)
    return address.netloc.rpartition("@")[2]
