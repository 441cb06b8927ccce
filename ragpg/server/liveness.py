"""Whether the server lives, asked once or again and again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ragpg.patience import POLL_INTERVAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.server.cluster import Cluster


def is_alive(cluster: Cluster) -> bool:
    """Return whether any process of the server lives, orphans of a killed one included."""
    return cluster.system.processes.is_alive(cluster)


def poll_while_alive(cluster: Cluster, *, seconds: float) -> Iterator[None]:
    """Yield every few milliseconds while the server lives, for at most so many seconds."""
    end = time.monotonic() + seconds
    while is_alive(cluster) and time.monotonic() < end:
        yield
        time.sleep(POLL_INTERVAL)
