"""Connecting again where a server has no connection left for a moment, or begins anew."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, TypeVar

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PASSING = re.compile(
    r"too many clients|remaining connection slots|too many connections for"
    r"|the database system is (?:starting up|in recovery mode)"
)
"""Refusals that may be over in a moment, as the server words them."""
TIMEOUT = 5.0
"""Seconds of trying; chosen by hand."""
FIRST_REMARK = 2.0
"""Seconds of trying after which it is said."""
PAUSE = 0.1
"""Seconds between two attempts."""

logger = logging.getLogger("ragpg")


def connect_patiently(connect: Callable[[], T]) -> T:
    """Connect, and try again for some seconds while the server refuses for a passing reason.

    Raises psycopg.Error.
    """
    started, said = time.monotonic(), False
    while True:
        try:
            return connect()
        except psycopg.OperationalError as error:
            reason = PASSING.search(str(error))
            waited = time.monotonic() - started
            if reason is None or waited >= TIMEOUT:
                raise
            if waited >= FIRST_REMARK and not said:
                said = True
                logger.warning("waiting for a connection to PostgreSQL: %s", reason[0])
        time.sleep(PAUSE)
