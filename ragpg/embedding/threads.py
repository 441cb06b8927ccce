"""Computing in numpy on all cores."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

_all_cores = Lock()


def map_on_all_cores(function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Yield the function's result for each item, computed in one thread a core.

    Meanwhile BLAS uses one thread: its own share a matrix product alone, leave all other steps to
    one core, and keep the others busy while they wait, which costs several times as long where
    other programs want them. Several callers wait for each other, since BLAS has one setting for
    all.
    """
    from threadpoolctl import threadpool_limits

    with _all_cores, threadpool_limits(1, "blas"):
        threads = ThreadPoolExecutor(min(count_cores(), len(items)))
        try:
            yield from threads.map(function, items)
        finally:
            # An interrupted command does not wait for what was begun.
            threads.shutdown(wait=False, cancel_futures=True)


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
