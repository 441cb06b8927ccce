"""Requests to model providers: addresses, keys, retries, error messages."""

from __future__ import annotations

import logging
import os
import random
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from ragpg.errors import ConfigurationError, ProviderError, RagpgError
from ragpg.providers.failures import Failure, diagnose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Result = TypeVar("Result")

LONGEST_PAUSE = 30.0
"""Upper limit, in seconds, of the pause before another attempt, Retry-After included. Chosen by
hand."""

OLLAMA = ("ollama", "ollama_chat")
"""Providers that are a local server, whose own settings decide on windows and prices."""

logger = logging.getLogger("ragpg")


@dataclass(frozen=True, slots=True)
class Endpoint(ABC):
    """A model at its provider, or at the server with the address `api_base`.

    `timeout` is in seconds without a byte; `retries` counts the attempts after the first.
    """

    model: str
    api_base: str | None
    timeout: float
    retries: int

    @property
    @abstractmethod
    def key_variable(self) -> str:
        """The environment variable that holds the key."""

    @property
    def host(self) -> str | None:
        """Host and port of the server, None if they are not known."""
        return parse_host(self.api_base) if self.api_base else None

    def request(self, send: Callable[[], Result]) -> Result:
        """Send a request, retrying after a pause on 429, 5xx and connection errors.

        Raises ProviderError.
        """
        for attempt in range(self.retries + 1):
            try:
                return send()
            except RagpgError:
                raise
            except Exception as error:  # noqa: BLE001 - litellm raises any class
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
        """Turn any exception of a client into a ProviderError."""
        try:
            yield
        except RagpgError:
            raise
        except Exception as error:  # noqa: BLE001 - litellm raises any class
            failure = self._diagnose(error)
            # Without a cause: the text of `error` may hold the key.
            raise self.make_error(failure.predicate, hint=failure.hint) from None

    def make_error(self, predicate: str, *, hint: str | None = None) -> ProviderError:
        """Return an error whose message is this model, with its host, and a predicate."""
        return ProviderError(self._sentence(predicate), hint=hint)

    def make_missing_key_error(self) -> ProviderError:
        """Return the error of a model that needs a key."""
        key = self.key_variable
        message = f"{self.model} needs a key, and {key} is not set"
        return ProviderError(
            message, hint=f"Set {key}, or name a server that needs no key as apiBase."
        )

    def _sentence(self, predicate: str) -> str:
        host = f" at {parse_host(self.api_base)}" if self.api_base else ""
        return f"{self.model}{host} {predicate}"

    def _diagnose(self, error: BaseException) -> Failure:
        return diagnose(error, key=self.key_variable, timeout=self.timeout)


def _seconds_to_wait(failure: Failure, attempt: int) -> float:
    """Return the seconds before the next attempt: Retry-After, or doubling with jitter."""
    if failure.retry_after is not None:
        return min(failure.retry_after, LONGEST_PAUSE)
    return min(random.uniform(0.25, 0.5) * float(2**attempt), LONGEST_PAUSE)  # noqa: S311 - not a secret


def check_key(variable: str) -> None:
    """Raise ProviderError if what an environment variable holds cannot be a key."""
    if any(not " " < letter <= "~" for letter in os.environ.get(variable, "")):
        message = f"{variable} holds a blank, a line break or another character that no key has"
        raise ProviderError(message, hint=f"Set {variable} to the key alone.")


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
