"""Which signals end the program, and with which exit code; see `ragpg.interrupts` for how."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from functools import partial
from typing import NoReturn

from ragpg.cli.exit_codes import ExitCode
from ragpg.interrupts import handler

EXIT_CODES = {
    "SIGINT": ExitCode.INTERRUPTED,
    "SIGTERM": ExitCode.TERMINATED,
    "SIGHUP": ExitCode.TERMINATED,
    "SIGBREAK": ExitCode.TERMINATED,
}
"""SIGINT is Ctrl-C, SIGBREAK its neighbour on Windows."""


def install_handlers() -> None:
    """Let the signals end the program from now on."""
    for name, code in EXIT_CODES.items():
        number = getattr(signal, name, None)
        # A signal that is ignored was meant to be: by nohup, or by a shell for a background job.
        if number and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, partial(handler.handle, code))


def exit_now(code: int) -> NoReturn:
    """Flush the output and exit without Python's clean-up, which takes PyTorch seconds."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)
