"""The program: `ragpg`, or `python -m ragpg`."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ragpg.cli.outcome import Outcome

if TYPE_CHECKING:
    from types import FrameType


def main() -> NoReturn:
    """Run ragpg until it is done, interrupted or terminated."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # Who starts us with nohup wants SIGHUP to be ignored.
        if number and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, terminate)
    replace_closed_streams()
    leave(run())


def replace_closed_streams() -> None:
    """Open what was closed by whoever started us, or the next file would take its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - for good


def terminate(number: int, _frame: FrameType | None) -> NoReturn:
    """Unwind, so that everything that is open is closed, and once only."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(Outcome.TERMINATED)


def run() -> int:
    """Run the command line, interruptible from the first import on; return the exit code."""
    try:
        from ragpg.cli.app import app

        app(prog_name="ragpg")
    except SystemExit as ending:
        return int(ending.code or 0)
    except KeyboardInterrupt:
        return Outcome.INTERRUPTED
    return Outcome.DONE


def leave(code: int) -> NoReturn:
    """End at once: PyTorch takes seconds to take itself apart, and nothing is left to be done."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
