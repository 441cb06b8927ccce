"""The ways in which a server is run: one for POSIX, one for Windows, which works everywhere."""

from __future__ import annotations

from ragpg.operating_system import WINDOWS
from ragpg.server.cluster import System
from ragpg.server.loopback import Loopback
from ragpg.server.pg_ctl import PgCtl
from ragpg.server.posix_processes import PosixProcesses
from ragpg.server.sockets import UnixSocket

BY_SOCKET = System(UnixSocket(), PosixProcesses())
"""A Unix socket in a private directory; a lock that the server's processes inherit."""
BY_LOOPBACK = System(Loopback(), PgCtl())
"""TCP on this machine with a password; pg_ctl, and the PID file."""


def choose_system() -> System:
    """Return the way for this operating system."""
    return BY_LOOPBACK if WINDOWS else BY_SOCKET
