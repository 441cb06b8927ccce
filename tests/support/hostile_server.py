"""A server that speaks as much of PostgreSQL's protocol as it takes to ask for a password."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUESTS = {
    "clear text": (3).to_bytes(4),
    "MD5": (5).to_bytes(4) + b"salt",
    "SCRAM": (10).to_bytes(4) + b"SCRAM-SHA-256\0\0",
    "nothing": (0).to_bytes(4),
}
"""The body of the message Authentication… by what is asked for."""
STARTUP_WITHOUT_TLS = 8
"""Length of an SSLRequest or a GSSENCRequest, to both of which the answer is no."""


@dataclass
class HostileServer:
    """Where it listens, and all bytes that came in."""

    port: int
    received: list[bytes] = field(default_factory=list)

    @property
    def got_an_answer(self) -> bool:
        """Whether a client answered the request, in whatever way."""
        return any(packet.startswith(b"p") for packet in self.received)

    def learned(self, secret: str) -> bool:
        """Whether a secret was among them."""
        return secret.encode() in b"".join(self.received)


@contextmanager
def hostile_server(asks_for: str) -> Iterator[HostileServer]:
    """Run a server that asks each client for a password in some way, and hangs up then."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = HostileServer(listener.getsockname()[1])
        message = REQUESTS[asks_for]
        answer = b"R" + (len(message) + 4).to_bytes(4) + message
        threading.Thread(target=_serve, args=(listener, server, answer), daemon=True).start()
        yield server


def _serve(listener: socket.socket, server: HostileServer, answer: bytes) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            with client, suppress(OSError):
                while len(packet := client.recv(65_536)) == STARTUP_WITHOUT_TLS:
                    client.sendall(b"N")
                client.sendall(answer)
                server.received += [packet, client.recv(65_536)]
