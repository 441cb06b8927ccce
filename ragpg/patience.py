"""Says what is waited for, where that takes long enough for somebody to wonder."""

from __future__ import annotations

import logging
import time

POLL_INTERVAL = 0.005
"""Seconds between two looks at what is waited for."""
FIRST_REMARK = 2.0
"""Seconds of waiting after which it is said for what; chosen by hand."""
REMARK_INTERVAL = 30.0
"""Seconds after which it is said again."""

logger = logging.getLogger("ragpg")


class Patience:
    """The remarks of one wait."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.next_remark = self.started + FIRST_REMARK
        self.last_reason = ""

    def remark(self, reason: str) -> None:
        """Say what is waited for if it is time to, or if that is no longer what was said."""
        now = time.monotonic()
        if now < self.started + FIRST_REMARK:
            return
        if now >= self.next_remark or reason != self.last_reason:
            since = f" ({now - self.started:.0f} s)" if self.last_reason else ""
            logger.warning("waiting %s%s", reason, since)
            self.last_reason, self.next_remark = reason, now + REMARK_INTERVAL
