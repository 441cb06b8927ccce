"""Running code that no signal may interrupt."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


def run_uninterrupted(work: Callable[[], Result]) -> Result:
    """Run work in a thread of its own, and return its result.

    Python raises a signal's exception in the main thread, where it ends the wait and not the work.
    A library in C++ aborts the process if an exception is raised in the middle of its import.
    """
    return start_uninterrupted(work).result()


def start_uninterrupted(work: Callable[[], Result]) -> Future[Result]:
    """Start work in a thread of its own, while the caller goes on."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where the result is waited for
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future
