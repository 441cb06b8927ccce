"""Advisory locks on files: the kernel gives them back when a process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Lock:
    """A lock that many may share or one may hold; no child process inherits it by itself."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)

    def share(self) -> None:
        """Wait until no one holds the lock alone, then share it."""
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def take(self) -> bool:
        """Hold the lock alone if no one else has it; a share of ours is lost if someone has."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take_when_free(self) -> None:
        """Wait until the lock is free, then hold it alone."""
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def release(self) -> None:
        """Give the lock back; forked children that still have the descriptor do not keep it."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock and hold it alone."""
        try:
            self.take_when_free()
            yield
        finally:
            self.release()
