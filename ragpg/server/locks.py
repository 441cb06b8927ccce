"""Advisory locks on files (flock): the kernel releases them when a process dies, in any way."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from ragpg.patience import POLL_INTERVAL, Patience

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Lock:
    """A lock, shared by many or exclusive; child processes do not inherit it unless told to."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)

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

    @contextmanager
    def hold(self, *, waiting: str) -> Iterator[None]:
        """Hold the lock exclusively in the body of a with statement.

        `waiting` says for what, if it takes long to get it.
        """
        patience = Patience()
        try:
            while not self.try_acquire():
                patience.remark(waiting)
                time.sleep(POLL_INTERVAL)
            yield
        finally:
            self.release()
