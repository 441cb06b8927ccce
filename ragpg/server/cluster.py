"""The database cluster, the directory that holds the databases, and how its server is reached."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Protocol

from ragpg.operating_system import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import psutil

    from ragpg.server.account import Account
    from ragpg.server.pid_file import PidFile

SUPERUSER = "ragpg"
NEEDED_ON_WINDOWS = ("SYSTEMROOT", "TEMP", "TMP")
"""Without these, programs there find neither the network nor a place for temporary files."""


def _make_environment() -> dict[str, str]:
    """Return a fixed one, so that no variable of the user changes the server or its messages."""
    environment = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
    if WINDOWS:
        environment |= {name: os.environ.get(name, "") for name in NEEDED_ON_WINDOWS}
        # pg_ctl takes the shell from there; the default begins with the current directory.
        environment["PATH"] = f"{environment['SYSTEMROOT']}\\System32"
    return environment


ENVIRONMENT = _make_environment()


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server accepts connections: `host` is an IP address or its socket's directory."""

    host: str
    port: int
    password: str | None = field(default=None, repr=False)


class Availability(Enum):
    """Whether a server accepts connections at an address.

    RECOVERING is one that was ready, and begins anew because one of its processes crashed.
    """

    READY = auto()
    BUSY = auto()
    RECOVERING = auto()
    ABSENT = auto()


class Listener(Protocol):
    """How clients reach the server of a cluster."""

    def protect(self, cluster: Cluster, new: Path) -> AbstractContextManager[list[str]]:
        """Yield initdb's options for `new`, and complete it afterwards with what clients need."""

    def open(self, cluster: Cluster) -> list[str]:
        """Return the settings with which a new server listens; raises DatabaseError."""

    def find(self, pid_file: PidFile) -> Address | None:
        """Return the address of a running server, if it has one."""

    def probe(self, address: Address, account: Account) -> Availability:
        """Open a session and end it, the only proof that the server accepts connections."""

    def close(self, address: Address, account: Account) -> None:
        """Keep new clients from a server that is to be stopped."""

    def describe_absence(self, address: Address) -> str:
        """Say for people that a server that runs is not at its address."""

    def read_password(self, cluster: Cluster) -> str | None:
        """Return the superuser's password, if one is needed; raises DatabaseError."""


class ProcessControl(Protocol):
    """How the programs of PostgreSQL are started, watched and ended."""

    def supervise(self, cluster: Cluster) -> AbstractContextManager[dict[str, Any]]:
        """Yield arguments of `subprocess` for a program that works on a cluster."""

    def launch(self, cluster: Cluster, programs: Path, settings: Sequence[str]) -> None:
        """Start the server, none being alive."""

    def is_alive(self, cluster: Cluster) -> bool:
        """Return whether any process of the server lives, orphans of a killed one included."""

    def interrupt(self, cluster: Cluster, pid: int) -> None:
        """Ask for a fast shutdown, which ends sessions and writes a checkpoint."""

    def send(self, cluster: Cluster, name: str, processes: Sequence[psutil.Process]) -> None:
        """Send SIGQUIT or SIGKILL to each process, in this order, unless it has ended."""


@dataclass(frozen=True, slots=True)
class System:
    """What differs from one operating system to another."""

    listener: Listener
    processes: ProcessControl


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster in a canonical data directory; `account` is the user that owns and runs it.

    `must_be_known`: it runs only if ragpg made it for this user, since nobody but a file of some
    project names the directory.
    """

    data_dir: Path
    directory: Path
    account: Account
    system: System
    must_be_known: bool = False

    @property
    def log(self) -> Path:
        """The file that takes the server's output; overwritten at every start."""
        return self.directory.with_suffix(".log")

    @property
    def mutex(self) -> Path:
        """The lock that is held while the server is started or stopped."""
        return self.directory.with_suffix(".mutex")

    @property
    def users(self) -> Path:
        """The lock that all processes that use the server share."""
        return self.directory.with_suffix(".users")

    @property
    def alive(self) -> Path:
        """The lock that PostgreSQL's own processes inherit: free once all of them have ended."""
        return self.directory.with_suffix(".alive")

    def read_log(self) -> str:
        """Return what the server has written since its last start."""
        return self.log.read_text("utf-8", errors="replace") if self.log.exists() else ""


def find_error_message(output: str) -> str:
    """Return the message of the last error in PostgreSQL's output, else its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reasons = [line for line in lines if re.search(r"\b(FATAL|PANIC|error):", line)]
    return re.sub(r"^.*?\b(?:FATAL|PANIC|error):\s+", "", (reasons or lines or [""])[-1])
