"""Advisory locks on files: the kernel releases them when a process dies, in any way."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from ragpg.operating_system import WINDOWS
from ragpg.patience import POLL_INTERVAL, Patience

if TYPE_CHECKING or not WINDOWS:
    from ragpg.server.flock import FileLock
else:
    from ragpg.server.byte_locks import FileLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Lock(FileLock):
    """A lock, shared by many or exclusive; child processes do not inherit it unless told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)

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
