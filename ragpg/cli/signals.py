"""What becomes of the program when it is asked to end: by Ctrl-C, SIGTERM or SIGHUP.

It goes at once, whatever it is doing, as long as nothing is open: an exception would be lost, or
turned into another one, where it strikes in the middle of an import. Only `unwinding` raises one.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from ragpg.cli.exit_codes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

ENDINGS = {
    "SIGINT": Outcome.INTERRUPTED,
    "SIGTERM": Outcome.TERMINATED,
    "SIGHUP": Outcome.TERMINATED,
}
GRACE = 3.0
"""Seconds to tidy up in, during which to ask again changes nothing."""


class Ending:
    """Counts what is open, and remembers when the program was last asked to end."""

    def __init__(self) -> None:
        self.open = 0
        self.asked = -GRACE

    def end(self, code: Outcome, _number: int, _frame: FrameType | None) -> None:
        """Leave, or unwind first."""
        if not self.open:
            os._exit(code)
        if time.monotonic() - self.asked >= GRACE:
            self.asked = time.monotonic()
            sys.exit(code)


ending = Ending()


def listen() -> None:
    """Let signals end the program from now on."""
    for name, code in ENDINGS.items():
        number = getattr(signal, name, None)
        # Whoever starts us with nohup, or in the background, wants a signal to be ignored.
        if number and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, partial(ending.end, code))


@contextmanager
def unwinding() -> Iterator[None]:
    """Within, a signal raises SystemExit, so that all that was opened is closed."""
    ending.open += 1
    try:
        yield
    finally:
        ending.open -= 1


def leave(code: int) -> NoReturn:
    """End at once: PyTorch takes seconds to take itself apart, and nothing is left to be done."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)
