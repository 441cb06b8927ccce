"""How a signal that ends the program is heeded where there are resources to close.

The program exits at once, whatever it is doing, unless resources are open. It does not raise an
exception then, since an exception in the middle of an import is lost or turned into another one.
Inside `raise_on_signal`, where there are resources to close, it raises SystemExit, and again where
another exception has taken its place.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

GRACE = 3.0
"""Seconds for closing resources, during which further signals are ignored; chosen by hand."""


class SignalHandler:
    """Counts the blocks that must be left in order, and remembers the last signal.

    `exit_code` is that of a signal that was raised, None where none was.
    """

    def __init__(self) -> None:
        self.open_blocks = 0
        self.exit_code: int | None = None
        self.last_signal = -GRACE

    def handle(self, code: int, _number: int, _frame: FrameType | None) -> None:
        """Exit at once, or raise SystemExit where a block is open."""
        if not self.open_blocks:
            os._exit(code)
        if time.monotonic() - self.last_signal >= GRACE:
            self.last_signal = time.monotonic()
            self.exit_code = code
            sys.exit(code)


handler = SignalHandler()
"""The process's own; nothing calls it unless the command line has installed it."""


@contextmanager
def raise_on_signal() -> Iterator[None]:
    """Raise SystemExit at a signal inside this block, so that what was opened is closed."""
    handler.open_blocks += 1
    try:
        with restoring_exit():
            yield
    finally:
        handler.open_blocks -= 1


@contextmanager
def restoring_exit() -> Iterator[None]:
    """Raise a signal's SystemExit again where an import or a library made another exception of it.

    Raises that exception where there was no signal.
    """
    try:
        yield
    except Exception:
        if handler.exit_code is None:
            raise
        sys.exit(handler.exit_code)
