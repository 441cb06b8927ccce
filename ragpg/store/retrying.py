"""Connecting again where a server has no connection left for a moment, or begins anew."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, TypeVar

import psycopg

from ragpg.patience import Patience
from ragpg.store.error_messages import NO_CONNECTION_LEFT

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PASSING = re.compile(
    rf"{NO_CONNECTION_LEFT}|the database system is (?:starting up|in recovery mode)"
)
"""Refusals that may be over in a moment, as the server words them."""
TIMEOUT = 5.0
"""Seconds of trying; chosen by hand."""
PAUSE = 0.1
"""Seconds between two attempts."""


def connect_patiently(connect: Callable[[], T]) -> T:
    """Connect, and try again for some seconds while the server refuses for a passing reason.

    Raises psycopg.Error.
    """
    patience = Patience()
    while True:
        try:
            return connect()
        except psycopg.OperationalError as error:
            reason = PASSING.search(str(error))
            if reason is None or time.monotonic() - patience.started >= TIMEOUT:
                raise
            patience.remark(f"for a connection to PostgreSQL: {reason[0]}")
        time.sleep(PAUSE)
