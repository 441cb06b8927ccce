"""Speaks the protocol in a thread, and works in the main one."""

from __future__ import annotations

import signal
import threading
from functools import partial
from typing import TYPE_CHECKING

import anyio

from ragpg.operating_system import WINDOWS
from ragpg.uninterrupted import start_uninterrupted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ragpg.mcp_server.worker import Worker


def serve(worker: Worker, speak: Callable[[], Awaitable[None]]) -> None:
    """Work for the clients that `speak` serves, until it ends or a signal does; raises its error.

    When clients are gone, what they have asked for is not finished.
    """

    def end(_: object) -> None:
        worker.stop()
        if worker.is_busy:
            terminate_main_thread()

    speaking = start_uninterrupted(partial(anyio.run, speak))
    speaking.add_done_callback(end)
    worker.run()
    try:
        speaking.result()
    except* BrokenPipeError:
        pass  # the client left without reading its answer


def terminate_main_thread() -> None:
    """Let the main thread handle SIGTERM, whatever it waits for."""
    if WINDOWS:
        import _thread

        _thread.interrupt_main(signal.SIGTERM)
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
