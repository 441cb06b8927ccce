"""Does the work of requests one after another, in one thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg import Ragpg

Result = TypeVar("Result")


class Worker:
    """Uses the documents in the thread that calls `run`, for requests that arrive in another.

    That is the main thread, where a signal ends the work like that of any command. After
    `idle_timeout` seconds without work the connection is closed and the embedded PostgreSQL let
    go, until there is work again.
    """

    def __init__(self, documents: Ragpg, *, idle_timeout: float) -> None:
        self.documents = documents
        self.idle_timeout = idle_timeout
        self.is_busy = False
        self._is_stopped = False
        self._operations: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    async def call(self, operation: Callable[[Ragpg], Result]) -> Result:
        """Wait for the result of an operation; raises what it raises.

        One that is cancelled before its turn is never begun.
        """
        future: Future[Result] = Future()
        self._operations.put(lambda: self._execute(operation, future))
        return await asyncio.wrap_future(future)

    def run(self) -> None:
        """Do what is asked for until `stop`; then close the documents."""
        with self.documents:
            while perform := self._wait():
                perform()

    def stop(self) -> None:
        """End `run`, and begin nothing more; what it is at goes on to its end."""
        self._is_stopped = True
        self._operations.put(None)

    def _wait(self) -> Callable[[], None] | None:
        while True:
            try:
                return self._operations.get(timeout=self.idle_timeout)
            except Empty:
                self.documents.close()

    def _execute(self, operation: Callable[[Ragpg], Result], future: Future[Result]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        self.is_busy = True
        if self._is_stopped:
            return
        try:
            deliver = partial(future.set_result, operation(self.documents))
        except Exception as error:  # noqa: BLE001 - raised where the result is waited for
            deliver = partial(future.set_exception, error)
        # Whoever gets the result may leave at once, and must not find this busy.
        self.is_busy = False
        deliver()
