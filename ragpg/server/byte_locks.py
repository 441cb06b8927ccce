"""Locks of files on Windows, where Python knows exclusive locks of bytes alone.

Whoever shares a lock locks one byte, whichever is free, and whoever has it exclusively locks all.
"""

from __future__ import annotations

import os
import time
from importlib import import_module
from typing import Any

from ragpg.patience import POLL_INTERVAL

msvcrt: Any = import_module("msvcrt")  # type checkers know its functions on Windows alone

BYTES = 1024
"""How many can share a lock; the file need not have these bytes."""


class FileLock:
    """A lock of an open file, shared by many or exclusive."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._locked = range(0)

    @property
    def inherited(self) -> dict[str, Any]:
        """Arguments of `subprocess`: none, since a program does not inherit locks here."""
        return {}

    def acquire_shared(self) -> None:
        """Wait while another process has the lock exclusively, then share it."""
        self.release()
        while not any(self._try_lock(range(byte, byte + 1)) for byte in range(BYTES)):
            time.sleep(POLL_INTERVAL)

    def try_acquire(self) -> bool:
        """Acquire the lock exclusively and return True, or return False if another has it.

        In either case a shared lock of this object is given up.
        """
        self.release()
        return self._try_lock(range(BYTES))

    def acquire(self) -> None:
        """Wait until the lock is free, then acquire it exclusively."""
        while not self.try_acquire():
            time.sleep(POLL_INTERVAL)

    def release(self) -> None:
        """Release the lock."""
        if self._locked:
            # Windows unlocks only what was locked, and in one piece.
            self._call(msvcrt.LK_UNLCK, self._locked)
            self._locked = range(0)

    def _try_lock(self, part: range) -> bool:
        try:
            self._call(msvcrt.LK_NBLCK, part)
        except PermissionError:
            return False
        self._locked = part
        return True

    def _call(self, mode: int, part: range) -> None:
        os.lseek(self.descriptor, part.start, os.SEEK_SET)
        msvcrt.locking(self.descriptor, mode, len(part))
