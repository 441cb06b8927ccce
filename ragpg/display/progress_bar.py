"""How far long work is, as a bar on a terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn
from rich.text import Text

from ragpg.display.escape import line
from ragpg.display.progress import Estimate, Pace, describe_duration, describe_rate
from ragpg.types import Phase, Unit

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Task

    from ragpg.types import Progress as Progressed

BAR_WIDTH = 20
"""Columns; figures and a file's name have the rest."""


REFRESH_RATE = 5
"""Frames a second; one takes 2 ms of the processor that embeds."""


class SourceColumn(ProgressColumn):
    """The document at work; the first column to be cut where a terminal is narrow."""

    def render(self, task: Task) -> Text:
        """Return its name."""
        return Text(task.fields["source"], style="dim", no_wrap=True, overflow="ellipsis")


class ProgressBar:
    """A bar that shows a progress until it is closed, and then is gone."""

    def __init__(self, console: Console) -> None:
        self._pace = Pace()
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(BAR_WIDTH),
            TextColumn("{task.fields[figures]}", markup=False),
            SourceColumn(),
            console=console,
            transient=True,
            refresh_per_second=REFRESH_RATE,
        )
        self._task = self._progress.add_task(Phase.READING, total=None, figures="", source="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, progress: Progressed) -> None:
        """Move the bar."""
        estimate = self._pace.measure(progress, now=time.monotonic())
        self._progress.update(
            self._task,
            description=progress.phase,
            completed=progress.done,
            total=progress.total,
            figures=describe_briefly(progress, estimate),
            source=line(progress.source),
        )


def describe_briefly(progress: Progressed, estimate: Estimate) -> str:
    """Return figures such as "512/~2,640 chunks  23/s  1 min 30 s left"."""
    if progress.unit is Unit.PERCENT:
        parts = [f"{progress.done}%"]
    else:
        about = "~" if progress.is_estimate else ""
        total = f"/{about}{progress.total:,}" if progress.total else ""
        parts = [f"{progress.done:,}{total} {progress.unit}"]
        if estimate.rate is not None:
            parts.append(f"{describe_rate(estimate.rate)}/s")
    if estimate.left is not None:
        parts.append(f"{describe_duration(estimate.left)} left")
    return "  ".join(parts)
