"""The ways to hurt: a command, a session, another process of the server, the server itself."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.processes import Run

    from tools.torture.world import World


def signal_command(number: int) -> Callable[[World, Run], None]:
    """Return a blow: a signal to the command."""
    return lambda _, run: send(run.pid, number)


def signal_server(number: int) -> Callable[[World, Run], None]:
    """Return a blow: a signal to the server, whose end others do not await."""
    return lambda world, _: send(world.postmaster(), number)


def signal_process(number: int, *, title: str) -> Callable[[World, Run], None]:
    """Return a blow: a signal to one of the server's processes that have this in their title."""

    def strike(world: World, _: Run) -> None:
        processes = list_processes(world.postmaster())
        fitting = [pid for pid, own_title in processes if title in own_title]
        if fitting:
            send(world.rng.choice(fitting), number)

    return strike


def list_processes(postmaster: int | None) -> list[tuple[int, str]]:
    """Return the server's processes with their titles."""
    found: list[tuple[int, str]] = []
    if postmaster is None:
        return found
    with suppress(psutil.Error):
        for child in psutil.Process(postmaster).children():
            with suppress(psutil.Error):
                found.append((child.pid, " ".join(child.cmdline())))
    return found


def send(pid: int | None, number: int) -> None:
    """Send a signal to a process that may have ended."""
    with suppress(ProcessLookupError):
        if pid:
            os.kill(pid, number)


BLOWS: dict[str, Callable[[World, Run], None]] = {
    "SIGKILL to ragpg": signal_command(signal.SIGKILL),
    "SIGTERM to ragpg": signal_command(signal.SIGTERM),
    "SIGINT to ragpg": signal_command(signal.SIGINT),
    "SIGKILL to a session": signal_process(signal.SIGKILL, title="postgres: ragpg"),
    # What pg_terminate_backend does.
    "SIGTERM to a session": signal_process(signal.SIGTERM, title="postgres: ragpg"),
    "SIGKILL to any process of the server": signal_process(signal.SIGKILL, title="postgres:"),
    "SIGKILL to the server": signal_server(signal.SIGKILL),
    "fast restart of the server": signal_server(signal.SIGINT),
    "immediate restart of the server": signal_server(signal.SIGQUIT),
}
"""By name."""
