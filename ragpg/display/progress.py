"""How far long work is, in words and figures; on terminals `progress_bar` draws it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ragpg.display.escape import line
from ragpg.types import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg.types import Progress

LINE_INTERVAL = 10.0
"""Seconds between two plain lines."""
EVIDENCE = 5.0
"""Seconds of work before a rate and the time left are shown; chosen by hand, as the next two."""
RATE_MEMORY = 30.0
"""Seconds over which the rate is averaged: several batches, whose longest chunks come first."""
ADAPTATION = 10.0
"""Seconds in which the time left follows a change by two thirds."""


class ProgressKind(StrEnum):
    """How progress is shown; "auto" as the terminal allows it, and not at all in a pipe."""

    AUTO = "auto"
    PLAIN = "plain"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Estimate:
    """Units per second, and seconds that are left; None while there is too little evidence."""

    rate: float | None = None
    left: float | None = None


class Pace:
    """Estimates the rate of some work and the time that is left from its progress.

    Both are exponential moving averages, so that neither a slow batch nor a better estimate of the
    total makes them jump.
    """

    def __init__(self) -> None:
        self._last: Progress | None = None
        self._time = 0.0
        self._started: float | None = None
        self._done = self._seconds = 0.0
        self._left: float | None = None

    def measure(self, progress: Progress, *, now: float) -> Estimate:
        """Take a progress at a time in seconds, and return the estimate."""
        last, self._last = self._last, progress
        elapsed, self._time = now - self._time, now
        if last is None or last.unit is not progress.unit or progress.done < last.done:
            self._started = self._left = None
            self._done = self._seconds = 0.0
            return Estimate()
        done = progress.done - last.done
        if self._started is None:
            # What comes first has waited for the model to be loaded.
            self._started = now if done else None
            return Estimate()
        decay = math.exp(-elapsed / RATE_MEMORY)
        self._done = self._done * decay + done
        self._seconds = self._seconds * decay + elapsed
        if now - self._started < EVIDENCE or not self._done:
            return Estimate()
        rate = self._done / self._seconds
        return Estimate(rate, self._smooth_left(progress, rate, elapsed))

    def _smooth_left(self, progress: Progress, rate: float, elapsed: float) -> float | None:
        if progress.total is None or progress.done >= progress.total:
            return None
        left = (progress.total - progress.done) / rate
        if self._left is not None:
            expected = max(0.0, self._left - elapsed)
            left = expected + (left - expected) * (1 - math.exp(-elapsed / ADAPTATION))
        self._left = left
        return left


class PlainLines:
    """Prints a line on the progress now and then."""

    def __init__(self, print_line: Callable[[str], None]) -> None:
        self._print_line = print_line
        self._pace = Pace()
        self._printed = time.monotonic()

    def show(self, progress: Progress) -> None:
        """Print a line if the last one is long enough ago."""
        now = time.monotonic()
        estimate = self._pace.measure(progress, now=now)
        if now - self._printed >= LINE_INTERVAL:
            self._printed = now
            self._print_line(describe(progress, estimate))


def describe(progress: Progress, estimate: Estimate) -> str:
    """Return a line such as "embedding: 512 of about 2,640 chunks (19%), 23 chunks/s"."""
    parts = [describe_count(progress)]
    if estimate.rate is not None and progress.unit is not Unit.PERCENT:
        parts.append(f"{describe_rate(estimate.rate)} {progress.unit}/s")
    if estimate.left is not None:
        parts.append(f"{describe_duration(estimate.left)} left")
    if progress.source:
        parts.append(line(progress.source))
    return f"{progress.phase}: {', '.join(parts)}"


def describe_count(progress: Progress) -> str:
    """Return how much is done of how much."""
    if progress.unit is Unit.PERCENT:
        return f"{progress.done}%"
    if not progress.total:
        return f"{progress.done:,} {progress.unit}"
    about = "about " if progress.is_estimate else ""
    share = f"{progress.done / progress.total:.0%}"
    return f"{progress.done:,} of {about}{progress.total:,} {progress.unit} ({share})"


def describe_rate(rate: float) -> str:
    """Return a rate with two digits or more."""
    return f"{rate:,.0f}" if rate >= 9.5 else f"{rate:.1f}"


def describe_duration(seconds: float) -> str:
    """Return a time to wait in the units that people think in."""
    whole = math.ceil(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, seconds = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {seconds:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
