"""Work in which no signal may strike."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


def undisturbed(work: Callable[[], Result]) -> Result:
    """Do work in a thread of its own: what a signal raises ends the wait for it, not the work.

    A library in C++ aborts the process when an exception strikes in the middle of its import.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - handed on to the one who waits
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future.result()
