"""Requests to a provider over HTTP, without litellm."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ragpg.errors import ConfigurationError
from ragpg.providers.bodies import read_error
from ragpg.providers.endpoint import Endpoint, check_key, parse_host
from ragpg.providers.failures import RedirectError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx

    from ragpg.providers.direct_providers import DirectProvider


UNUSED_MODULES = ("httpx._main", "httpcore._sync.http2", "httpcore._async.http2")
"""What httpx imports and does without: its command line, with click, Pygments and Rich, and HTTP/2,
which takes as long as half of the rest and is imported later where a connection speaks it."""


@dataclass(frozen=True, slots=True)
class DirectEndpoint(Endpoint):
    """A model of a provider whose protocol ragpg speaks."""

    provider: DirectProvider

    @property
    def key_variable(self) -> str:
        """The environment variable that holds the key."""
        return self.provider.find_key_variable() or self.provider.key_variables[-1]

    @property
    def host(self) -> str | None:
        """Host and port of the server."""
        return parse_host(self.address)

    @property
    def address(self) -> str:
        """Where the provider's protocol is spoken; raises ConfigurationError if that is nowhere."""
        address = self.api_base or self.provider.find_address()
        if address is None:
            message = f"{self.model} needs the address of its server"
            hint = f"Set apiBase in [llm], or {self.provider.address_variables[0]}."
            raise ConfigurationError(message, hint=hint)
        parse_host(address)
        return complete(address, self.provider.path)

    def make_headers(self) -> dict[str, str]:
        """Return the headers of a request; raises ProviderError for a missing or malformed key."""
        variable = self.provider.find_key_variable()
        key = os.environ[variable] if variable else self.provider.placeholder_key
        if variable:
            check_key(variable)
        if key is None and self.api_base is None:
            raise self.make_missing_key_error()
        headers = {"Accept": "*/*", "User-Agent": "ragpg"}
        if key != "":
            # A server of one's own may need no key, but expect one.
            headers["Authorization"] = f"Bearer {key or 'none'}"
        return headers | (_name_account() if self.provider.name == "openai" else {})

    def post(self, client: httpx.Client, url: str, body: dict[str, Any]) -> httpx.Response:
        """Send a request once; return the response when its head is there, its body to come.

        Raises ServerError for a status of 400 and above, RedirectError for a redirection, and the
        errors of httpx.
        """
        from ragpg.providers.keep_alive import guard

        headers = self.make_headers()
        request = client.build_request(
            "POST", url, json=body, headers=headers, timeout=self.timeout
        )
        response = client.send(request, stream=True)
        guard(response, timeout=self.timeout)
        if response.status_code < 300:
            return response
        try:
            raise _to_error(response)
        finally:
            response.close()


def complete(address: str, path: str) -> str:
    """Return an address with the path that it has to end with, and may already."""
    address = address.rstrip("/")
    return address if address.endswith(path) else address + path


def make_client() -> httpx.Client:
    """Import httpx and make a client that follows no redirection and obeys proxy variables."""
    with without_modules(UNUSED_MODULES):
        import httpcore  # noqa: F401 - httpx imports it with the first client
        import httpx

    return httpx.Client(
        verify=httpx.create_ssl_context(),  # one for the server and each proxy
        follow_redirects=False,
        limits=httpx.Limits(max_keepalive_connections=0),
    )


@contextmanager
def without_modules(names: Sequence[str]) -> Iterator[None]:
    """Import without some modules, unless they are there already; afterwards they may come."""
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type] # None: cannot be imported
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


def _name_account() -> dict[str, str]:
    """Return the headers by which OpenAI books a request to an organisation and a project."""
    organisation = os.environ.get("OPENAI_ORGANIZATION") or os.environ.get("OPENAI_ORG_ID")
    project = os.environ.get("OPENAI_PROJECT_ID")
    headers = {"OpenAI-Organization": organisation, "OpenAI-Project": project}
    return {name: value for name, value in headers.items() if value}


def _to_error(response: httpx.Response) -> Exception:
    """Return the error that a response without an answer stands for."""
    if response.status_code >= 400:
        return read_error(response)
    target = response.next_request
    host = target.url.netloc.decode("ascii", "replace") if target else "nowhere"
    return RedirectError(host, status=response.status_code)
