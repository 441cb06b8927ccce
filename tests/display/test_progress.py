"""What is said of the progress of long work: rate, time left, words."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.display.progress import (
    ADAPTATION,
    EVIDENCE,
    Estimate,
    Pace,
    PlainLines,
    describe,
    describe_duration,
    describe_rate,
)
from ragpg.display.progress_bar import describe_briefly
from ragpg.types import Phase, Progress, Unit

HALF = Progress(Phase.EMBEDDING, Unit.CHUNKS, 512, 1024, is_estimate=True, source="docs/a.md")


def follow(steps: list[tuple[float, Progress]]) -> list[Estimate]:
    """The estimates at these times."""
    pace = Pace()
    return [pace.measure(progress, now=now) for now, progress in steps]


def steady(
    *, rate: int, total: int, seconds: int, start: float = 0.0
) -> list[tuple[float, Progress]]:
    """Progress that is the same each second; the model takes 20 s to load before it begins."""
    loading = [(start + second, replace(HALF, done=0, total=total)) for second in range(20)]
    return loading + [
        (start + 20 + second, replace(HALF, done=rate * second, total=total))
        for second in range(1, seconds + 1)
    ]


def test_steady_work_has_its_rate_and_its_time_left() -> None:
    """Once there is evidence; the time before the first chunk is that of loading a model."""
    steps = steady(rate=25, total=2500, seconds=60)
    estimates = follow(steps)
    first = next(index for index, estimate in enumerate(estimates) if estimate.rate)
    assert steps[first][0] - 21 == EVIDENCE
    for (now, progress), estimate in list(zip(steps, estimates, strict=True))[first:]:
        assert estimate.rate == pytest.approx(25)
        assert estimate.left == pytest.approx((2500 - progress.done) / 25), now


def test_the_time_left_does_not_jump_with_the_total() -> None:
    """When the estimate of the total doubles, it follows within some seconds."""
    calm = steady(rate=25, total=2500, seconds=40)
    doubled = [(now + 40, replace(p, done=p.done + 1000, total=5000)) for now, p in calm[20:]]
    estimates = [e for e in follow([*calm, *doubled]) if e.left is not None]
    lefts = [estimate.left or 0 for estimate in estimates]
    assert all(abs(b - a) <= 2500 / 25 / ADAPTATION + 1 for a, b in pairwise(lefts))
    assert lefts[-1] == pytest.approx((5000 - 2000) / 25, rel=0.05)


@given(
    st.lists(
        st.tuples(st.floats(0, 60), st.integers(0, 500), st.integers(0, 9000)),
        min_size=1,
        max_size=40,
    )
)
def test_an_estimate_is_never_absurd(steps: list[tuple[float, int, int]]) -> None:
    """Whatever is reported and when: rates and times are finite and not negative."""
    now, done, reports = 100.0, 0, []
    for elapsed, more, ahead in steps:
        now, done = now + elapsed, done + more
        reports.append((now, replace(HALF, done=done, total=done + ahead)))
    for estimate in follow(reports):
        for value in (estimate.rate, estimate.left):
            assert value is None or (math.isfinite(value) and value >= 0)


def test_other_work_begins_anew() -> None:
    """The rate of chunks says nothing of an index, nor that of one table of the next."""
    chunks = steady(rate=25, total=2500, seconds=60)
    index = (90.0, Progress(Phase.INDEXING, Unit.PERCENT, 40, 100))
    again = (90.0, replace(HALF, done=3))
    for next_step in (index, again):
        *_, before, after = follow([*chunks, next_step])
        assert before.rate
        assert after == Estimate()


def test_a_line_in_words() -> None:
    """Phase, count, share, rate, time left, document; only what is known."""
    assert describe(HALF, Estimate(23.4, 75.2)) == (
        "embedding: 512 of about 1,024 chunks (50%), 23 chunks/s, 1 min 16 s left, docs/a.md"
    )
    assert describe(Progress(Phase.INDEXING, Unit.PERCENT, 40, 100), Estimate(2.0, 30.0)) == (
        "indexing: 40%, 30 s left"
    )
    assert describe(Progress(Phase.CHECKING, Unit.CLAIMS, 3, 7), Estimate()) == (
        "checking: 3 of 7 claims (43%)"
    )
    assert describe(Progress(Phase.READING, Unit.DOCUMENTS, 9), Estimate()) == (
        "reading: 9 documents"
    )


def test_figures_beside_a_bar() -> None:
    """Shorter, for there is little room."""
    assert describe_briefly(HALF, Estimate(3.21, 75.2)) == (
        "512/~1,024 chunks  3.2/s  1 min 16 s left"
    )
    assert describe_briefly(Progress(Phase.INDEXING, Unit.PERCENT, 40, 100), Estimate()) == "40%"


def test_names_of_files_cannot_act() -> None:
    """A control or a line feed in a name is shown."""
    shown = describe(replace(HALF, source="e\x1b[31mvil\n\u202e[red].md"), Estimate())
    assert shown.endswith(", e\\x1b[31mvil\\n\\u202e[red].md")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.2, "1 s"), (59, "59 s"), (60, "1 min 00 s"), (3599, "59 min 59 s"), (3660, "1 h 01 min")],
)
def test_durations(seconds: float, shown: str) -> None:
    """Seconds, minutes, hours."""
    assert describe_duration(seconds) == shown


def test_rates() -> None:
    """At least two digits, and no more than are meant."""
    assert [describe_rate(rate) for rate in (0.25, 9.44, 9.6, 1234.5)] == [
        "0.2",
        "9.4",
        "10",
        "1,234",
    ]


def test_plain_lines_are_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    """One each ten seconds, and none for what is over before."""
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    printed: list[str] = []
    lines = PlainLines(printed.append)
    for done in range(36):
        now = 1000.0 + done
        lines.show(replace(HALF, done=done))
    assert [line.split()[1] for line in printed] == ["10", "20", "30"]
