"""The protocol over HTTP: where it listens, and which requests it takes."""

from __future__ import annotations

import hmac
import re
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from ragpg.errors import RagpgError, UsageError

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/mcp"
MIN_TOKEN = 16
"""Characters of a token; `openssl rand -hex 32` makes one of 64."""
LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Parse `[HOST:]PORT`, by default on 127.0.0.1; raises UsageError."""
        host, _, port = text.rpartition(":")
        if not port.isascii() or not port.isdigit() or int(port) > 65535:
            raise UsageError(f"--http is {text!r}", hint="write PORT or HOST:PORT, such as 8765")
        host = host.removeprefix("[").removesuffix("]") or "127.0.0.1"
        return cls("127.0.0.1" if host.lower() == "localhost" else host, int(port))

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it; a name counts as one that others reach."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def in_url(self) -> str:
        """The host as a URL has it."""
        return f"[{self.host}]" if ":" in self.host else self.host

    def listen(self) -> socket.socket:
        """Return a socket that accepts connections; raises RagpgError."""
        try:
            family = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0][0]
            return socket.create_server((self.host, self.port), family=family)
        except OSError as error:
            raise RagpgError(
                f"cannot listen on {self.host}:{self.port}: {error.strerror}",
                hint="choose another address with --http [HOST:]PORT",
            ) from error


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses requests before anything reads them.

    A page in a browser may send them to any address, under a name of its own that leads there. On
    a loopback address, Host and Origin must therefore be names of this machine; elsewhere the
    token says who may ask, and an Origin must be that of the host.
    """

    app: ASGIApp
    is_loopback: bool
    token: bytes | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with the reason why not."""
        refusal = self.refuse(Headers(scope=scope)) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
            return
        status, reason = refusal
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        await PlainTextResponse(f"{reason}\n", status, headers)(scope, receive, send)

    def refuse(self, headers: Headers) -> tuple[int, str] | None:
        """Return the status and the reason of a refusal; None for a request that is taken."""
        hosts = headers.getlist("host")
        host = hosts[0] if len(hosts) == 1 else ""
        if not host or (self.is_loopback and not LOOPBACK.fullmatch(host)):
            return 421, "Host is not this machine's"
        if not all(self._is_own(origin, host) for origin in headers.getlist("origin")):
            return 403, "Origin is another site"
        if self.token is not None and not self._has_token(headers.getlist("authorization")):
            return 401, "the token is missing or wrong"
        return None

    def _is_own(self, origin: str, host: str) -> bool:
        scheme, _, authority = origin.partition("://")
        if scheme not in ("http", "https"):
            return False
        return bool(LOOPBACK.fullmatch(authority)) if self.is_loopback else authority == host

    def _has_token(self, values: list[str]) -> bool:
        scheme, _, given = (values[0] if len(values) == 1 else "").partition(" ")
        is_equal = hmac.compare_digest(
            given.strip().encode("latin-1", "replace"), self.token or b""
        )
        return is_equal and scheme.lower() == "bearer"


def check_token(token: str | None, address: Address) -> bytes | None:
    """Return a token as it is compared; raises UsageError where it is too short, or is missing."""
    if token is None:
        if address.is_loopback:
            return None
        raise UsageError(
            f"--http {address.host}:{address.port} can be reached from other machines",
            hint="set RAGPG_MCP_TOKEN or --token-file, or listen on 127.0.0.1",
        )
    if len(token) < MIN_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"the token must have at least {MIN_TOKEN} characters of ASCII, without spaces",
            hint="`openssl rand -hex 32` makes one",
        )
    return token.encode()


async def serve_http(
    server: MCPServer, listener: socket.socket, *, is_loopback: bool, token: bytes | None
) -> None:
    """Answer requests until the process ends."""
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        # The guard stands before it, and knows of tokens.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    config = uvicorn.Config(
        Guard(app, is_loopback, token),
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
    )
    await uvicorn.Server(config).serve(sockets=[listener])
