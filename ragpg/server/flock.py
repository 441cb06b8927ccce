"""Locks of files on POSIX (flock)."""

from __future__ import annotations

import fcntl
from typing import Any


class FileLock:
    """A lock of an open file, shared by many or exclusive."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @property
    def inherited(self) -> dict[str, Any]:
        """Arguments of `subprocess` by which a program has this lock, too, until it ends."""
        return {"pass_fds": [self.descriptor]}

    def acquire_shared(self) -> None:
        """Wait while another process has the lock exclusively, then share it."""
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def try_acquire(self) -> bool:
        """Acquire the lock exclusively and return True, or return False if another has it.

        In either case a shared lock of this object is given up.
        """
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def acquire(self) -> None:
        """Wait until the lock is free, then acquire it exclusively."""
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def release(self) -> None:
        """Release the lock, also for forked children that have inherited the descriptor."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)
