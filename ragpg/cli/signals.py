"""How SIGINT (Ctrl-C), SIGTERM, SIGHUP and, on Windows, SIGBREAK end the program.

The program exits at once, whatever it is doing, unless resources are open. It does not raise an
exception then, since an exception in the middle of an import is lost or turned into another one.
Inside `raise_on_signal`, where there are resources to close, it raises SystemExit.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from ragpg.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

EXIT_CODES = {
    "SIGINT": ExitCode.INTERRUPTED,
    "SIGTERM": ExitCode.TERMINATED,
    "SIGHUP": ExitCode.TERMINATED,
    "SIGBREAK": ExitCode.TERMINATED,
}
GRACE = 3.0
"""Seconds for closing resources, during which further signals are ignored; chosen by hand."""


class SignalHandler:
    """Counts the blocks that must be left in order, and remembers the time of the last signal."""

    def __init__(self) -> None:
        self.open_blocks = 0
        self.last_signal = -GRACE

    def handle(self, code: ExitCode, _number: int, _frame: FrameType | None) -> None:
        """Exit at once, or raise SystemExit where a block is open."""
        if not self.open_blocks:
            os._exit(code)
        if time.monotonic() - self.last_signal >= GRACE:
            self.last_signal = time.monotonic()
            sys.exit(code)


_handler = SignalHandler()


def install_handlers() -> None:
    """Let the signals end the program from now on."""
    for name, code in EXIT_CODES.items():
        number = getattr(signal, name, None)
        # A signal that is ignored was meant to be: by nohup, or by a shell for a background job.
        if number and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, partial(_handler.handle, code))


@contextmanager
def raise_on_signal() -> Iterator[None]:
    """Raise SystemExit at a signal inside this block, so that what was opened is closed."""
    _handler.open_blocks += 1
    try:
        yield
    finally:
        _handler.open_blocks -= 1


def exit_now(code: int) -> NoReturn:
    """Flush the output and exit without Python's clean-up, which takes PyTorch seconds."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)
