"""Asking a server whether it accepts connections, in PostgreSQL's own protocol."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from ragpg.server.cluster import SUPERUSER, Availability

if TYPE_CHECKING:
    from socket import socket

STARTUP = struct.pack("!I", 0x30000) + f"user\0{SUPERUSER}\0database\0postgres\0\0".encode()
AUTHENTICATION = b"R"
TERMINATE = b"X\0\0\0\4"


def probe_server(connection: socket, address: Any, *, farewell: bytes = TERMINATE) -> Availability:
    """Open a session and end it; without a farewell only until the server asks for a password.

    `address` is as `connection.connect` takes it. Source: PostgreSQL's manual, "Message Formats":
    StartupMessage, Terminate, AuthenticationSASL, ErrorResponse.
    """
    connection.settimeout(1)
    try:
        connection.connect(address)
    except (FileNotFoundError, ConnectionRefusedError):
        return Availability.ABSENT
    except OSError:
        return Availability.BUSY
    try:
        connection.sendall(struct.pack("!I", len(STARTUP) + 4) + STARTUP + farewell)
        reply = b""
        while part := connection.recv(4096):
            reply += part
            if not farewell and reply.startswith(AUTHENTICATION):
                break
    except OSError:
        return Availability.BUSY
    # 57P03 is cannot_connect_now: the server starts, stops or recovers.
    if reply and b"C57P03\0" not in reply:
        return Availability.READY
    # The server's language is that of cluster.ENVIRONMENT.
    return Availability.RECOVERING if b"in recovery mode" in reply else Availability.BUSY
